// Grey PNGs with all their bits: browsers give 8 of the 16 that a depth map has.
import { inflate } from "./npz";

export interface GreyImage {
  width: number;
  height: number;
  levels: Float32Array;
}

/** The levels of a grey PNG of 8 or 16 bits, not interlaced; null for any other PNG. */
export async function readGreyPng(buffer: ArrayBuffer): Promise<GreyImage | null> {
  const view = new DataView(buffer);
  if (view.byteLength < 33 || view.getUint32(0) !== 0x89504e47) return null;
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const [depth, kind, interlace] = [view.getUint8(24), view.getUint8(25), view.getUint8(28)];
  if (kind !== 0 || (depth !== 8 && depth !== 16) || interlace !== 0) return null;
  const parts: Uint8Array[] = [];
  for (let at = 8; at + 8 <= view.byteLength; ) {
    const size = view.getUint32(at);
    if (view.getUint32(at + 4) === 0x49444154) parts.push(new Uint8Array(buffer, at + 8, size));
    at += size + 12;
  }
  const packed = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  return { width, height, levels: unfilter(await inflate(packed, "deflate"), width, height, depth / 8) };
}

function unfilter(raw: Uint8Array, width: number, height: number, size: number): Float32Array {
  const stride = width * size;
  const levels = new Float32Array(width * height);
  let above: Uint8Array = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    const row = raw.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    for (let x = 0; x < stride; x++) {
      const left = x >= size ? row[x - size]! : 0;
      const up = above[x]!;
      const corner = x >= size ? above[x - size]! : 0;
      row[x] = row[x]! + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
    }
    for (let x = 0; x < width; x++) levels[y * width + x] = size === 2 ? row[2 * x]! * 256 + row[2 * x + 1]! : row[x]!;
    above = row;
  }
  return levels;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
