// The one 3D canvas of the page: renderer, camera, floor grid in metres and light; views put their object into it.
import * as THREE from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { Floor } from "./floor";
import { studioLight } from "./studio";

export interface Standing {
  /** Whether a floor grid and the front mark are drawn under the object. */
  hasFloor?: boolean;
  /** Where to look from, as a direction from the object's centre. */
  from?: THREE.Vector3;
}

export class Viewport {
  readonly canvas: HTMLCanvasElement;
  readonly renderer: THREE.WebGLRenderer;
  readonly scene = new THREE.Scene();
  readonly camera = new THREE.PerspectiveCamera(45, 1, 0.01, 1000);
  readonly controls: OrbitControls;
  /** What is shown; everything else in the scene belongs to the page. */
  readonly stage = new THREE.Group();
  readonly floor = new Floor();
  /** Called before each picture with the seconds since the last; returns true while it wants more pictures. */
  readonly animations = new Set<(seconds: number, frame: XRFrame | null) => boolean>();
  /** Draws in the place of the plain render, where a view needs more than one. */
  draw: (() => void) | null = null;
  box = new THREE.Box3();
  pictures = 0;
  private reserved = 0;
  /** Whether the camera stands where `frame` put it; then it may be put again when the room for the picture changes. */
  private framedFrom: THREE.Vector3 | null = null;
  private isDirty = true;
  private last = 0;
  private flight: { from: THREE.Vector3; to: THREE.Vector3; lookFrom: THREE.Vector3; lookTo: THREE.Vector3; spent: number } | null = null;

