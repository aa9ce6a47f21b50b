import{a,b}from"./chunk-QGNYKVIP.js";import"./chunk-NUARP4XH.js";export{a as Viewport,b as disposeOf};
