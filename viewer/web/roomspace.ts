// The plan in 3D: walls that hide where they would be in the way, boxes in the colours of their classes, dragged over the floor.
import * as THREE from "three";
import { snap, wallOf, type Box, type Plan } from "./roomplan";
import type { Desk } from "./roomsheet";
import type { Viewport } from "./viewport";

interface Grip {
  box: Box;
  plane: THREE.Plane;
  from: THREE.Vector3;
  center: Box["center"];
}

const VIEWPOINT = { x: 0.35, y: 0.9, z: 1 };

export class Space {
  private readonly room = new THREE.Group();
  private readonly caster = new THREE.Raycaster();
  private grip: Grip | null = null;
  private hasMoved = false;
  private readonly listeners: [string, (event: PointerEvent) => void][] = [
    ["pointerdown", (event) => this.press(event)],
    ["pointermove", (event) => this.drag(event)],
    ["pointerup", () => this.release()],
    ["pointercancel", () => this.release()],
  ];

  constructor(private readonly viewport: Viewport, private readonly desk: Desk) {
    for (const [name, listener] of this.listeners) viewport.canvas.addEventListener(name, listener as EventListener, { capture: true });
    viewport.canvas.setAttribute("aria-label", "The room in 3D. Drag a box to move it, with Shift to lift it; drag elsewhere to look around.");
    viewport.light();
    this.build();
    this.look();
  }

  /** Stand where all of the room can be seen. */
  look(): void {
    const { x, y, z } = VIEWPOINT;
    this.viewport.stage.remove(this.room); // showing something frees what was shown, and the room is still in use
    this.viewport.show(this.room, { from: new THREE.Vector3(x, y, z) });
  }

  /** Make the objects anew; a plan has too few for anything cleverer. */
  draw(): void {
    this.build();
    this.viewport.invalidate();
  }

  dispose(): void {
    for (const [name, listener] of this.listeners) this.viewport.canvas.removeEventListener(name, listener as EventListener, { capture: true });
    this.viewport.controls.enabled = true;
    this.viewport.clear();
  }

  private build(): void {
    for (const child of [...this.room.children]) {
      this.room.remove(child);
      child.traverse((one) => {
        const mesh = one as THREE.Mesh;
        mesh.geometry?.dispose();
        (mesh.material as THREE.Material | undefined)?.dispose();
      });
    }
    const { plan } = this.desk;
    this.room.add(floorOf(plan), ...plan.floor.map((_, index) => wallMesh(plan, index)));
    for (const [index, box] of plan.boxes.entries()) this.room.add(this.boxMesh(box, index));
    this.room.updateMatrixWorld(true);
  }

  private boxMesh(box: Box, index: number): THREE.Object3D {
    const chosen = this.desk.chosen?.kind === "box" && this.desk.chosen.index === index;
    const [r, g, b] = this.desk.classes.find((kind) => kind.name === box.label)?.color ?? [128, 128, 128];
    const color = new THREE.Color().setRGB(r / 255, g / 255, b / 255, THREE.SRGBColorSpace).lerp(new THREE.Color(0xa8a29a), 0.6);
    const geometry = new THREE.BoxGeometry(...box.size);
    const mesh = new THREE.Mesh(geometry, new THREE.MeshStandardMaterial({ color, roughness: 0.9, transparent: true, opacity: chosen ? 0.95 : 0.75 }));
    mesh.position.set(...box.center);
    mesh.rotation.y = box.yaw;
    mesh.userData["box"] = index;
    mesh.add(new THREE.LineSegments(new THREE.EdgesGeometry(geometry), new THREE.LineBasicMaterial({ color: chosen ? 0x4956c9 : 0x333333, toneMapped: false })));
    mesh.add(frontMark(box));
    return mesh;
  }

