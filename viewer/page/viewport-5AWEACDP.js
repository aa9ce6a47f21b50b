import{a,b}from"./chunk-PYHLHKLA.js";import"./chunk-JCDOIV4Y.js";export{a as Viewport,b as disposeOf};
