import{a,b}from"./chunk-XWKG52PM.js";import"./chunk-IHPGRBWE.js";export{a as Viewport,b as disposeOf};
