// A capture's cameras as frusta with their photos, and its sparse points.
import * as THREE from "three";
import { h, iconButton, fill } from "./elements";
import { fetchBytes } from "./bytes";
import { linearColours } from "./meshview";
import { readNpz } from "./npz";
import type { RunFile } from "./run";
import type { View, ViewContext } from "./views";
import type { Viewport } from "./viewport";

interface Camera {
  width: number;
  height: number;
  fx: number;
  fy: number;
  cx: number;
  cy: number;
  model: string;
}

export interface Views {
  cameras: Camera[];
  photos: { name: string; image: string; camera: number; orientation: number; depth: string | null; world_from_camera: number[][] }[];
  depth_encoding: { units_per_step: number; none_values: number[] };
  skipped: { name: string; reason: string }[];
}

const PICTURES_AT_MOST = 64;

export async function showCameras(viewport: Viewport, file: RunFile, context: ViewContext): Promise<View> {
  const views = JSON.parse(new TextDecoder().decode(await fetchBytes(file.url, context.signal))) as Views;
  const folder = file.url.slice(0, file.url.lastIndexOf("/") + 1);
  const poses = views.photos.map((photo) => new THREE.Matrix4().fromArray(photo.world_from_camera.flat()).transpose());
  const reach = frustumLength(poses);
  const root = new THREE.Group();
  const frusta = views.photos.map((photo, index) => frustum(views.cameras[photo.camera]!, poses[index]!, reach));
  root.add(...frusta);
  const points = context.files.find((one) => one.name === "points.npz");
  if (points) {
    const cloud = await cloudOf(points.url, poses, reach, context.signal);
    if (cloud) root.add(cloud);
  }
  viewport.show(root);
  viewport.canvas.setAttribute("aria-label", `${views.photos.length} cameras of ${context.id}, drawn as frusta. Arrow keys turn, plus and minus zoom.`);

  const card = h("figure", { class: "camera-card", hidden: true });
  let chosen = -1;
  const choose = (index: number) => {
    chosen = (index + views.photos.length) % views.photos.length;
    const photo = views.photos[chosen]!;
    frusta.forEach((one, other) => one.userData["light"](other === chosen));
    fill(card, h("img", { src: folder + photo.image, alt: "" }), h("figcaption", {}, h("strong", {}, photo.name), h("span", { class: "card-buttons" }, iconButton("camera", "Look through this camera", () => lookThrough(viewport, poses[chosen]!, reach)), iconButton("close", "Close", () => (card.hidden = true)))));
    card.hidden = false;
    viewport.invalidate();
  };
  const onclick = clickPicker(viewport, frusta, choose);
  const onkey = (event: KeyboardEvent) => {
    if (event.key === "]" || event.key === "[") choose(chosen + (event.key === "]" ? 1 : -1));
  };
  viewport.canvas.addEventListener("keydown", onkey);
  if (views.photos.length <= PICTURES_AT_MOST) void dress(views, folder, frusta, viewport);

  const skipped = views.skipped?.length ? ` · ${views.skipped.length} skipped` : "";
  const note = h("div", { class: "scale-note" }, `${views.photos.length} cameras${skipped} · click one`);
  const tools = h("div", { class: "tools", role: "toolbar", "aria-label": "Camera tools" }, iconButton("home", "Show all", () => viewport.frame()), iconButton("image", "Next camera", () => choose(chosen + 1)));
  return {
    root: h("div", { class: "space", "data-state": "ready", "data-cameras": views.photos.length }, viewport.host, note, card, tools),
    dispose() {
      onclick();
      viewport.canvas.removeEventListener("keydown", onkey);
      viewport.clear();
    },
  };
}

/** A length at which neighbouring frusta do not run into one another: a part of the distance between cameras. */
function frustumLength(poses: THREE.Matrix4[]): number {
  const places = poses.map((pose) => new THREE.Vector3().setFromMatrixPosition(pose));
  const size = new THREE.Box3().setFromPoints(places).getSize(new THREE.Vector3()).length();
  return (size || 1) * 0.06;
}

