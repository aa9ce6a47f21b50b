// Splats in a PLY as 3D Gaussian Splatting writes it (Kerbl et al. 2023): places, sizes, turns, opacities and colours.

const COLOUR_OF_BAND_0 = 0.28209479177387814; // the constant of the zeroth spherical harmonic
const NEEDED = ["x", "y", "z", "f_dc_0", "f_dc_1", "f_dc_2", "opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"] as const;
const SIZES: Record<string, number> = { char: 1, uchar: 1, int8: 1, uint8: 1, short: 2, ushort: 2, int16: 2, uint16: 2, int: 4, uint: 4, int32: 4, uint32: 4, float: 4, float32: 4, double: 8, float64: 8 };
const LONGEST_HEAD = 65_536;
/** Numbers of 32 bits per splat: place (3), colour and opacity, turn, size (3). */
export const WORDS = 8;

export interface Head {
  format: string;
  count: number;
  stride: number;
  offsets: Map<string, number>;
  start: number;
}

/** What a PLY's head says of its vertices; null where it is none. */
export function headOf(buffer: ArrayBuffer): Head | null {
  const text = new TextDecoder("latin1").decode(buffer.slice(0, LONGEST_HEAD));
  const ending = /end_header\r?\n/.exec(text);
  if (!text.startsWith("ply") || !ending) return null;
  const head: Head = { format: "", count: 0, stride: 0, offsets: new Map(), start: ending.index + ending[0].length };
  let element = "";
  for (const line of text.slice(0, ending.index).split(/\r?\n/)) {
    const [word, first = "", second = ""] = line.trim().split(/\s+/);
    if (word === "format") head.format = first;
    else if (word === "element") {
      element = first;
      if (first === "vertex") head.count = Number(second);
    } else if (word === "property" && element === "vertex" && first !== "list") {
      if (/^float(32)?$/.test(first)) head.offsets.set(second, head.stride);
      head.stride += SIZES[first] ?? 0;
    }
  }
  return head;
}

export const hasSplats = (head: Head | null): head is Head => head !== null && head.format === "binary_little_endian" && NEEDED.every((name) => head.offsets.has(name));

export interface Splats {
  count: number;
  places: Float32Array;
  /** WORDS numbers each, as the shader reads them. */
  packed: Uint32Array;
}

export function readSplats(buffer: ArrayBuffer, head: Head): Splats {
  const { count, stride, start } = head;
  if (buffer.byteLength < start + count * stride) throw new Error("the file ends before its last splat");
  const view = new DataView(buffer, start);
  const offset = NEEDED.map((name) => head.offsets.get(name)!);
  const places = new Float32Array(count * 3);
  const packed = new Uint32Array(count * WORDS);
  const floats = new Float32Array(packed.buffer);
  const bytes = new Uint8Array(packed.buffer);
  for (let splat = 0; splat < count; splat++) {
    const number = (index: number) => view.getFloat32(splat * stride + offset[index]!, true);
    const word = splat * WORDS;
    for (let axis = 0; axis < 3; axis++) {
      places[splat * 3 + axis] = floats[word + axis] = number(axis);
      bytes[word * 4 + 12 + axis] = toByte(0.5 + COLOUR_OF_BAND_0 * number(3 + axis));
      floats[word + 5 + axis] = Math.exp(number(7 + axis));
    }
    bytes[word * 4 + 15] = toByte(1 / (1 + Math.exp(-number(6))));
    const turn = [number(10), number(11), number(12), number(13)];
    const norm = Math.hypot(...turn) || 1;
    for (let part = 0; part < 4; part++) bytes[word * 4 + 16 + part] = Math.round(127.5 + 127.5 * (turn[part]! / norm));
  }
  return { count, places, packed };
}

const toByte = (share: number) => Math.round(255 * Math.min(1, Math.max(0, share)));
