import{La as c,Na as d,ab as E,ba as o,bb as l,cb as m,eb as v}from"./chunk-IHPGRBWE.js";var S=["colour","clay","normals","uv","density"],F={colour:"Colour",clay:"Clay",normals:"Normals",uv:"UV",density:"Density"},u=[.5,128],f=`varying vec2 at; varying vec3 place;
  void main() {
    #ifdef HAS_UV
    at = uv;
    #endif
    vec4 world = modelMatrix * vec4(position, 1.0); place = world.xyz; gl_Position = projectionMatrix * viewMatrix * world; }`,p="float lit() { return 0.62 + 0.38 * abs(dot(normalize(cross(dFdx(place), dFdy(place))), normalize(cameraPosition - place))); }",x=`varying vec2 at; varying vec3 place; ${p}
  void main() {
    vec2 cell = floor(at * 16.0); float check = mod(cell.x + cell.y, 2.0);
    vec3 colour = vec3(fract(at.x), fract(at.y), 0.55) * mix(0.62, 1.0, check);
    gl_FragColor = vec4(colour * lit(), 1.0);
  }`,y=`varying vec2 at; varying vec3 place; uniform vec2 texels; uniform vec2 range; ${p}
  vec3 scale(float t) {
    t = clamp(t, 0.0, 1.0);
    vec3 c0 = vec3(0.267, 0.005, 0.329), c1 = vec3(0.229, 0.322, 0.545), c2 = vec3(0.128, 0.567, 0.551), c3 = vec3(0.369, 0.789, 0.383), c4 = vec3(0.993, 0.906, 0.144);
    float s = t * 4.0;
    return s < 1.0 ? mix(c0, c1, s) : s < 2.0 ? mix(c1, c2, s - 1.0) : s < 3.0 ? mix(c2, c3, s - 2.0) : mix(c3, c4, s - 3.0);
  }
  void main() {
    vec2 dx = dFdx(at) * texels, dy = dFdy(at) * texels;
    float area = length(cross(dFdx(place), dFdy(place)));
    float perCm = sqrt(abs(dx.x * dy.y - dx.y * dy.x) / max(area, 1e-20)) / 100.0;
    if (texels.x < 1.0) { gl_FragColor = vec4(vec3(0.5) * lit(), 1.0); return; }
    float t = log(max(perCm, 1e-6) / range.x) / log(range.y / range.x);
    gl_FragColor = vec4(scale(t) * lit(), 1.0);
  }`,h=class{own=new Map;made=new Set;wires=[];constructor(a){a.traverse(t=>{t.isMesh&&this.own.set(t,t.material)})}get hasUv(){return[...this.own.keys()].some(a=>a.geometry.attributes.uv)}apply(a){for(let[t,e]of this.own)t.material=a==="colour"?e:this.material(a,t,[e].flat()[0])}wire(a,t){for(let e of this.wires)e.removeFromParent(),e.geometry.dispose(),e.material.dispose();if(this.wires=[],!!a)for(let e of this.own.keys()){let s=new c({color:t,transparent:!0,opacity:.35,toneMapped:!1,depthWrite:!1}),r=new d(new E(e.geometry),s);r.raycast=()=>{},r.userData.isMark=!0,e.add(r),this.wires.push(r)}}dispose(){this.apply("colour"),this.wire(!1,0);for(let a of this.made)a.dispose()}material(a,t,e){let s=e.side,r=!t.geometry.attributes.normal,i=!!t.geometry.attributes.uv,n=this.make(a,e,{side:s,isFlat:r,hasUv:i});return this.made.add(n),n}make(a,t,e){let s=e.hasUv?{HAS_UV:""}:{};if(a==="clay")return new m({color:12170928,roughness:.85,side:e.side,flatShading:e.isFlat});if(a==="normals")return new v({side:e.side,flatShading:e.isFlat});if(a==="uv")return new l({vertexShader:f,fragmentShader:x,defines:s,side:e.side});let i=t.map?.image,g={texels:{value:i&&e.hasUv?new o(i.width,i.height):new o},range:{value:new o(...u)}};return new l({vertexShader:f,fragmentShader:y,uniforms:g,defines:s,side:e.side})}};export{S as a,F as b,u as c,h as d};