  private press(event: PointerEvent): void {
    const hit = this.cast(event).intersectObjects(this.room.children, false).find((one) => one.object.userData["box"] !== undefined);
    if (!hit) return;
    const index = Number(hit.object.userData["box"]);
    const box = this.desk.plan.boxes[index]!;
    const facing = this.viewport.camera.getWorldDirection(new THREE.Vector3()).setY(0).normalize();
    const normal = event.shiftKey ? facing : new THREE.Vector3(0, 1, 0);
    this.grip = { box, plane: new THREE.Plane().setFromNormalAndCoplanarPoint(normal, hit.point), from: hit.point.clone(), center: [...box.center] };
    this.hasMoved = false;
    this.viewport.controls.enabled = false;
    this.viewport.canvas.setPointerCapture(event.pointerId);
    this.desk.choose({ kind: "box", index });
    this.desk.changed();
  }

  private drag(event: PointerEvent): void {
    const { grip } = this;
    const at = grip && this.cast(event).ray.intersectPlane(grip.plane, new THREE.Vector3());
    if (!grip || !at) return;
    const by = at.sub(grip.from);
    const [x, y, z] = grip.center;
    if (event.shiftKey) grip.box.center = [x, Math.max(grip.box.size[1] / 2, snap(y + by.y)), z];
    else grip.box.center = [snap(x + by.x), y, snap(z + by.z)];
    this.hasMoved = true;
    this.desk.changed();
  }

  private release(): void {
    if (!this.grip) return;
    this.grip = null;
    this.viewport.controls.enabled = true;
    if (this.hasMoved) this.desk.keep();
    this.desk.changed();
  }

  private cast(event: PointerEvent): THREE.Raycaster {
    const { left, top, width, height } = this.viewport.canvas.getBoundingClientRect();
    this.caster.setFromCamera(new THREE.Vector2(((event.clientX - left) / width) * 2 - 1, 1 - ((event.clientY - top) / height) * 2), this.viewport.camera);
    return this.caster;
  }
}

function floorOf(plan: Plan): THREE.Mesh {
  const shape = new THREE.Shape(plan.floor.map(([x, z]) => new THREE.Vector2(x, -z)));
  return new THREE.Mesh(new THREE.ShapeGeometry(shape).rotateX(-Math.PI / 2), new THREE.MeshStandardMaterial({ color: 0xa58d6d, roughness: 1, side: THREE.DoubleSide }));
}

/** One wall with holes where its doors and windows are; from outside it is not drawn, so that one looks in. */
function wallMesh(plan: Plan, index: number): THREE.Mesh {
  const { start, length, along } = wallOf(plan.floor, index);
  const rectangle = (low: number, high: number, bottom: number, top: number) => [[low, bottom], [high, bottom], [high, top], [low, top]].map(([a, b]) => new THREE.Vector2(a, b));
  const shape = new THREE.Shape(rectangle(0, length, 0, plan.height));
  for (const opening of plan.openings.filter((one) => one.wall === index))
    shape.holes.push(new THREE.Path(rectangle(opening.offset, opening.offset + opening.width, Math.max(opening.sill, 0.001), opening.sill + opening.height)));
  const mesh = new THREE.Mesh(new THREE.ShapeGeometry(shape), new THREE.MeshStandardMaterial({ color: 0xcfc6b8, roughness: 1, side: THREE.BackSide }));
  mesh.position.set(start[0], 0, start[1]);
  mesh.rotation.y = Math.atan2(-along[1], along[0]);
  return mesh;
}

function frontMark(box: Box): THREE.Mesh {
  const side = Math.min(box.size[0], box.size[1]) * 0.35;
  const shape = new THREE.Shape([new THREE.Vector2(-side / 2, side / 3), new THREE.Vector2(side / 2, side / 3), new THREE.Vector2(0, -side / 3)]);
  const mark = new THREE.Mesh(new THREE.ShapeGeometry(shape), new THREE.MeshBasicMaterial({ color: 0xffffff, transparent: true, opacity: 0.8, toneMapped: false }));
  mark.position.z = box.size[2] / 2 + 0.004;
  return mark;
}
