// What a visitor's hands do: point and pinch to go somewhere, take hold of a thing, turn with the stick.
import * as THREE from "three";
import { floorAt, solidsOf } from "./xrfloor";
import type { Visit } from "./xr";

const SNAP_RADIANS = Math.PI / 6;
const STICK_ON = 0.7;
const STICK_OFF = 0.3;
const RAY_METRES = 12;
const GOOD = 0x98a2ff;
const BAD = 0x8d8f96;

interface Hand {
  ray: THREE.XRTargetRaySpace;
  grip: THREE.XRGripSpace;
  line: THREE.Line<THREE.BufferGeometry, THREE.LineBasicMaterial>;
  source: XRInputSource | null;
  isAiming: boolean;
  hasTurned: boolean;
  /** Where letting go would lead. */
  goal: THREE.Vector3 | null;
  isHolding: boolean;
}

export class Hands {
  private readonly hands: Hand[];
  private readonly marker: THREE.Mesh<THREE.RingGeometry, THREE.MeshBasicMaterial>;
  private readonly solids: THREE.Object3D[];
  private readonly ray = new THREE.Raycaster();
  private spread: { distance: number; scale: number } | null = null;
  private readonly home: { position: THREE.Vector3; quaternion: THREE.Quaternion; scale: THREE.Vector3 };

  constructor(private readonly visit: Visit) {
    const { root } = visit.model;
    this.home = { position: root.position.clone(), quaternion: root.quaternion.clone(), scale: root.scale.clone() };
    this.solids = solidsOf(root);
    this.marker = new THREE.Mesh(new THREE.RingGeometry(0.16, 0.2, 48).rotateX(-Math.PI / 2), new THREE.MeshBasicMaterial({ color: GOOD, side: THREE.DoubleSide, toneMapped: false }));
    this.marker.visible = false;
    visit.viewport.scene.add(this.marker);
    this.hands = [0, 1].map((index) => this.makeHand(index));
  }

  update(session: XRSession): void {
    const pointing = [...session.inputSources].some((source) => source.targetRayMode !== "gaze");
    for (const hand of this.hands) {
      hand.line.visible = pointing && hand.source?.targetRayMode === "tracked-pointer";
      this.readStick(hand);
      if (hand.isAiming) this.aim(hand);
    }
    this.marker.visible = this.hands.some((hand) => hand.isAiming && hand.goal);
    this.stretch();
  }

  dispose(): void {
    for (const hand of this.hands) {
      this.release(hand);
      hand.ray.removeFromParent();
      hand.grip.removeFromParent();
      hand.line.geometry.dispose();
    }
    this.marker.removeFromParent();
    const { root } = this.visit.model;
    this.visit.viewport.stage.attach(root);
    root.position.copy(this.home.position);
    root.quaternion.copy(this.home.quaternion);
    root.scale.copy(this.home.scale);
  }

  private makeHand(index: number): Hand {
    const { xr } = this.visit.viewport.renderer;
    const line = new THREE.Line(new THREE.BufferGeometry().setFromPoints([new THREE.Vector3(), new THREE.Vector3(0, 0, -1)]), new THREE.LineBasicMaterial({ color: BAD, transparent: true, opacity: 0.8, toneMapped: false }));
    line.scale.z = 1.5;
    const hand: Hand = { ray: xr.getController(index), grip: xr.getControllerGrip(index), line, source: null, isAiming: false, hasTurned: false, goal: null, isHolding: false };
    const body = new THREE.Mesh(new THREE.CapsuleGeometry(0.016, 0.07, 6, 12).rotateX(-Math.PI / 3), new THREE.MeshBasicMaterial({ color: 0x4a4d58, toneMapped: false }));
    hand.ray.clear();
    hand.grip.clear();
    hand.ray.add(line);
    hand.grip.add(body);
    this.visit.rig.add(hand.ray, hand.grip);
    const on = (name: "connected" | "disconnected" | "selectstart" | "selectend" | "squeezestart" | "squeezeend", act: (event: { data?: XRInputSource }) => void) =>
      hand.ray.addEventListener(name, (event) => act(event as { data?: XRInputSource }));
    on("connected", (event) => {
      hand.source = event.data ?? null;
      body.visible = hand.source?.gamepad != null && !hand.source.hand;
    });
    on("disconnected", () => {
      hand.source = null;
      hand.isAiming = false;
      this.release(hand);
    });
    on("selectstart", () => this.press(hand));
    on("selectend", () => this.letGo(hand));
    on("squeezestart", () => this.hold(hand));
    on("squeezeend", () => this.release(hand));
    return hand;
  }

