// The place that a model's maker meant eyes to be at, from the extras of its scene: `spawn` and `safe_volume`.
import * as THREE from "three";
import type { Model } from "./model";
import type { Viewport } from "./viewport";

export interface Standpoint {
  position: THREE.Vector3;
  facing: THREE.Vector3;
  /** Between these corners a head may be. */
  safe: THREE.Box3;
  /** Whether the model is a picture with depth, made to be seen from here and from hardly anywhere else. */
  isPhoto: boolean;
}

const EASE = 6;

export function standpointOf(model: Model): Standpoint | null {
  const { spawn, safe_volume: volume } = model.gltf.scene.userData as { spawn?: Record<string, unknown>; safe_volume?: Record<string, unknown> };
  const [position, facing, low, high] = [spawn?.["position"], spawn?.["facing"], volume?.["min"], volume?.["max"]].map(point);
  if (!position || !facing || !low || !high) return null;
  const box = new THREE.Box3().setFromObject(model.gltf.scene);
  const safe = new THREE.Box3(low, high);
  const isSmall = safe.getSize(new THREE.Vector3()).length() < box.getSize(new THREE.Vector3()).length() / 4;
  return { position, facing, safe, isPhoto: isSmall && !box.containsPoint(position) };
}

function point(value: unknown): THREE.Vector3 | null {
  if (!Array.isArray(value) || value.length !== 3 || !value.every((one) => typeof one === "number" && Number.isFinite(one))) return null;
  return new THREE.Vector3(...(value as [number, number, number]));
}

/** Look from the standpoint, the head following the pointer as far as is safe; the function returned ends that. */
export function standAt(viewport: Viewport, model: Model, standpoint: Standpoint): () => void {
  const { camera, controls, canvas } = viewport;
  const before = { fov: camera.fov, position: camera.position.clone(), target: controls.target.clone() };
  const hasFloor = viewport.floor.root.visible;
  const right = new THREE.Vector3().crossVectors(standpoint.facing, new THREE.Vector3(0, 1, 0)).normalize();
  const seen = extentOf(model, standpoint, right);
  const focus = standpoint.position.clone().addScaledVector(standpoint.facing, seen.away);
  const head = standpoint.position.clone();
  const goal = head.clone();
  const [middle, reach] = [standpoint.safe.getCenter(new THREE.Vector3()), standpoint.safe.getSize(new THREE.Vector3()).divideScalar(2)];
  const follow = (event: PointerEvent) => {
    const frame = canvas.getBoundingClientRect();
    const [x, y] = [((event.clientX - frame.left) / frame.width) * 2 - 1, 1 - ((event.clientY - frame.top) / frame.height) * 2];
    goal.copy(middle).addScaledVector(right, x * Math.hypot(right.x * reach.x, right.z * reach.z));
    goal.y += y * reach.y;
    viewport.invalidate();
  };
  const fit = () => {
    // A photo fills the picture, also while the head is at the side and looks past the middle.
    const margin = Math.atan(Math.max(reach.x, reach.y, reach.z) / seen.away);
    const half = Math.min(Math.atan(seen.upwards), Math.atan(seen.across / camera.aspect)) - margin;
    camera.fov = standpoint.isPhoto ? THREE.MathUtils.clamp(THREE.MathUtils.radToDeg(2 * half), 10, 120) : 70;
    camera.updateProjectionMatrix();
  };
  const ease = (seconds: number, frame: XRFrame | null) => {
    if (frame) return false;
    head.lerp(goal, 1 - Math.exp(-EASE * seconds));
    camera.position.copy(head);
    controls.target.copy(focus);
    controls.update();
    canvas.dataset["head"] = head.toArray().map((value) => value.toFixed(4)).join(" ");
    return head.distanceTo(goal) > reach.length() * 1e-3;
  };
  const watcher = new ResizeObserver(fit);
  controls.enabled = false;
  viewport.floor.root.visible = hasFloor && !standpoint.isPhoto;
  viewport.place(head, focus);
  watcher.observe(viewport.host);
  canvas.addEventListener("pointermove", follow);
  viewport.animations.add(ease);
  fit();
  viewport.invalidate();
  return () => {
    watcher.disconnect();
    canvas.removeEventListener("pointermove", follow);
    viewport.animations.delete(ease);
    controls.enabled = true;
    camera.fov = before.fov;
    camera.updateProjectionMatrix();
    viewport.floor.root.visible = hasFloor;
    viewport.place(before.position, before.target);
    delete canvas.dataset["head"];
  };
}

/** What a standpoint sees: tangents of the widest angles, and the distance at which things are on the whole. */
function extentOf(model: Model, standpoint: Standpoint, right: THREE.Vector3): { across: number; upwards: number; away: number } {
  const up = new THREE.Vector3().crossVectors(right, standpoint.facing);
  let [across, upwards, nearness, count] = [0, 0, 0, 0];
  const place = new THREE.Vector3();
  model.gltf.scene.traverse((object) => {
    const positions = (object as THREE.Mesh).geometry?.attributes["position"];
    if (!positions) return;
    const step = Math.max(1, Math.floor(positions.count / 20_000));
    for (let index = 0; index < positions.count; index += step) {
      place.fromBufferAttribute(positions as THREE.BufferAttribute, index).applyMatrix4(object.matrixWorld).sub(standpoint.position);
      const depth = place.dot(standpoint.facing);
      if (depth <= 0) continue;
      across = Math.max(across, Math.abs(place.dot(right)) / depth);
      upwards = Math.max(upwards, Math.abs(place.dot(up)) / depth);
      nearness += 1 / depth;
      count += 1;
    }
  });
  return { across, upwards, away: count ? count / nearness : 1 };
}
