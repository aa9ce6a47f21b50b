async function s(e,t,o,r){let i=await navigator.xr.requestSession(o);r(!0),await e.renderer.xr.setSession(i)}export{s as enter};
