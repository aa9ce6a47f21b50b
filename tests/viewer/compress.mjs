// Packs a GLB in each compressed form that the page must show: node compress.mjs IN.glb FOLDER
import { createRequire } from "node:module";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(fileURLToPath(new URL("../../viewer/web/package.json", import.meta.url)));

const [source, folder] = process.argv.slice(2);
const { json, binary } = readGlb(await readFile(source));
await writeFile(join(folder, "meshopt.glb"), await withMeshopt());
await writeFile(join(folder, "draco.glb"), await withDraco());
await writeFile(join(folder, "ktx2.glb"), await withKtx2());
process.exit(0); // the encoders leave workers behind

function readGlb(file) {
  const length = file.readUInt32LE(12);
  return { json: JSON.parse(file.subarray(20, 20 + length).toString()), binary: file.subarray(28 + length) };
}

function writeGlb(document, chunks) {
  const body = Buffer.concat(chunks);
  document.buffers[0].byteLength = body.length;
  const text = Buffer.from(JSON.stringify(document));
  const padded = Buffer.concat([text, Buffer.alloc((4 - (text.length % 4)) % 4, 0x20)]);
  const head = Buffer.alloc(20);
  head.write("glTF");
  [2, 28 + padded.length + body.length, padded.length, 0x4e4f534a].forEach((value, index) => head.writeUInt32LE(value, 4 + 4 * index));
  const middle = Buffer.alloc(8);
  middle.writeUInt32LE(body.length, 0);
  middle.writeUInt32LE(0x004e4942, 4);
  return Buffer.concat([head, padded, middle, body]);
}

function viewBytes(index) {
  const { byteOffset = 0, byteLength } = json.bufferViews[index];
  return binary.subarray(byteOffset, byteOffset + byteLength);
}

// A copy of the document whose buffer views hold what `pack` gives for each.
async function repacked(extension, pack) {
  const document = structuredClone(json);
  document.extensionsUsed = [...(document.extensionsUsed ?? []), extension];
  document.extensionsRequired = [extension];
  const chunks = [];
  let offset = 0;
  for (const [index, view] of document.bufferViews.entries()) {
    const bytes = Buffer.from(await pack(index, view, document));
    Object.assign(view.extensions?.EXT_meshopt_compression ?? view, { byteOffset: offset, byteLength: bytes.length });
    const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
    chunks.push(padded);
    offset += padded.length;
  }
  return writeGlb(document, chunks);
}

async function withMeshopt() {
  const { MeshoptEncoder } = await import(pathToFileURL(require.resolve("meshoptimizer")));
  await MeshoptEncoder.ready;
  return repacked("EXT_meshopt_compression", (index, view, document) => {
    const accessor = document.accessors.find((one) => one.bufferView === index);
    if (!accessor) return viewBytes(index);
    const isIndex = accessor.type === "SCALAR";
    const stride = isIndex ? 4 : { VEC2: 8, VEC3: 12 }[accessor.type];
    const packed = MeshoptEncoder.encodeGltfBuffer(new Uint8Array(viewBytes(index)), accessor.count, stride, isIndex ? "TRIANGLES" : "ATTRIBUTES");
    document.buffers[1] ??= { byteLength: 0, extensions: { EXT_meshopt_compression: { fallback: true } } };
    const raw = view.byteLength;
    Object.assign(view, { buffer: 1, byteOffset: document.buffers[1].byteLength, byteLength: raw, ...(isIndex ? {} : { byteStride: stride }) });
    view.extensions = { EXT_meshopt_compression: { buffer: 0, byteStride: stride, count: accessor.count, mode: isIndex ? "TRIANGLES" : "ATTRIBUTES" } };
    document.buffers[1].byteLength += raw;
    return packed;
  });
}

async function withDraco() {
  const draco = await require("draco3d").createEncoderModule({});
  const document = structuredClone(json);
  document.extensionsUsed = [...(document.extensionsUsed ?? []), "KHR_draco_mesh_compression"];
  document.extensionsRequired = ["KHR_draco_mesh_compression"];
  const chunks = [];
  const views = [];
  const put = (bytes) => {
    const padded = Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
    views.push({ buffer: 0, byteOffset: chunks.reduce((sum, chunk) => sum + chunk.length, 0), byteLength: bytes.length });
    chunks.push(padded);
    return views.length - 1;
  };
  for (const mesh of document.meshes)
    for (const primitive of mesh.primitives) {
      const floats = (accessor) => new Float32Array(new Uint8Array(viewBytes(json.accessors[accessor].bufferView)).buffer);
      const indices = new Uint32Array(new Uint8Array(viewBytes(json.accessors[primitive.indices].bufferView)).buffer);
      const builder = new draco.MeshBuilder();
      const packed = new draco.Mesh();
      builder.AddFacesToMesh(packed, indices.length / 3, indices);
      const position = floats(primitive.attributes.POSITION);
      const uv = floats(primitive.attributes.TEXCOORD_0);
      const ids = {
        POSITION: builder.AddFloatAttributeToMesh(packed, draco.POSITION, position.length / 3, 3, position),
        TEXCOORD_0: builder.AddFloatAttributeToMesh(packed, draco.TEX_COORD, uv.length / 2, 2, uv),
      };
      const encoder = new draco.Encoder();
      encoder.SetEncodingMethod(draco.MESH_SEQUENTIAL_ENCODING);
      const out = new draco.DracoInt8Array();
      const length = encoder.EncodeMeshToDracoBuffer(packed, out);
      const bytes = Buffer.from(Uint8Array.from({ length }, (_, index) => out.GetValue(index)));
      primitive.extensions = { KHR_draco_mesh_compression: { bufferView: put(bytes), attributes: ids } };
      for (const accessor of [primitive.indices, ...Object.values(primitive.attributes)]) delete document.accessors[accessor].bufferView;
    }
  for (const image of document.images) image.bufferView = put(viewBytes(image.bufferView));
  document.bufferViews = views;
  return writeGlb(document, chunks);
}

async function withKtx2() {
  const { encodeToKTX2 } = await import(new URL("../../viewer/web/node_modules/ktx2-encoder/dist/node/index.js", import.meta.url));
  const side = 64;
  const imageDecoder = async () => ({ width: side, height: side, data: new Uint8Array(side * side * 4).map((_, index) => [200, 60, 30, 255][index % 4]) });
  return repacked("KHR_texture_basisu", async (index, view, document) => {
    const image = document.images.find((one) => one.bufferView === index);
    if (!image) return viewBytes(index);
    image.mimeType = "image/ktx2";
    document.textures.forEach((texture) => {
      if (texture.source === undefined) return;
      texture.extensions = { KHR_texture_basisu: { source: texture.source } };
      delete texture.source;
    });
    return encodeToKTX2(new Uint8Array(viewBytes(index)), { isUASTC: true, generateMipmap: true, imageDecoder, isKTX2File: true });
  });
}
