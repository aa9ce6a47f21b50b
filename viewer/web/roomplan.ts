// A room's plan as the page edits it: the same fields as plan.json, in metres, y up, x to the right and z towards the reader.

export type Point = [number, number];

export interface Opening {
  kind: "door" | "window";
  /** Wall i leads from corner i to the next; the offset runs along it. */
  wall: number;
  offset: number;
  width: number;
  height: number;
  sill: number;
}

export interface Box {
  name: string;
  label: string;
  center: [number, number, number];
  /** Width, height and depth along the box's own axes. */
  size: [number, number, number];
  /** Radians; turns the front from +z towards +x. */
  yaw: number;
  style: string;
}

export interface Plan {
  name: string;
  /** Corners as x and z, counter-clockwise on the page. */
  floor: Point[];
  height: number;
  openings: Opening[];
  boxes: Box[];
  style: string;
  repairs: string[];
}

/** What the server knows of a kind of thing. */
export interface RoomClass {
  name: string;
  typical: [number, number, number];
  stands: "floor" | "wall" | "ceiling" | "top";
  color: [number, number, number];
}

export const STEP = 0.05;
export const TURN = Math.PI / 12;
const LEAST = 0.05;

export const snap = (value: number, step = STEP) => Number((Math.round(value / step) * step).toFixed(4));

export function emptyPlan(): Plan {
  return {
    name: "room",
    floor: rectangle(4, 3.5),
    height: 2.5,
    openings: [
      { kind: "window", wall: 2, offset: 1.2, width: 1.6, height: 1.3, sill: 0.9 },
      { kind: "door", wall: 0, offset: 0.4, width: 0.9, height: 2.05, sill: 0 },
    ],
    boxes: [],
    style: "",
    repairs: [],
  };
}

export function rectangle(width: number, depth: number): Point[] {
  const [x, z] = [width / 2, depth / 2];
  return [[-x, z], [x, z], [x, -z], [-x, -z]];
}

/** Width and depth of the floor's extent. */
export function extent(floor: Point[]): { low: Point; high: Point } {
  const along = (axis: 0 | 1) => floor.map((corner) => corner[axis]);
  return { low: [Math.min(...along(0)), Math.min(...along(1))], high: [Math.max(...along(0)), Math.max(...along(1))] };
}

/** The floor drawn to another width and depth, about its middle. */
export function resized(floor: Point[], width: number, depth: number): Point[] {
  const { low, high } = extent(floor);
  const [fx, fz] = [Math.max(width, 0.5) / Math.max(high[0] - low[0], 1e-6), Math.max(depth, 0.5) / Math.max(high[1] - low[1], 1e-6)];
  const [mx, mz] = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
  return floor.map(([x, z]) => [snap(mx + (x - mx) * fx, 0.01), snap(mz + (z - mz) * fz, 0.01)]);
}

export function wallOf(floor: Point[], index: number): { start: Point; end: Point; length: number; along: Point } {
  const start = floor[index]!;
  const end = floor[(index + 1) % floor.length]!;
  const length = Math.hypot(end[0] - start[0], end[1] - start[1]);
  return { start, end, length, along: [(end[0] - start[0]) / (length || 1), (end[1] - start[1]) / (length || 1)] };
}

/** The ends of an opening on its wall. */
export function openingEnds(floor: Point[], opening: Opening): [Point, Point] {
  const { start, along } = wallOf(floor, opening.wall);
  const at = (distance: number): Point => [start[0] + along[0] * distance, start[1] + along[1] * distance];
  return [at(opening.offset), at(opening.offset + opening.width)];
}

/** Every opening within the wall it is in; those of walls that are gone are left out. */
export function fitOpenings(plan: Plan): void {
  plan.openings = plan.openings.filter((opening) => opening.wall < plan.floor.length && wallOf(plan.floor, opening.wall).length >= 0.4);
  for (const opening of plan.openings) {
    const { length } = wallOf(plan.floor, opening.wall);
    opening.width = Math.min(opening.width, length - 0.1);
    opening.offset = Math.min(Math.max(opening.offset, 0.05), length - opening.width - 0.05);
    opening.height = Math.min(opening.height, plan.height - opening.sill);
  }
}

