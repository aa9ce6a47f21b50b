import{a,b}from"./chunk-R5GCTKV4.js";import"./chunk-W2UKYEZE.js";export{a as Viewport,b as disposeOf};
