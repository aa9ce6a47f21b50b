// Arrays that Python wrote: .npy and .npz, without any package.

export interface NumberArray {
  data: Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Int16Array | Uint8Array | Int8Array;
  shape: number[];
}

const KINDS = {
  "<f4": Float32Array,
  "<f8": Float64Array,
  "<i4": Int32Array,
  "<u4": Uint32Array,
  "<u2": Uint16Array,
  "<i2": Int16Array,
  "|u1": Uint8Array,
  "|b1": Uint8Array,
  "|i1": Int8Array,
} as const;

/** The arrays of an .npz, by name; those of kinds that a page cannot use are left out. */
export async function readNpz(buffer: ArrayBuffer): Promise<Map<string, NumberArray>> {
  const view = new DataView(buffer);
  const end = endOfDirectory(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const arrays = new Map<string, NumberArray>();
  for (let entry = 0; entry < count; entry++) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error("the archive's directory is damaged");
    const method = view.getUint16(at + 10, true);
    const size = view.getUint32(at + 20, true);
    const nameLength = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const name = new TextDecoder().decode(new Uint8Array(buffer, at + 46, nameLength));
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const packed = new Uint8Array(buffer, start, size);
    const array = readNpy(method === 0 ? packed : await inflate(packed, "deflate-raw"));
    if (array) arrays.set(name.replace(/\.npy$/, ""), array);
  }
  return arrays;
}

/** One .npy array in C order; null for a kind of number that a page cannot use. */
export function readNpy(bytes: Uint8Array): NumberArray | null {
  if (bytes[0] !== 0x93 || bytes[1] !== 0x4e) throw new Error("this is not a NumPy array");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLong = bytes[6]! >= 2;
  const headLength = isLong ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = (isLong ? 12 : 10) + headLength;
  const head = new TextDecoder().decode(bytes.subarray(isLong ? 12 : 10, start));
  const kind = KINDS[head.match(/'descr':\s*'([^']+)'/)?.[1] as keyof typeof KINDS];
  if (!kind || /'fortran_order':\s*True/.test(head)) return null;
  const shape = (head.match(/'shape':\s*\(([^)]*)\)/)?.[1] ?? "").split(",").map((part) => part.trim()).filter(Boolean).map(Number);
  const copy = bytes.slice(start, start + shape.reduce((product, side) => product * side, 1) * kind.BYTES_PER_ELEMENT);
  return { data: new kind(copy.buffer), shape };
}

export async function inflate(bytes: Uint8Array, format: CompressionFormat): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function endOfDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 65_557); at--) if (view.getUint32(at, true) === 0x06054b50) return at;
  throw new Error("this is not an archive");
}
