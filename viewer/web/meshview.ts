// Meshes and point clouds as a stage left them, before any export.
import * as THREE from "three";
import { fetchBytes } from "./bytes";
import { getJson } from "./connection";
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
  const facts = context.files.find((one) => one.name === file.name.replace(/npz$/, "json"));
  const [arrays, about] = await Promise.all([fetchBytes(file.url, context.signal).then(readNpz), facts ? getJson<{ unit?: string }>(facts.url) : null]);
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
  const beside = context.files.find((one) => one.name === file.name.replace(/mesh\.npz$/, "texture.png"));
  const texture = beside ?? context.files.find((one) => one.name === "level_0/texture.png"); // levels of detail share one
  const material = await materialOf(texture ?? null, Boolean(colours), Boolean(uv));
  return present(viewport, new THREE.Mesh(geometry, material), file.name, `${number(faces.shape[0] ?? 0)} triangles, ${number(vertices.shape[0] ?? 0)} vertices`, about?.unit === "unknown" ? "unknown" : "metre");
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

interface RoomFile {
  parts: { page: number }[];
}

/** A built room before its export: `room.npz` with its parts, under the lit pages that `room.json` names. */
export async function showRoom(viewport: Viewport, file: RunFile, context: ViewContext): Promise<View> {
  const [arrays, about] = await Promise.all([fetchBytes(file.url, context.signal).then(readNpz), getJson<RoomFile>(file.url.replace(/npz$/, "json"))]);
  const pages = await Promise.all(context.files.filter((one) => /^lit_\d+\.png$/.test(one.name)).map((page) => materialOf(page, false, true)));
  const room = new THREE.Group();
  let triangles = 0;
  for (const [number, { page }] of (about?.parts ?? []).entries()) {
    const [vertices, faces, uv] = ["vertices", "faces", "uv"].map((name) => arrays.get(`${name}_${number}`));
    if (!vertices || !faces || !uv || !pages[page]) throw new Error(`${file.name} lacks part ${number} of the room`);
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute("position", new THREE.BufferAttribute(new Float32Array(vertices.data), 3));
    geometry.setAttribute("uv", new THREE.BufferAttribute(new Float32Array(uv.data), 2));
    geometry.setIndex(new THREE.BufferAttribute(new Uint32Array(faces.data), 1));
    triangles += faces.shape[0] ?? 0;
    pages[page].side = THREE.FrontSide; // so that one looks in through the walls
    room.add(new THREE.Mesh(geometry, pages[page]));
  }
  return present(viewport, room, file.name, `${number(triangles)} triangles in ${number(room.children.length)} parts`);
}

const MOST_PIXELS_SHOWN = 400_000;

/** `layers.npz`: a photo's pixels, hidden ones among them, where their disparity puts them before the camera. */
export async function showLayers(viewport: Viewport, file: RunFile, context: ViewContext): Promise<View> {
  const [arrays, about] = await Promise.all([fetchBytes(file.url, context.signal).then(readNpz), getJson<{ view: { focal: number; width: number; height: number } }>(file.url.replace(/npz$/, "json"))]);
  const [x, y, disparity, colour] = ["x", "y", "disparity", "color"].map((name) => arrays.get(name));
  if (!x || !y || !disparity || !colour || !about) throw new Error(`${file.name} holds no layers`);
  const all = disparity.data.length;
  const step = Math.ceil(Math.sqrt(all / MOST_PIXELS_SHOWN)); // every so many-th column and row
  const chosen = Uint32Array.from({ length: all }, (_, pixel) => pixel).filter((pixel) => x.data[pixel]! % step === 0 && y.data[pixel]! % step === 0);
  const count = chosen.length;
  const nearest = Float32Array.from(disparity.data).reduce((most, one) => Math.max(most, one), 1e-6);
  const places = new Float32Array(count * 3);
  const colours = new Uint8Array(count * 3);
  const widths = new Float32Array(count); // of a pixel where it lies, so that no gaps show
  const { focal, width, height } = about.view;
  for (let at = 0; at < count; at++) {
    const from = chosen[at]!;
    const depth = nearest / Math.max(disparity.data[from]!, nearest / 20);
    widths[at] = (depth / focal) * step * 1.25;
    places.set([((x.data[from]! + 0.5 - width / 2) / focal) * depth, (-(y.data[from]! + 0.5 - height / 2) / focal) * depth, -depth], at * 3);
    colours.set(colour.data.subarray(from * 3, from * 3 + 3), at * 3);
  }
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(places, 3));
  geometry.setAttribute("color", linearColours(colours, 3));
  geometry.setAttribute("pixelWidth", new THREE.BufferAttribute(widths, 1));
  const cloud = cloudOf(geometry);
  const material = cloud.material as THREE.PointsMaterial;
  material.size = 1;
  material.onBeforeCompile = (shader) => {
    shader.vertexShader = `attribute float pixelWidth;\n${shader.vertexShader.replace("gl_PointSize = size;", "gl_PointSize = size * pixelWidth * projectionMatrix[1][1];")}`;
  };
  const view = present(viewport, cloud, file.name, `${number(all)} pixels in layers`, "none");
  const middle = Float32Array.from({ length: Math.ceil(count / 50) }, (_, row) => -places[row * 150 + 2]!).sort()[Math.floor(count / 100)] ?? 1;
  const back = middle * Math.max(0.02, height / 2 / focal / Math.tan(THREE.MathUtils.degToRad(viewport.camera.fov / 2)) - 1);
  viewport.floor.root.visible = false;
  viewport.place(new THREE.Vector3(0.03 * middle, 0, back), new THREE.Vector3(0, 0, -middle));
  return view;
}

/** A `points.npz`: places as `points` or `xyz`, colours as `colors` or `rgb`. */
export async function showPoints(viewport: Viewport, file: RunFile, context: ViewContext): Promise<View> {
  const arrays = await readNpz(await fetchBytes(file.url, context.signal));
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
  return new THREE.Points(geometry, new THREE.PointsMaterial({ size: spacing * 3, color: hasColours ? 0xffffff : 0x8a90a6, vertexColors: hasColours, toneMapped: false }));
}

/** A PLY: splats where its head names them, triangles where it has faces, points otherwise. */
export async function showPly(viewport: Viewport, file: RunFile, context: ViewContext): Promise<View> {
  const buffer = await fetchBytes(file.url, context.signal);
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

function present(viewport: Viewport, object: THREE.Object3D, name: string, facts: string, unit: "metre" | "unknown" | "none" = "metre"): View {
  if (!isUnlit(object)) viewport.light();
  viewport.show(object);
  viewport.canvas.setAttribute("aria-label", `3D view of ${name}: ${facts}. Arrow keys turn, plus and minus zoom, Home shows all.`);
  const shader = new Shader(object);
  const tools = h("div", { class: "tools", role: "toolbar", "aria-label": "Mesh tools" });
  if (!(object as THREE.Points).isPoints) {
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
  const size = viewport.box.getSize(new THREE.Vector3()).toArray();
  const sizes = { metre: ` · ${size.map(length).join(" × ")}`, unknown: ` · ${size.map((one) => number(Number(one.toPrecision(3)))).join(" × ")} in an unknown unit`, none: "" };
  const note = h("div", { class: "scale-note" }, facts + sizes[unit]);
  return {
    root: h("div", { class: "space", "data-state": "ready" }, viewport.host, note, tools),
    dispose() {
      shader.dispose();
      viewport.clear();
    },
  };
}
