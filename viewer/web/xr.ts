// Into the model with a headset: an immersive session, where one stands in it, and the way back to the page.
import * as THREE from "three";
import { LevelKeeper } from "./levels";
import type { Model } from "./model";
import { standpointOf, type Standpoint } from "./standpoint";
import { Hands } from "./xrhands";
import type { Viewport } from "./viewport";

/** Wider than this, in metres, a model is a place to stand in; smaller, a thing to stand before. */
const ROOM_METRES = 2.5;
const TABLE_METRES = 1;
const ARM_METRES = 0.7;
const FADE_SECONDS = 0.15;
/** How high a standing visitor's eyes are. */
const EYE_METRES = 1.6;

/** Where a visitor stands: `rig` is the floor under the headset's own space, and moves when the visitor does. */
export class Visit {
  readonly rig = new THREE.Group();
  readonly isRoom: boolean;
  private readonly plinth: THREE.Mesh;
  private readonly veil: THREE.Mesh<THREE.SphereGeometry, THREE.MeshBasicMaterial>;
  private dark = 0;
  private readonly standpoint: Standpoint | null;

  constructor(
    readonly viewport: Viewport,
    readonly model: Model,
    readonly isAugmented: boolean,
  ) {
    const size = viewport.box.getSize(new THREE.Vector3());
    this.standpoint = standpointOf(model);
    this.isRoom = this.standpoint !== null || Math.max(size.x, size.z) > ROOM_METRES;
    this.veil = new THREE.Mesh(
      new THREE.SphereGeometry(0.2, 16, 8),
      new THREE.MeshBasicMaterial({ color: 0, side: THREE.BackSide, transparent: true, opacity: 0, depthTest: false, toneMapped: false }),
    );
    this.veil.renderOrder = 100;
    this.veil.visible = false;
    viewport.camera.add(this.veil);
    this.plinth = this.makePlinth(size);
    this.enterModel(size);
    viewport.scene.add(this.rig);
    this.rig.add(viewport.camera);
  }

  /** The visitor's head in the scene. */
  get head(): THREE.Vector3 {
    // Between the eyes: three.js' camera for both has the place of the left one.
    const eyes = this.viewport.renderer.xr.getCamera().cameras.map((eye) => new THREE.Vector3().setFromMatrixPosition(eye.matrixWorld));
    return eyes.reduce((sum, eye) => sum.add(eye), new THREE.Vector3()).divideScalar(Math.max(1, eyes.length));
  }

  /** Stand with the head above a point of the floor. */
  stand(floor: THREE.Vector3): void {
    const head = this.head;
    this.rig.position.x += floor.x - head.x;
    this.rig.position.z += floor.z - head.z;
    this.rig.position.y = floor.y;
    this.settle();
  }

  /** Turn on the spot, by radians to the left. */
  turn(angle: number): void {
    const head = this.head;
    this.rig.position.sub(head).applyAxisAngle(new THREE.Vector3(0, 1, 0), angle).add(head);
    this.rig.rotateY(angle);
    this.settle();
  }

  /** The dark after a step fades; a photo grows dark as the head leaves the place that it was made to be seen from. */
  breathe(seconds: number): void {
    this.dark = Math.max(0, this.dark - seconds / FADE_SECONDS);
    const dark = Math.max(this.dark, this.strayed());
    this.veil.material.opacity = dark;
    this.veil.visible = dark > 0;
    this.viewport.canvas.dataset["dark"] = dark.toFixed(2);
  }

  private strayed(): number {
    if (!this.standpoint?.isPhoto) return 0;
    const { safe } = this.standpoint;
    return Math.min(0.9, safe.distanceToPoint(this.head) / (safe.getSize(new THREE.Vector3()).length() / 2));
  }

  leave(): void {
    this.viewport.camera.remove(this.veil);
    this.rig.remove(this.viewport.camera);
    this.rig.removeFromParent();
    this.plinth.removeFromParent();
    this.plinth.geometry.dispose();
  }

  private settle(): void {
    this.dark = 1;
    this.rig.updateMatrixWorld(true);
    this.tell();
  }

  private tell(): void {
    const { x, y, z } = this.rig.position;
    this.viewport.canvas.dataset["rig"] = [x, y, z, this.rig.rotation.y].map((value) => value.toFixed(4)).join(" ");
  }

