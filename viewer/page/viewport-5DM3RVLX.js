import{a,b}from"./chunk-GXP4XQMF.js";import"./chunk-2YEZ6QP7.js";export{a as Viewport,b as disposeOf};
