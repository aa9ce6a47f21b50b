// A worker that puts splats in the order in which they are painted: the farthest first. First it is given the places, then
// one direction after another; it answers with their numbers in order.

const BINS = 65_536;
let places = new Float32Array(0);

onmessage = ({ data }: MessageEvent<{ places?: Float32Array<ArrayBuffer>; along?: [number, number, number] }>) => {
  if (data.places) places = data.places;
  if (data.along) {
    const order = farthestFirst(places, data.along);
    (postMessage as (message: unknown, transfer: Transferable[]) => void)(order, [order.buffer]);
  }
};

/** Sorted by counting: depth along the view in 65,536 steps. */
function farthestFirst(of: Float32Array, [x, y, z]: [number, number, number]): Uint32Array {
  const count = of.length / 3;
  const depths = new Float32Array(count);
  let [near, far] = [Infinity, -Infinity];
  for (let splat = 0; splat < count; splat++) {
    const depth = of[splat * 3]! * x + of[splat * 3 + 1]! * y + of[splat * 3 + 2]! * z;
    depths[splat] = depth;
    near = Math.min(near, depth);
    far = Math.max(far, depth);
  }
  const scale = (BINS - 1) / Math.max(far - near, 1e-30);
  const bins = new Uint32Array(BINS + 1);
  const keys = new Uint16Array(count);
  for (let splat = 0; splat < count; splat++) {
    const key = ((far - depths[splat]!) * scale) | 0;
    keys[splat] = key;
    bins[key + 1]! += 1;
  }
  for (let bin = 1; bin <= BINS; bin++) bins[bin]! += bins[bin - 1]!;
  const order = new Uint32Array(count);
  for (let splat = 0; splat < count; splat++) order[bins[keys[splat]!]!++] = splat;
  return order;
}
