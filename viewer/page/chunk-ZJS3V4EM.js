import{a as o}from"./chunk-62OS73IV.js";function i(t,r){let e=URL.createObjectURL(t);o("a",{href:e,download:r}).click(),setTimeout(()=>URL.revokeObjectURL(e),1e4)}export{i as a};
