import{a,b}from"./chunk-DDMLUIRO.js";import"./chunk-X3IR2BR4.js";export{a as Viewport,b as disposeOf};