  constructor(readonly host: HTMLElement) {
    this.renderer = new THREE.WebGLRenderer({ antialias: true, powerPreference: "high-performance" });
    this.canvas = this.renderer.domElement;
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.renderer.toneMapping = THREE.NeutralToneMapping;
    this.renderer.setPixelRatio(Math.min(window.devicePixelRatio, 2));
    host.prepend(this.canvas);

    this.scene.add(this.stage, this.floor.root);

    this.controls = new OrbitControls(this.camera, this.canvas);
    this.controls.enableDamping = true;
    this.controls.dampingFactor = 0.12;
    this.controls.addEventListener("change", () => this.invalidate());
    this.controls.addEventListener("start", () => {
      this.flight = null;
      this.framedFrom = null;
    });
    this.canvas.addEventListener("keydown", (event) => this.steer(event));
    this.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.canvas.addEventListener("webglcontextrestored", () => this.invalidate());
    new ResizeObserver(() => this.resize()).observe(host);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.recolour());
    this.recolour();
    this.resize();
    Object.assign(globalThis, { scenewright: this }); // for the browser's console
    this.renderer.setAnimationLoop((time, frame) => this.tick(time, frame ?? null));
  }

  /** Ask for a picture; nothing is drawn while nothing changes. */
  invalidate(): void {
    this.isDirty = true;
  }

  /** Light the scene like a studio; photographed colours need no light, so this waits until something does. */
  light(): void {
    if (this.scene.environment) return;
    this.scene.environment = studioLight(this.renderer);
    this.invalidate();
  }

  /** Read the theme's colours from the style sheet. */
  recolour(): void {
    const style = getComputedStyle(document.documentElement);
    const colour = (name: string) => new THREE.Color().setStyle(style.getPropertyValue(name).trim() || "#888");
    this.renderer.setClearColor(colour("--scene"), 1);
    this.floor.recolour(colour("--scene-line"), colour("--muted"));
    this.invalidate();
  }

  /** Put an object in the place of what was shown and look at all of it. */
  show(object: THREE.Object3D, standing: Standing = {}): void {
    this.clear();
    this.stage.add(object);
    this.measure(object, standing);
  }

  /** Take an object's extent anew, set the floor under it and look at all of it. */
  measure(object: THREE.Object3D, standing: Standing = {}): void {
    object.updateMatrixWorld(true);
    this.box = new THREE.Box3().setFromObject(object, true);
    if (this.box.isEmpty()) this.box.set(new THREE.Vector3(-0.5, 0, -0.5), new THREE.Vector3(0.5, 1, 0.5));
    this.floor.fit(this.box);
    this.floor.root.visible = standing.hasFloor ?? true;
    this.frame(standing.from);
  }

  clear(): void {
    for (const child of [...this.stage.children]) {
      this.stage.remove(child);
      disposeOf(child);
    }
    this.draw = null;
    this.framedFrom = null;
    this.renderer.renderLists.dispose();
    this.invalidate();
  }

  /** Keep so many pixels on the right free of the object, for a panel that lies there. */
  reserve(pixels: number): void {
    this.reserved = pixels;
    this.resize();
  }

  /** Look at the whole object, from the front a little to the right and above unless said otherwise. */
  frame(from = new THREE.Vector3(0.55, 0.38, 1)): void {
    const sphere = this.box.getBoundingSphere(new THREE.Sphere());
    const radius = Math.max(sphere.radius, 1e-4);
    const half = Math.atan(Math.tan(THREE.MathUtils.degToRad(this.camera.fov / 2)) * Math.min(1, this.camera.aspect));
    const distance = (radius / Math.sin(half)) * 1.02;
    this.framedFrom = from;
    this.controls.target.copy(sphere.center);
    this.camera.position.copy(from).normalize().multiplyScalar(distance).add(sphere.center);
    this.fitRange(radius, distance);
    this.controls.update();
    this.flight = null;
    this.invalidate();
  }

  /** Near and far planes that hold an object of this radius from inside it and from far away. */
  fitRange(radius: number, distance = radius): void {
    this.camera.near = Math.max(radius / 500, 1e-4);
    this.camera.far = (distance + radius) * 20;
    this.controls.minDistance = radius / 200;
    this.controls.maxDistance = (distance + radius) * 8;
    this.camera.updateProjectionMatrix();
  }

  /** Look from one point at another. */
  place(from: THREE.Vector3, lookTo: THREE.Vector3): void {
    this.flight = null;
    this.framedFrom = null;
    this.camera.position.copy(from);
    this.controls.target.copy(lookTo);
    this.controls.update();
    this.invalidate();
  }

  /** Glide to a place from which to look at a point. */
  fly(to: THREE.Vector3, lookTo: THREE.Vector3): void {
    this.framedFrom = null;
    this.flight = { from: this.camera.position.clone(), to, lookFrom: this.controls.target.clone(), lookTo, spent: 0 };
    this.invalidate();
  }

  /** A picture of what is shown, at a size of its own. */
  async picture(): Promise<Blob> {
    this.render();
    return new Promise((resolve, reject) =>
      this.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
    );
  }

  render(): void {
    if (this.draw && !this.renderer.xr.isPresenting) this.draw();
    else this.renderer.render(this.scene, this.camera);
    this.pictures += 1;
    this.canvas.dataset["pictures"] = String(this.pictures);
    this.canvas.dataset["holds"] = String(this.stage.children.length);
  }

  private tick(time: number, frame: XRFrame | null): void {
    const seconds = Math.min(0.1, (time - this.last) / 1000);
    this.last = time;
    if (!frame) {
      this.glide(seconds);
      this.controls.update(seconds);
    }
    for (const animation of this.animations) if (animation(seconds, frame)) this.isDirty = true;
    if (!this.isDirty && !frame) return;
    this.isDirty = false;
    this.floor.follow(this.camera);
    this.render();
  }

  private glide(seconds: number): void {
    if (!this.flight) return;
    const flight = this.flight;
    flight.spent = Math.min(1, flight.spent + seconds / 0.6);
    const part = flight.spent * flight.spent * (3 - 2 * flight.spent);
    this.camera.position.lerpVectors(flight.from, flight.to, part);
    this.controls.target.lerpVectors(flight.lookFrom, flight.lookTo, part);
    if (flight.spent === 1) this.flight = null;
    this.invalidate();
  }

  private steer(event: KeyboardEvent): void {
    const turn: Record<string, [number, number]> = { ArrowLeft: [-0.12, 0], ArrowRight: [0.12, 0], ArrowUp: [0, -0.09], ArrowDown: [0, 0.09] };
    const offset = new THREE.Spherical().setFromVector3(this.camera.position.clone().sub(this.controls.target));
    if (turn[event.key]) {
      offset.theta += turn[event.key]![0];
      offset.phi = THREE.MathUtils.clamp(offset.phi + turn[event.key]![1], 0.01, Math.PI - 0.01);
    } else if (event.key === "+" || event.key === "=") offset.radius *= 0.9;
    else if (event.key === "-") offset.radius *= 1.1;
    else if (event.key === "Home") return this.frame();
    else return;
    event.preventDefault();
    this.framedFrom = null;
    this.camera.position.setFromSpherical(offset).add(this.controls.target);
    this.invalidate();
  }

  /** Fill the host again. */
  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!width || !height || this.renderer.xr.isPresenting) return;
    this.renderer.setSize(width, height);
    const free = Math.max(width / 2, width - this.reserved);
    this.camera.aspect = free / height;
    if (free < width) this.camera.setViewOffset(free, height, 0, 0, width, height);
    else this.camera.clearViewOffset();
    this.camera.updateProjectionMatrix();
    if (this.framedFrom) this.frame(this.framedFrom);
    this.invalidate();
  }
}

/** Free what an object holds on the graphics card. */
export function disposeOf(root: THREE.Object3D): void {
  root.traverse((object) => {
    const mesh = object as THREE.Mesh;
    mesh.geometry?.dispose();
    for (const material of [mesh.material ?? []].flat()) {
      for (const value of Object.values(material)) if (value instanceof THREE.Texture) value.dispose();
      material.dispose();
    }
  });
}