/** The camera's pyramid, its axes x right, y down, z forward; `userData.light` marks it as chosen. */
function frustum(camera: Camera, pose: THREE.Matrix4, reach: number): THREE.Group {
  const corner = (u: number, v: number) => new THREE.Vector3(((u - camera.cx) / camera.fx) * reach, ((v - camera.cy) / camera.fy) * reach, reach);
  const corners = camera.model === "equirect" ? [] : [corner(0, 0), corner(camera.width, 0), corner(camera.width, camera.height), corner(0, camera.height)];
  const eye = new THREE.Vector3();
  const [a, b, c, d] = corners;
  const lines = a && b && c && d ? [eye, a, eye, b, eye, c, eye, d, a, b, b, c, c, d, d, a] : [];
  const group = new THREE.Group();
  const outline = new THREE.LineSegments(new THREE.BufferGeometry().setFromPoints(lines), new THREE.LineBasicMaterial({ color: 0x7c86e8, toneMapped: false }));
  group.add(outline);
  if (a && b && c && d) {
    const plane = new THREE.BufferGeometry().setFromPoints([a, b, c, d]);
    plane.setAttribute("uv", new THREE.BufferAttribute(new Float32Array([0, 0, 1, 0, 1, 1, 0, 1]), 2));
    plane.setIndex([0, 1, 2, 0, 2, 3]);
    const glass = new THREE.Mesh(plane, new THREE.MeshBasicMaterial({ color: 0x7c86e8, opacity: 0.16, transparent: true, side: THREE.DoubleSide, toneMapped: false, depthWrite: false }));
    glass.name = "glass";
    group.add(glass);
  } else group.add(new THREE.Mesh(new THREE.SphereGeometry(reach * 0.4, 20, 12), new THREE.MeshBasicMaterial({ color: 0x7c86e8, wireframe: true, toneMapped: false })));
  group.applyMatrix4(pose);
  group.userData["light"] = (isLit: boolean) => outline.material.color.setHex(isLit ? 0xf29f3d : 0x7c86e8);
  return group;
}

/** Put the photos, made small, onto the frusta, one after the other. */
async function dress(views: Views, folder: string, frusta: THREE.Group[], viewport: Viewport): Promise<void> {
  for (const [index, photo] of views.photos.entries()) {
    const glass = frusta[index]!.getObjectByName("glass") as THREE.Mesh<THREE.BufferGeometry, THREE.MeshBasicMaterial> | undefined;
    if (!glass || !frusta[index]!.parent) continue;
    try {
      const blob = await (await fetch(folder + photo.image)).blob();
      const bitmap = await createImageBitmap(blob, { resizeWidth: 192, resizeQuality: "medium" });
      const texture = new THREE.Texture(bitmap);
      texture.colorSpace = THREE.SRGBColorSpace;
      texture.flipY = false;
      texture.needsUpdate = true;
      glass.material.dispose();
      glass.material = new THREE.MeshBasicMaterial({ map: texture, side: THREE.DoubleSide, toneMapped: false });
      viewport.invalidate();
    } catch {
      continue; // a format that the browser cannot show stays a bare frustum
    }
  }
}

async function cloudOf(url: string, poses: THREE.Matrix4[], reach: number, signal: AbortSignal): Promise<THREE.Points | null> {
  const arrays = await readNpz(await fetchBytes(url, signal));
  const xyz = arrays.get("xyz");
  if (!xyz) return null;
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute("position", new THREE.BufferAttribute(withoutStrays(xyz.data, poses, reach), 3));
  const rgb = arrays.get("rgb");
  if (rgb) geometry.setAttribute("color", linearColours(rgb.data, 3));
  return new THREE.Points(geometry, new THREE.PointsMaterial({ size: 2, sizeAttenuation: false, vertexColors: Boolean(rgb), color: rgb ? 0xffffff : 0x8a90a6, toneMapped: false }));
}

/** Far-off points of a sparse cloud would make everything else tiny: they are drawn on the nearest camera instead. */
function withoutStrays(data: ArrayLike<number>, poses: THREE.Matrix4[], reach: number): Float32Array {
  const middle = poses.reduce((sum, pose) => sum.add(new THREE.Vector3().setFromMatrixPosition(pose)), new THREE.Vector3()).divideScalar(poses.length || 1);
  const far = reach * 60;
  const kept = new Float32Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const point = new THREE.Vector3(data[at]!, data[at + 1]!, data[at + 2]!);
    (point.distanceTo(middle) < far ? point : middle).toArray(kept, at);
  }
  return kept;
}

function lookThrough(viewport: Viewport, pose: THREE.Matrix4, reach: number): void {
  const eye = new THREE.Vector3().setFromMatrixPosition(pose);
  const ahead = new THREE.Vector3(0, 0, 1).transformDirection(pose);
  viewport.fly(eye.clone().addScaledVector(ahead, -reach * 0.5), eye.clone().addScaledVector(ahead, reach * 6));
}

function clickPicker(viewport: Viewport, frusta: THREE.Group[], choose: (index: number) => void): () => void {
  let pressed = { x: 0, y: 0 };
  const down = (event: PointerEvent) => (pressed = { x: event.clientX, y: event.clientY });
  const up = (event: PointerEvent) => {
    if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 5) return;
    const frame = viewport.canvas.getBoundingClientRect();
    const ray = new THREE.Raycaster();
    ray.setFromCamera(new THREE.Vector2(((event.clientX - frame.left) / frame.width) * 2 - 1, 1 - ((event.clientY - frame.top) / frame.height) * 2), viewport.camera);
    const glasses = frusta.map((one) => one.children[1]!);
    const hit = ray.intersectObjects(glasses, false)[0];
    if (hit) choose(glasses.indexOf(hit.object));
  };
  viewport.canvas.addEventListener("pointerdown", down);
  viewport.canvas.addEventListener("pointerup", up);
  return () => {
    viewport.canvas.removeEventListener("pointerdown", down);
    viewport.canvas.removeEventListener("pointerup", up);
  };
}
