// Other ways to see a mesh: its wires, normals, UV layout and texel density. The model's own materials are kept aside.
import * as THREE from "three";
import { materialsOf } from "./model";

export const SHADINGS = ["colour", "clay", "normals", "uv", "density"] as const;
export type Shading = (typeof SHADINGS)[number];

export const SHADING_WORDS: Record<Shading, string> = { colour: "Colour", clay: "Clay", normals: "Normals", uv: "UV", density: "Density" };

/** Texels per centimetre at the two ends of the density scale, which is logarithmic. */
export const DENSITY_RANGE = [0.5, 128] as const;

const VERTEX = `varying vec2 at; varying vec3 place;
  void main() {
    #ifdef HAS_UV
    at = uv;
    #endif
    vec4 world = modelMatrix * vec4(position, 1.0); place = world.xyz; gl_Position = projectionMatrix * viewMatrix * world; }`;

const LIGHT = `float lit() { return 0.62 + 0.38 * abs(dot(normalize(cross(dFdx(place), dFdy(place))), normalize(cameraPosition - place))); }`;

const UV_FRAGMENT = `varying vec2 at; varying vec3 place; ${LIGHT}
  void main() {
    vec2 cell = floor(at * 16.0); float check = mod(cell.x + cell.y, 2.0);
    vec3 colour = vec3(fract(at.x), fract(at.y), 0.55) * mix(0.62, 1.0, check);
    gl_FragColor = vec4(colour * lit(), 1.0);
  }`;

const DENSITY_FRAGMENT = `varying vec2 at; varying vec3 place; uniform vec2 texels; uniform vec2 range; ${LIGHT}
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
  }`;

export class Shader {
  private readonly own = new Map<THREE.Mesh, THREE.Material | THREE.Material[]>();
  private readonly made = new Set<THREE.Material>();
  private wires: THREE.LineSegments[] = [];

  constructor(root: THREE.Object3D) {
    root.traverse((object) => {
      if ((object as THREE.Mesh).isMesh) this.own.set(object as THREE.Mesh, (object as THREE.Mesh).material);
    });
  }

  get hasUv(): boolean {
    return [...this.own.keys()].some((mesh) => mesh.geometry.attributes["uv"]);
  }

  apply(shading: Shading): void {
    for (const [mesh, own] of this.own) mesh.material = shading === "colour" ? own : this.material(shading, mesh, [own].flat()[0]!);
  }

  wire(isOn: boolean, colour: THREE.ColorRepresentation): void {
    for (const lines of this.wires) {
      lines.removeFromParent();
      lines.geometry.dispose();
      (lines.material as THREE.Material).dispose();
    }
    this.wires = [];
    if (!isOn) return;
    for (const mesh of this.own.keys()) {
      const material = new THREE.LineBasicMaterial({ color: colour, transparent: true, opacity: 0.35, toneMapped: false, depthWrite: false });
      const lines = new THREE.LineSegments(new THREE.WireframeGeometry(mesh.geometry), material);
      lines.raycast = () => undefined;
      lines.userData["isMark"] = true;
      mesh.add(lines);
      this.wires.push(lines);
    }
  }

  dispose(): void {
    this.apply("colour");
    this.wire(false, 0);
    for (const material of this.made) material.dispose();
  }

  private material(shading: Exclude<Shading, "colour">, mesh: THREE.Mesh, own: THREE.Material): THREE.Material {
    const side = own.side;
    const isFlat = !mesh.geometry.attributes["normal"];
    const hasUv = Boolean(mesh.geometry.attributes["uv"]);
    const material = this.make(shading, own, { side, isFlat, hasUv });
    this.made.add(material);
    return material;
  }

  private make(shading: Exclude<Shading, "colour">, own: THREE.Material, about: { side: THREE.Side; isFlat: boolean; hasUv: boolean }): THREE.Material {
    const defines: Record<string, string> = about.hasUv ? { HAS_UV: "" } : {};
    if (shading === "clay") return new THREE.MeshStandardMaterial({ color: 0xb9b6b0, roughness: 0.85, side: about.side, flatShading: about.isFlat });
    if (shading === "normals") return new THREE.MeshNormalMaterial({ side: about.side, flatShading: about.isFlat });
    if (shading === "uv") return new THREE.ShaderMaterial({ vertexShader: VERTEX, fragmentShader: UV_FRAGMENT, defines, side: about.side });
    const map = (own as THREE.MeshBasicMaterial).map;
    const image = map?.image as { width: number; height: number } | undefined;
    const texels = image && about.hasUv ? new THREE.Vector2(image.width, image.height) : new THREE.Vector2();
    const uniforms = { texels: { value: texels }, range: { value: new THREE.Vector2(...DENSITY_RANGE) } };
    return new THREE.ShaderMaterial({ vertexShader: VERTEX, fragmentShader: DENSITY_FRAGMENT, uniforms, defines, side: about.side });
  }
}

/** Whether all of the model's materials are unlit, that is, show photographed light. */
export function isUnlit(root: THREE.Object3D): boolean {
  let isAll = true;
  root.traverse((object) => {
    isAll &&= materialsOf(object).every((material) => material instanceof THREE.MeshBasicMaterial);
  });
  return isAll;
}