/** From the page's directions to the box's own: along its width and along its front. */
export function toBox(box: Box, x: number, z: number): Point {
  const [s, c] = [Math.sin(box.yaw), Math.cos(box.yaw)];
  return [c * x - s * z, s * x + c * z];
}

export function fromBox(box: Box, width: number, front: number): Point {
  const [s, c] = [Math.sin(box.yaw), Math.cos(box.yaw)];
  return [c * width + s * front, -s * width + c * front];
}

export function footprint(box: Box): Point[] {
  const [w, d] = [box.size[0] / 2, box.size[2] / 2];
  return ([[-w, d], [w, d], [w, -d], [-w, -d]] as Point[]).map(([a, b]) => {
    const [x, z] = fromBox(box, a, b);
    return [box.center[0] + x, box.center[2] + z];
  });
}

/** Resize a box by one corner of its footprint while the opposite corner stays. */
export function pullCorner(box: Box, corner: number, to: Point): void {
  const fixed = footprint(box)[(corner + 2) % 4]!;
  const [w, d] = toBox(box, to[0] - fixed[0], to[1] - fixed[1]);
  const [signW, signD] = [corner === 1 || corner === 2 ? 1 : -1, corner < 2 ? 1 : -1];
  const [width, depth] = [Math.max(LEAST, snap(signW * w)), Math.max(LEAST, snap(signD * d))];
  const [x, z] = fromBox(box, (signW * width) / 2, (signD * depth) / 2);
  box.size = [width, box.size[1], depth];
  box.center = [fixed[0] + x, box.center[1], fixed[1] + z];
}

/** A box of this kind where its class belongs: on the floor, under the ceiling or against the nearest wall. */
export function newBox(plan: Plan, kind: RoomClass, at: Point): Box {
  const size = [...kind.typical] as Box["size"];
  const box: Box = { name: freeName(plan, kind.name), label: kind.name, center: [snap(at[0]), size[1] / 2, snap(at[1])], size, yaw: 0, style: "" };
  if (kind.stands === "ceiling") box.center[1] = plan.height - size[1] / 2;
  if (kind.stands === "top") box.center[1] = 0.75 + size[1] / 2;
  if (kind.stands === "wall") hang(plan, box, at);
  return box;
}

function hang(plan: Plan, box: Box, at: Point): void {
  const walls = plan.floor.map((_, index) => {
    const wall = wallOf(plan.floor, index);
    const along = (at[0] - wall.start[0]) * wall.along[0] + (at[1] - wall.start[1]) * wall.along[1];
    const inward: Point = [wall.along[1], -wall.along[0]];
    const away = (at[0] - wall.start[0]) * inward[0] + (at[1] - wall.start[1]) * inward[1];
    return { ...wall, inward, at: Math.min(Math.max(along, box.size[0] / 2), Math.max(wall.length - box.size[0] / 2, 0)), away: Math.abs(away) };
  });
  const wall = walls.reduce((best, one) => (one.away < best.away ? one : best));
  const into = box.size[2] / 2;
  box.center = [wall.start[0] + wall.along[0] * wall.at + wall.inward[0] * into, Math.min(1.55, plan.height - box.size[1] / 2), wall.start[1] + wall.along[1] * wall.at + wall.inward[1] * into];
  if (box.size[1] > 1.8) box.center[1] = box.size[1] / 2 + 0.02;
  box.yaw = Math.atan2(wall.inward[0], wall.inward[1]);
}

export function freeName(plan: Plan, label: string): string {
  const taken = new Set(plan.boxes.map((box) => box.name));
  if (!taken.has(label)) return label;
  let number = 2;
  while (taken.has(`${label}_${number}`)) number++;
  return `${label}_${number}`;
}
