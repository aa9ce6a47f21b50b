// Two clicks on a surface, and the distance between them in metres.
import * as THREE from "three";
import { length } from "./format";
import { h } from "./elements";
import type { Viewport } from "./viewport";

const DRAG_PIXELS = 5;

export class Ruler {
  readonly label = h("output", { class: "ruler-label", hidden: true });
  isOn = false;
  metres: number | null = null;
  private readonly marks = new THREE.Group();
  private points: THREE.Vector3[] = [];
  private pressed: { x: number; y: number } | null = null;

  /** Called with each length measured, and with null when it is cleared. */
  onmeasure: (metres: number | null) => void = () => undefined;

  constructor(private readonly viewport: Viewport) {
    viewport.scene.add(this.marks);
    viewport.canvas.addEventListener("pointerdown", (event) => (this.pressed = { x: event.clientX, y: event.clientY }));
    viewport.canvas.addEventListener("pointerup", (event) => this.release(event));
    viewport.animations.add(() => {
      this.placeLabel();
      return false;
    });
  }

  turn(isOn: boolean): void {
    this.isOn = isOn;
    this.viewport.canvas.classList.toggle("measuring", isOn);
    this.clear();
  }

  clear(): void {
    this.points = [];
    this.metres = null;
    for (const mark of [...this.marks.children]) {
      mark.removeFromParent();
      (mark as THREE.Mesh).geometry.dispose();
    }
    this.label.hidden = true;
    this.onmeasure(null);
    this.viewport.invalidate();
  }

  private release(event: PointerEvent): void {
    const pressed = this.pressed;
    this.pressed = null;
    if (!this.isOn || !pressed || Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > DRAG_PIXELS) return;
    const hit = surfaceAt(this.viewport, event);
    if (!hit) return;
    if (this.points.length === 2) this.clear();
    this.points.push(hit);
    this.draw();
  }

  private draw(): void {
    const colour = new THREE.Color().setStyle(getComputedStyle(document.documentElement).getPropertyValue("--accent").trim());
    const material = new THREE.MeshBasicMaterial({ color: colour, depthTest: false, toneMapped: false, transparent: true });
    const radius = this.viewport.box.getSize(new THREE.Vector3()).length() * 0.006;
    const dot = new THREE.Mesh(new THREE.SphereGeometry(radius, 20, 14), material);
    dot.position.copy(this.points.at(-1)!);
    dot.renderOrder = 10;
    this.marks.add(dot);
    const [start, end] = this.points;
    if (start && end) {
      const line = new THREE.Mesh(new THREE.CylinderGeometry(radius * 0.35, radius * 0.35, start.distanceTo(end), 10), material);
      line.position.copy(start).lerp(end, 0.5);
      line.quaternion.setFromUnitVectors(new THREE.Vector3(0, 1, 0), end.clone().sub(start).normalize());
      line.renderOrder = 10;
      this.marks.add(line);
      this.metres = start.distanceTo(end);
      this.label.textContent = length(this.metres);
      this.label.hidden = false;
      this.onmeasure(this.metres);
    }
    this.viewport.invalidate();
  }

  private placeLabel(): void {
    const [start, end] = this.points;
    if (!start || !end) return;
    const at = start.clone().lerp(end, 0.5).project(this.viewport.camera);
    const { clientWidth, clientHeight } = this.viewport.host;
    this.label.style.transform = `translate(-50%, -140%) translate(${((at.x + 1) / 2) * clientWidth}px, ${((1 - at.y) / 2) * clientHeight}px)`;
  }
}

/** The point of the shown object's surface under the pointer; null where there is none. */
export function surfaceAt(viewport: Viewport, event: { clientX: number; clientY: number }): THREE.Vector3 | null {
  const frame = viewport.canvas.getBoundingClientRect();
  const at = new THREE.Vector2(((event.clientX - frame.left) / frame.width) * 2 - 1, 1 - ((event.clientY - frame.top) / frame.height) * 2);
  const ray = new THREE.Raycaster();
  ray.setFromCamera(at, viewport.camera);
  ray.params.Points.threshold = viewport.box.getSize(new THREE.Vector3()).length() / 300;
  const hits = ray.intersectObject(viewport.stage, true).filter((hit) => !hit.object.userData["isMark"]);
  return hits[0]?.point ?? null;
}