  private enterModel(size: THREE.Vector3): void {
    const { box } = this.viewport;
    const middle = box.getCenter(new THREE.Vector3());
    const spawn = spawnOf(this.model.root);
    if (spawn) {
      spawn.matrixWorld.decompose(this.rig.position, this.rig.quaternion, new THREE.Vector3());
      this.rig.rotation.set(0, new THREE.Euler().setFromQuaternion(this.rig.quaternion, "YXZ").y, 0);
    } else if (this.standpoint) {
      const { position, facing } = this.standpoint;
      this.rig.position.set(position.x, position.y - EYE_METRES, position.z);
      this.rig.rotation.set(0, Math.atan2(-facing.x, -facing.z), 0);
    } else if (this.isRoom) this.rig.position.set(middle.x, floorUnder(this.model.root, middle, box), middle.z);
    else {
      this.rig.position.set(middle.x, box.min.y - TABLE_METRES, box.max.z + ARM_METRES);
      this.viewport.light();
      if (!this.isAugmented) this.viewport.scene.add(this.plinth);
    }
    this.plinth.position.set(middle.x, box.min.y - TABLE_METRES / 2 - size.y * 1e-3, middle.z);
    this.rig.updateMatrixWorld(true);
    this.tell();
  }

  private makePlinth(size: THREE.Vector3): THREE.Mesh {
    const radius = Math.hypot(size.x, size.z) / 2 + 0.05;
    const material = new THREE.MeshStandardMaterial({ color: 0x6f727b, roughness: 0.9 });
    return new THREE.Mesh(new THREE.CylinderGeometry(radius, radius * 1.05, TABLE_METRES, 64), material);
  }
}

/** The node at which the room's maker wants visitors to begin. */
function spawnOf(root: THREE.Object3D): THREE.Object3D | null {
  let found: THREE.Object3D | null = null;
  root.traverse((object) => {
    if (/^spawn/i.test(object.name)) found ??= object;
  });
  return found;
}

function floorUnder(root: THREE.Object3D, middle: THREE.Vector3, box: THREE.Box3): number {
  const down = new THREE.Raycaster(middle, new THREE.Vector3(0, -1, 0));
  return down.intersectObject(root, true)[0]?.point.y ?? box.min.y;
}

/** Begin a session and stay in it until its end; `onchange` hears of both. */
export async function enter(viewport: Viewport, model: Model, mode: XRSessionMode, onchange: (isPresenting: boolean) => void): Promise<void> {
  const { renderer, camera, floor, canvas } = viewport;
  const running = renderer.xr.getSession();
  if (running) return running.end();
  if (!navigator.xr) throw new Error("this browser knows no headset");
  const session = await navigator.xr.requestSession(mode, { requiredFeatures: ["local-floor"], optionalFeatures: ["hand-tracking"] });

  const before = { position: camera.position.clone(), quaternion: camera.quaternion.clone(), near: camera.near, far: camera.far, fov: camera.fov, hasFloor: floor.root.visible };
  const isAugmented = mode === "immersive-ar";
  const visit = new Visit(viewport, model, isAugmented);
  camera.near = 0.05;
  camera.far = 500;
  if (isAugmented) {
    renderer.setClearAlpha(0);
    floor.root.visible = false;
  }
  renderer.xr.enabled = true;
  renderer.xr.setReferenceSpaceType("local-floor");
  const hands = new Hands(visit);
  const levels = new LevelKeeper(model.root, session.frameRate ?? 72);
  const live = (seconds: number, frame: XRFrame | null) => {
    if (!frame) return false;
    visit.breathe(seconds);
    hands.update(session);
    const eye = renderer.xr.getCamera().cameras[0];
    levels.watch(seconds, visit.head, eye ? 2 * Math.atan(1 / (eye.projectionMatrix.elements[5] ?? 1)) : 1.5);
    return true;
  };
  viewport.animations.add(live);

  session.addEventListener("end", () => {
    viewport.animations.delete(live);
    hands.dispose();
    levels.release();
    visit.leave();
    floor.root.visible = before.hasFloor;
    renderer.setClearAlpha(1);
    renderer.xr.enabled = false;
    camera.position.copy(before.position);
    camera.quaternion.copy(before.quaternion);
    camera.scale.setScalar(1);
    Object.assign(camera, { near: before.near, far: before.far, fov: before.fov });
    delete canvas.dataset["session"];
    onchange(false);
    viewport.resize();
    viewport.controls.update();
    viewport.invalidate();
  });
  await renderer.xr.setSession(session);
  canvas.dataset["session"] = mode;
  onchange(true);
}
