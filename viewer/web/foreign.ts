// Files for other programs, read back as those would: OBJ, STL and USDZ.
import * as THREE from "three";
import { fetchBytes } from "./bytes";
import { h, iconButton } from "./elements";
import { length, number } from "./format";
import type { RunFile } from "./run";
import { isUnlit } from "./shading";
import type { View, ViewContext } from "./views";
import type { Viewport } from "./viewport";

export async function showForeign(viewport: Viewport, file: RunFile, context: ViewContext): Promise<View> {
  const root = await read(file, context.signal);
  let triangles = 0;
  root.traverse((object) => {
    const geometry = (object as THREE.Mesh).geometry as THREE.BufferGeometry | undefined;
    if ((object as THREE.Mesh).isMesh && geometry) triangles += (geometry.index?.count ?? geometry.attributes["position"]?.count ?? 0) / 3;
  });
  if (!triangles) throw new Error(`${file.name} holds no triangles`);
  if (!isUnlit(root)) viewport.light();
  viewport.show(root);
  const size = viewport.box.getSize(new THREE.Vector3());
  const facts = `${number(triangles)} triangles`;
  viewport.canvas.setAttribute("aria-label", `3D view of ${file.name}: ${facts}. Arrow keys turn, plus and minus zoom, Home shows all.`);
  const note = h("div", { class: "scale-note" }, `${facts} · ${length(size.x)} × ${length(size.y)} × ${length(size.z)}`);
  const tools = h("div", { class: "tools", role: "toolbar", "aria-label": "Mesh tools" }, iconButton("home", "Show all", () => viewport.frame()));
  return { root: h("div", { class: "space", "data-state": "ready" }, viewport.host, note, tools), dispose: () => viewport.clear() };
}

async function read(file: RunFile, signal: AbortSignal): Promise<THREE.Object3D> {
  const bytes = await fetchBytes(file.url, signal);
  const clay = new THREE.MeshStandardMaterial({ color: 0xb9b6b0, roughness: 0.85, side: THREE.DoubleSide });
  const kind = file.name.toLowerCase().split(".").at(-1);
  if (kind === "stl") {
    const { STLLoader } = await import("three/addons/loaders/STLLoader.js");
    return new THREE.Mesh(new STLLoader().parse(bytes), clay);
  }
  if (kind === "usdz") {
    const { USDLoader } = await import("three/addons/loaders/USDLoader.js");
    const root = new USDLoader().parse(bytes) as THREE.Object3D;
    return root;
  }
  const { OBJLoader } = await import("three/addons/loaders/OBJLoader.js");
  const root = new OBJLoader().parse(new TextDecoder().decode(bytes));
  root.traverse((object) => {
    const mesh = object as THREE.Mesh;
    if (!mesh.isMesh) return;
    mesh.material = clay;
    if (!mesh.geometry.attributes["normal"]) mesh.geometry.computeVertexNormals();
  });
  return root;
}
