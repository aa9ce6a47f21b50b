// Levels of detail: nodes called `NAME_lod0`, `NAME_lod1`, … of which one is shown, coarser ones to keep a headset's pace.
import * as THREE from "three";
import type { GLTF } from "three/addons/loaders/GLTFLoader.js";

const NAME = /^(.*?)[_-]?lod(\d)$/i;
const SLOW = 1.25;
const SECONDS_BEFORE_STEP = 1.5;

interface NodeOfFile {
  extensions?: { MSFT_lod?: { ids?: number[] } };
}

/** Hang the coarser forms of a file's nodes (MSFT_lod) beside them, hidden; three.js leaves them out by itself. */
export async function addLevels(gltf: GLTF): Promise<void> {
  const nodes = (gltf.parser.json as { nodes?: NodeOfFile[] }).nodes ?? [];
  for (const [index, node] of nodes.entries()) {
    const ids = node.extensions?.MSFT_lod?.ids ?? [];
    if (!ids.length) continue;
    const finest = (await gltf.parser.getDependency("node", index)) as THREE.Object3D;
    for (const id of ids) {
      const level = (await gltf.parser.getDependency("node", id)) as THREE.Object3D;
      level.visible = false;
      finest.parent?.add(level);
    }
  }
}

/** The model's nodes by level, finest first; empty where it has no levels. */
export function levelsOf(root: THREE.Object3D): THREE.Object3D[][] {
  const levels: THREE.Object3D[][] = [];
  root.traverse((object) => {
    const level = NAME.exec(object.name)?.[2];
    if (level !== undefined) (levels[Number(level)] ??= []).push(object);
  });
  const present = levels.filter(Boolean);
  return present.length > 1 ? present : [];
}

export function showLevel(levels: THREE.Object3D[][], shown: number): void {
  levels.forEach((objects, level) => objects.forEach((object) => (object.visible = level === shown)));
}

/** The level that the file's maker found good enough for an object that takes this share of the picture. */
export function levelFor(coverages: number[], share: number): number {
  const level = coverages.findIndex((least) => share >= least);
  return level < 0 ? Math.max(0, coverages.length - 1) : level;
}

/** Shows a coarser level where frames come too slowly for a while, or where the object is far away. */
export class LevelKeeper {
  private readonly levels: THREE.Object3D[][];
  private readonly coverages: number[];
  private readonly sphere: THREE.Sphere;
  private slowLevel = 0;
  private shown = 0;
  private mean: number;
  private slowFor = 0;

  constructor(
    root: THREE.Object3D,
    private readonly framesPerSecond: number,
  ) {
    this.levels = levelsOf(root);
    this.mean = 1 / framesPerSecond;
    const given: unknown = this.levels[0]?.[0]?.userData["MSFT_screencoverage"];
    this.coverages = Array.isArray(given) ? given.filter((share): share is number => typeof share === "number") : [];
    this.sphere = new THREE.Box3().setFromObject(root).getBoundingSphere(new THREE.Sphere());
    if (this.levels.length) showLevel(this.levels, 0);
  }

  /** Once a frame, with the place of the visitor's head and the vertical field of view in radians. */
  watch(seconds: number, head: THREE.Vector3, fieldOfView: number): void {
    if (!this.levels.length) return;
    this.mean += (seconds - this.mean) * 0.05;
    const isSlow = this.mean > SLOW / this.framesPerSecond && this.slowLevel < this.levels.length - 1;
    this.slowFor = isSlow ? this.slowFor + seconds : 0;
    if (this.slowFor >= SECONDS_BEFORE_STEP) {
      this.slowLevel += 1;
      this.slowFor = 0;
      this.mean = 1 / this.framesPerSecond;
    }
    const away = Math.max(head.distanceTo(this.sphere.center), this.sphere.radius);
    const share = (this.sphere.radius / away / Math.tan(fieldOfView / 2)) ** 2;
    const level = Math.max(this.slowLevel, Math.min(levelFor(this.coverages, share), this.levels.length - 1));
    if (level === this.shown) return;
    this.shown = level;
    showLevel(this.levels, level);
  }

  release(): void {
    if (this.levels.length) showLevel(this.levels, 0);
  }
}
