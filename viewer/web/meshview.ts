// Meshes and point clouds as a stage left them, before any export.
import * as THREE from "three";
import { fetchBytes } from "./bytes";
import { choices, fill, h, icon, iconButton } from "./elements";
import { length, number } from "./format";
import { readNpz } from "./npz";
import { hasSplats, headOf } from "./splatfile";
import type { RunFile } from "./run";
import { isUnlit, Shader, SHADINGS, SHADING_WORDS } from "./shading";
import type { View, ViewContext } from "./views";
import type { Viewport } from "./viewport";

/** A `mesh.npz` (vertices, faces, and what else it has) with the `texture.png` beside it. */
export async function showMesh(viewport: Viewport, file: RunFile, context: ViewContext): Promise<View> {
  const arrays = await readNpz(await fetchBytes(file.url));
  const vertices = arrays.get("vertices");
  const faces = arrays.get("faces");
  if (!vertices || !faces) throw new Error(`${file.name} holds no vertices and faces`);
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(vertices.data), 3));
  geometry.setIndex(new THREE.BufferAttribute(new Uint32Array(faces.data), 1));
  const normals = arrays.get("normals");
  if (normals) geometry.setAttribute("normal", new THREE.BufferAttribute(new Float32Array(normals.data), 3));
  else geometry.computeVertexNormals();
  const uv = arrays.get("uv");
  if (uv) geometry.setAttribute("uv", new THREE.BufferAttribute(new Float32Array(uv.data), 2));
  const colours = arrays.get("vertex_colors");
  if (colours) geometry.setAttribute("color", linearColours(colours.data, colours.shape[1] ?? 3));
  const texture = context.files.find((one) => one.name === file.name.replace(/mesh\.npz$/, "texture.png"));
  const material = await materialOf(texture ?? null, Boolean(colours), Boolean(uv));
  return present(viewport, new THREE.Mesh(geometry, material), file.name, `${number(faces.shape[0] ?? 0)} triangles, ${number(vertices.shape[0] ?? 0)} vertices`);
}

async function materialOf(texture: RunFile | null, hasColours: boolean, hasUv: boolean): Promise<THREE.Material> {
  const side = THREE.DoubleSide;
  if (texture && hasUv) {
    const map = await new THREE.TextureLoader().loadAsync(texture.url);
    map.colorSpace = THREE.SRGBColorSpace;
    map.flipY = false;
    map.anisotropy = 4;
    return new THREE.MeshBasicMaterial({ map, side, toneMapped: false });
  }
  if (hasColours) return new THREE.MeshBasicMaterial({ vertexColors: true, side, toneMapped: false });
  return new THREE.MeshStandardMaterial({ color: 0xb9b6b0, roughness: 0.85, side });
}

/** A `points.npz`: places as `points` or `xyz`, colours as `colors` or `rgb`. */
export async function showPoints(viewport: Viewport, file: RunFile, _context: ViewContext): Promise<View> {
  const arrays = await readNpz(await fetchBytes(file.url));
  const places = arrays.get("points") ?? arrays.get("xyz");
  if (!places) throw new Error(`${file.name} holds no points`);
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(places.data), 3));
  const colours = arrays.get("colors") ?? arrays.get("rgb");
  if (colours) geometry.setAttribute("color", linearColours(colours.data, colours.shape[1] ?? 3));
  return present(viewport, cloudOf(geometry), file.name, `${number(places.shape[0] ?? 0)} points`);
}

function cloudOf(geometry: THREE.BufferGeometry): THREE.Points {
  geometry.computeBoundingSphere();
  const hasColours = Boolean(geometry.attributes["color"]);
  const spacing = (geometry.boundingSphere?.radius ?? 1) / Math.sqrt(Math.max(geometry.attributes["position"]?.count ?? 1, 1));
  return new THREE.Points(geometry, new THREE.PointsMaterial({ size: spacing * 1.6, color: hasColours ? 0xffffff : 0x8a90a6, vertexColors: hasColours, toneMapped: false }));
}

/** A PLY: splats where its head names them, triangles where it has faces, points otherwise. */
export async function showPly(viewport: Viewport, file: RunFile, _context: ViewContext): Promise<View> {
  const buffer = await fetchBytes(file.url);
  const head = headOf(buffer);
  if (hasSplats(head)) return (await import("./splatview")).showSplats(viewport, buffer, head, file.name);
  const { PLYLoader } = await import("three/addons/loaders/PLYLoader.js");
  const geometry = new PLYLoader().parse(buffer);
  const count = geometry.attributes["position"]?.count ?? 0;
  const hasColours = Boolean(geometry.attributes["color"]);
  if (geometry.index) {
    if (!geometry.attributes["normal"]) geometry.computeVertexNormals();
    return present(viewport, new THREE.Mesh(geometry, await materialOf(null, hasColours, false)), file.name, `${number(geometry.index.count / 3)} triangles, ${number(count)} vertices`);
  }
  return present(viewport, cloudOf(geometry), file.name, `${number(count)} points`);
}

export function linearColours(data: ArrayLike<number>, width: number): THREE.BufferAttribute {
  const count = data.length / width;
  const linear = new Float32Array(count * 3);
  for (let row = 0; row < count; row++)
    for (let channel = 0; channel < 3; channel++) {
      const value = data[row * width + channel]! / 255;
      linear[row * 3 + channel] = value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    }
  return new THREE.BufferAttribute(linear, 3);
}

function present(viewport: Viewport, object: THREE.Mesh | THREE.Points, name: string, facts: string): View {
  if (!isUnlit(object)) viewport.light();
  viewport.show(object);
  viewport.canvas.setAttribute("aria-label", `3D view of ${name}: ${facts}. Arrow keys turn, plus and minus zoom, Home shows all.`);
  const shader = new Shader(object);
  const tools = h("div", { class: "tools", role: "toolbar", "aria-label": "Mesh tools" });
  if ((object as THREE.Mesh).isMesh) {
    const wire = h("button", { type: "button", class: "icon-button", "aria-label": "Wireframe", "aria-pressed": "false", onclick: () => {
      const isOn = wire.getAttribute("aria-pressed") !== "true";
      wire.setAttribute("aria-pressed", String(isOn));
      shader.wire(isOn, getComputedStyle(document.documentElement).getPropertyValue("--wire").trim());
      viewport.invalidate();
    } }, icon("wire"));
    const shadings = SHADINGS.filter((one) => one !== "density" && (one !== "uv" || shader.hasUv));
    fill(tools, choices("Shading", shadings.map((value) => ({ value, label: SHADING_WORDS[value] })), "colour", (shading) => {
      if (shading === "clay") viewport.light();
      shader.apply(shading);
      viewport.invalidate();
    }), h("span", { class: "rule" }), wire);
  }
  tools.append(iconButton("home", "Show all", () => viewport.frame()));
  const size = viewport.box.getSize(new THREE.Vector3());
  const note = h("div", { class: "scale-note" }, `${facts} · ${length(size.x)} × ${length(size.y)} × ${length(size.z)}`);
  return {
    root: h("div", { class: "space", "data-state": "ready" }, viewport.host, note, tools),
    dispose() {
      shader.dispose();
      viewport.clear();
    },
  };
}