  /** A pinch or trigger on a thing takes hold of it; anywhere else it asks where to go. */
  private press(hand: Hand): void {
    this.pointFrom(hand);
    const canvas = this.visit.viewport.canvas;
    const hit = this.ray.intersectObject(this.visit.model.root, true)[0];
    canvas.dataset["picked"] = hit ? hit.object.name || "model" : "";
    if (hit && !this.visit.isRoom) this.hold(hand);
    else {
      hand.isAiming = true;
      this.aim(hand);
    }
  }

  private letGo(hand: Hand): void {
    if (hand.isHolding) return this.release(hand);
    if (!hand.isAiming) return;
    this.aim(hand);
    hand.isAiming = false;
    hand.line.material.color.setHex(BAD);
    hand.line.scale.z = 1.5;
    if (hand.goal) this.visit.stand(hand.goal);
    hand.goal = null;
  }

  private aim(hand: Hand): void {
    this.pointFrom(hand);
    const target = floorAt(this.ray, this.solids, this.visit);
    hand.goal = target;
    hand.line.material.color.setHex(target ? GOOD : BAD);
    hand.line.scale.z = target ? this.ray.ray.origin.distanceTo(target) : RAY_METRES;
    if (target) this.marker.position.copy(target).y += 0.01;
  }

  private pointFrom(hand: Hand): void {
    hand.ray.updateWorldMatrix(true, false);
    this.ray.ray.origin.setFromMatrixPosition(hand.ray.matrixWorld);
    this.ray.ray.direction.set(0, 0, -1).transformDirection(hand.ray.matrixWorld);
  }

  private hold(hand: Hand): void {
    hand.isHolding = true;
    const others = this.hands.filter((one) => one.isHolding);
    if (others.length === 1) hand.ray.attach(this.visit.model.root);
    else this.spread = { distance: this.handDistance(), scale: this.visit.model.root.scale.x };
  }

  private release(hand: Hand): void {
    if (!hand.isHolding) return;
    hand.isHolding = false;
    this.spread = null;
    const still = this.hands.find((one) => one.isHolding);
    if (still) still.ray.attach(this.visit.model.root);
    else this.visit.viewport.stage.attach(this.visit.model.root);
  }

  /** With both hands on it, a thing grows and shrinks with their distance. */
  private stretch(): void {
    if (!this.spread || this.spread.distance < 0.02) return;
    this.visit.model.root.scale.setScalar(THREE.MathUtils.clamp((this.spread.scale * this.handDistance()) / this.spread.distance, 0.02, 50));
  }

  private handDistance(): number {
    const [left, right] = this.hands.map((hand) => new THREE.Vector3().setFromMatrixPosition(hand.ray.matrixWorld));
    return left!.distanceTo(right!);
  }

  private readStick(hand: Hand): void {
    const axes = hand.source?.gamepad?.axes;
    if (!axes || axes.length < 2) return;
    const [x, y] = axes.length >= 4 ? [axes[2]!, axes[3]!] : [axes[0]!, axes[1]!];
    if (Math.abs(x) > STICK_ON && !hand.hasTurned) {
      this.visit.turn(-Math.sign(x) * SNAP_RADIANS);
      hand.hasTurned = true;
    }
    if (Math.abs(x) < STICK_OFF) hand.hasTurned = false;
    if (y < -STICK_ON) hand.isAiming = true;
    else if (hand.isAiming && Math.abs(y) < STICK_OFF && !hand.source?.gamepad?.buttons[0]?.pressed) this.letGo(hand);
  }
}
