import{a,b}from"./chunk-AOWPPFBM.js";import"./chunk-U74AHLPV.js";export{a as Viewport,b as disposeOf};
