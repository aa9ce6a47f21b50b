import{a as $,d as I}from"./chunk-35WLPCPI.js";import{E as q,Kb as k,Oa as j,Ra as D,Ta as O,e as T,f as R,g,ga as H,h,ha as z,ja as A,la as m,oa as M,pb as U,qa as V,ta as B,v as b,wa as S,ya as F}from"./chunk-U74AHLPV.js";import{c as v,d as w}from"./chunk-QWWWLUDV.js";import{a as f,d as y}from"./chunk-62OS73IV.js";var C="page/splat_sort.js",E=1024,G=2.2,P=`precision highp usampler2D;
  uniform usampler2D packed; uniform vec2 size; in vec2 corner; in uint number;
  out vec4 colour; out vec2 at;
  mat3 turned(vec4 q) {
    return mat3(1.0 - 2.0 * (q.z * q.z + q.w * q.w), 2.0 * (q.y * q.z + q.x * q.w), 2.0 * (q.y * q.w - q.x * q.z),
                2.0 * (q.y * q.z - q.x * q.w), 1.0 - 2.0 * (q.y * q.y + q.w * q.w), 2.0 * (q.z * q.w + q.x * q.y),
                2.0 * (q.y * q.w + q.x * q.z), 2.0 * (q.z * q.w - q.x * q.y), 1.0 - 2.0 * (q.y * q.y + q.z * q.z));
  }
  void main() {
    ivec2 cell = ivec2(int(number % ${E}u) * 2, int(number / ${E}u));
    uvec4 first = texelFetch(packed, cell, 0), second = texelFetch(packed, cell + ivec2(1, 0), 0);
    vec4 middle = modelViewMatrix * vec4(uintBitsToFloat(first.xyz), 1.0);
    vec4 on = projectionMatrix * middle;
    gl_Position = vec4(0.0, 0.0, 2.0, 1.0);
    if (on.w <= 0.0 || any(greaterThan(abs(on.xy), vec2(1.4 * on.w)))) return;
    vec4 turn = normalize(vec4(second.x & 255u, second.x >> 8 & 255u, second.x >> 16 & 255u, second.x >> 24) / 127.5 - 1.0);
    mat3 axes = mat3(modelViewMatrix) * turned(turn) * mat3(uintBitsToFloat(second.y), 0, 0, 0, uintBitsToFloat(second.z), 0, 0, 0, uintBitsToFloat(second.w));
    float away = -middle.z;
    vec2 focal = 0.5 * size * vec2(projectionMatrix[0][0], projectionMatrix[1][1]);
    vec3 across = vec3(focal.x / away, 0.0, focal.x * middle.x / (away * away));
    vec3 upwards = vec3(0.0, focal.y / away, focal.y * middle.y / (away * away));
    vec3 x = across * axes, y = upwards * axes;
    float a = dot(x, x) + 0.3, b = dot(x, y), c = dot(y, y) + 0.3; // at least about a pixel wide
    float mean = 0.5 * (a + c), spread = length(vec2(0.5 * (a - c), b));
    vec2 along = spread < 1e-6 ? vec2(1.0, 0.0) : normalize(vec2(b, mean + spread - a) + vec2(a > c ? 1e-6 : 0.0, 0.0));
    vec2 major = min(sqrt(2.0 * (mean + spread)), 1024.0) * along;
    vec2 minor = min(sqrt(2.0 * max(mean - spread, 0.05)), 1024.0) * vec2(along.y, -along.x);
    at = corner * ${G};
    colour = vec4(first.w & 255u, first.w >> 8 & 255u, first.w >> 16 & 255u, first.w >> 24) / 255.0;
    gl_Position = vec4(on.xy / on.w + 2.0 * (at.x * major + at.y * minor) / size, on.z / on.w, 1.0);
  }`,L=`in vec4 colour; in vec2 at; out vec4 painted;
  void main() {
    float share = colour.a * exp(-dot(at, at));
    if (share < 0.004) discard;
    painted = vec4(colour.rgb * share, share);
  }`;function W(e,s){let o=N(e),t=new k;t.setIndex([0,1,2,0,2,3]),t.setAttribute("corner",new F(new Float32Array([-1,-1,1,-1,1,1,-1,1]),2));let a=new O(Uint32Array.from({length:e.count},(n,p)=>p),1);t.setAttribute("number",a.setUsage(H)),t.instanceCount=0,t.boundingBox=K(e.places);let l={packed:{value:o},size:{value:new A}},u={transparent:!0,depthWrite:!1,blending:R,blendSrc:g,blendDst:h},c=new U({glslVersion:z,vertexShader:P,fragmentShader:L,uniforms:l,...u,side:T}),r=new j(t,c);r.frustumCulled=!1,r.raycast=()=>{};let i=new M;r.onBeforeRender=n=>{n.getCurrentViewport(i),l.size.value.set(i.z,i.w),c.uniformsNeedUpdate=!0};let d=X(r,e.places,s,n=>{a.array.set(n),a.needsUpdate=!0,t.instanceCount=e.count});return{object:r,dispose:()=>(d(),o.dispose())}}function N(e){let s=Math.max(1,Math.ceil(e.count/E)),o=new Uint32Array(s*E*$);o.set(e.packed);let t=new D(o,E*2,s,q,b);return t.internalFormat="RGBA32UI",t.needsUpdate=!0,t}function K(e){let s=Math.max(1,Math.floor(e.length/3/2e4)),o=[0,1,2].map(t=>{let a=Float32Array.from({length:Math.ceil(e.length/3/s)},(l,u)=>e[u*s*3+t]).sort();return[a[Math.floor(a.length*.01)]??0,a[Math.ceil(a.length*.99)-1]??0]});return new S(new m(...o.map(([t])=>t)),new m(...o.map(([,t])=>t)))}function X(e,s,o,t){let a=new Worker(C),l=s.slice();a.postMessage({places:l},[l.buffer]);let u=new V,c=new m,r=new m,i=!1;a.onmessage=({data:n})=>{i=!1,t(n),o.canvas.dataset.sorted=c.toArray().map(p=>p.toFixed(3)).join(" "),o.invalidate()};let d=()=>{o.camera.updateMatrixWorld();let{elements:n}=u.multiplyMatrices(o.camera.matrixWorldInverse,e.matrixWorld);return r.set(-n[2],-n[6],-n[10]).normalize(),i||r.dot(c)>.9995||(i=!0,c.copy(r),a.postMessage({along:r.toArray()})),!1};return o.animations.add(d),()=>{o.animations.delete(d),a.terminate()}}function oe(e,s,o,t){let a=I(s,o),{object:l,dispose:u}=W(a,e),c=new B;c.add(l),e.show(c);let r=e.box.getSize(new m),i=`${v(a.count)} splats`;e.canvas.setAttribute("aria-label",`3D view of ${t}: ${i}. Arrow keys turn, plus and minus zoom, Home shows all.`);let d=y("reuse","Turn upside down",()=>{let x=d.getAttribute("aria-pressed")!=="true";d.setAttribute("aria-pressed",String(x)),l.rotation.x=x?Math.PI:0,e.measure(c)},{"aria-pressed":"false"}),n=f("div",{class:"tools",role:"toolbar","aria-label":"Splat tools"},d,y("home","Show all",()=>e.frame())),p=f("div",{class:"scale-note"},`${i} \xB7 ${w(r.x)} \xD7 ${w(r.y)} \xD7 ${w(r.z)}`);return{root:f("div",{class:"space","data-state":"ready","data-splats":a.count},e.host,p,n),dispose(){u(),e.clear()}}}export{oe as showSplats};
