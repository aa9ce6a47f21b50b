import{a as o}from"./chunk-OHHV3NXX.js";function i(t,r){let e=URL.createObjectURL(t);o("a",{href:e,download:r}).click(),setTimeout(()=>URL.revokeObjectURL(e),1e4)}export{i as a};
