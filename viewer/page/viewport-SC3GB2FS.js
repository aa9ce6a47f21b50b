import{a,b}from"./chunk-442CLQZO.js";import"./chunk-JCDOIV4Y.js";export{a as Viewport,b as disposeOf};
