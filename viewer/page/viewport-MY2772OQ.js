import{a,b}from"./chunk-NM7KQ7UW.js";import"./chunk-U74AHLPV.js";export{a as Viewport,b as disposeOf};
