// Levels of detail: nodes called `NAME_lod0`, `NAME_lod1`, … of which one is shown, coarser ones to keep a headset's pace.
import type * as THREE from "three";

const NAME = /^(.*?)[_-]?lod(\d)$/i;
const SLOW = 1.25;
const SECONDS_BEFORE_STEP = 1.5;

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

/** Goes down a level when frames come too slowly for a while. */
export class LevelKeeper {
  private readonly levels: THREE.Object3D[][];
  private level = 0;
  private mean: number;
  private slowFor = 0;

  constructor(
    root: THREE.Object3D,
    private readonly framesPerSecond: number,
  ) {
    this.levels = levelsOf(root);
    this.mean = 1 / framesPerSecond;
    if (this.levels.length) showLevel(this.levels, 0);
  }

  watch(seconds: number): void {
    if (this.level >= this.levels.length - 1) return;
    this.mean += (seconds - this.mean) * 0.05;
    this.slowFor = this.mean > SLOW / this.framesPerSecond ? this.slowFor + seconds : 0;
    if (this.slowFor < SECONDS_BEFORE_STEP) return;
    this.level += 1;
    this.slowFor = 0;
    this.mean = 1 / this.framesPerSecond;
    showLevel(this.levels, this.level);
  }

  release(): void {
    if (this.levels.length) showLevel(this.levels, 0);
  }
}
