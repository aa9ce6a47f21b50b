// A GLB as the headset will get it: loaded with every decoder that ships here, and counted.
import * as THREE from "three";
import { DRACOLoader } from "three/addons/loaders/DRACOLoader.js";
import { GLTFLoader, type GLTF } from "three/addons/loaders/GLTFLoader.js";
import { BasisLoader } from "./basis";
import { addLevels } from "./levels";
import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";

export interface TextureFact {
  name: string;
  width: number;
  height: number;
  bytes: number;
  isCompressed: boolean;
}

export interface ModelFacts {
  triangles: number;
  vertices: number;
  drawCalls: number;
  materials: number;
  textures: TextureFact[];
  geometryBytes: number;
  textureBytes: number;
  fileBytes: number;
  size: THREE.Vector3;
  extensions: string[];
  generator: string;
  extras: Record<string, unknown>;
}

export interface Model {
  root: THREE.Group;
  gltf: GLTF;
  facts: ModelFacts;
}

let loader: GLTFLoader | null = null;

function loaderFor(renderer: THREE.WebGLRenderer): GLTFLoader {
  if (loader) return loader;
  loader = new GLTFLoader();
  loader.setDRACOLoader(new DRACOLoader().setDecoderPath("page/"));
  loader.setKTX2Loader(new BasisLoader().detectSupport(renderer));
  loader.setMeshoptDecoder(MeshoptDecoder);
  return loader;
}

/** Decode a GLB. */
export async function loadModel(data: ArrayBuffer, renderer: THREE.WebGLRenderer): Promise<Model> {
  const gltf = await loaderFor(renderer).parseAsync(data, "");
  const root = new THREE.Group();
  root.add(gltf.scene);
  const facts = countModel(gltf, data.byteLength); // of the finest level, which is what a reader shows first
  await addLevels(gltf);
  gltf.scene.traverse((object) => {
    for (const material of materialsOf(object)) if (material instanceof THREE.MeshBasicMaterial) material.toneMapped = false;
  });
  root.updateMatrixWorld(true);
  return { root, gltf, facts };
}

/** An object's materials, none for what is not drawn. */
export function materialsOf(object: THREE.Object3D): THREE.Material[] {
  const material = (object as THREE.Mesh).material;
  return material ? [material].flat() : [];
}

export function countModel(gltf: GLTF, fileBytes: number): ModelFacts {
  const geometries = new Set<THREE.BufferGeometry>();
  const materials = new Set<THREE.Material>();
  const textures = new Set<THREE.Texture>();
  let triangles = 0;
  let vertices = 0;
  let drawCalls = 0;
  gltf.scene.traverse((object) => {
    const mesh = object as THREE.Mesh;
    if (!mesh.isMesh && !(object as THREE.Points).isPoints && !(object as THREE.Line).isLine) return;
    const copies = (object as THREE.InstancedMesh).count ?? 1;
    const count = mesh.geometry.index?.count ?? mesh.geometry.attributes["position"]?.count ?? 0;
    if (mesh.isMesh) triangles += (count / 3) * copies;
    vertices += mesh.geometry.attributes["position"]?.count ?? 0;
    drawCalls += Math.max(1, mesh.geometry.groups.length);
    geometries.add(mesh.geometry);
    for (const material of materialsOf(object)) {
      materials.add(material);
      for (const value of Object.values(material)) if (value instanceof THREE.Texture) textures.add(value);
    }
  });
  const sources = new Map([...textures].map((texture) => [texture.source.uuid, textureFact(texture)]));
  const facts = [...sources.values()];
  const json = gltf.parser.json as { asset?: { generator?: string; extras?: Record<string, unknown> }; extensionsUsed?: string[] };
  return {
    triangles: Math.round(triangles),
    vertices,
    drawCalls,
    materials: materials.size,
    textures: facts,
    geometryBytes: [...geometries].reduce((sum, geometry) => sum + geometryBytes(geometry), 0),
    textureBytes: facts.reduce((sum, texture) => sum + texture.bytes, 0),
    fileBytes,
    size: new THREE.Box3().setFromObject(gltf.scene, true).getSize(new THREE.Vector3()),
    extensions: json.extensionsUsed ?? [],
    generator: json.asset?.generator ?? "",
    extras: json.asset?.extras ?? {},
  };
}

function geometryBytes(geometry: THREE.BufferGeometry): number {
  const buffers = new Set<ArrayBufferLike>();
  for (const attribute of [...Object.values(geometry.attributes), geometry.index]) {
    if (attribute) buffers.add(("data" in attribute ? (attribute as THREE.InterleavedBufferAttribute).data.array : attribute.array).buffer);
  }
  return [...buffers].reduce((sum, buffer) => sum + buffer.byteLength, 0);
}

function textureFact(texture: THREE.Texture): TextureFact {
  const image = texture.image as { width?: number; height?: number } | null;
  const [width, height] = [image?.width ?? 0, image?.height ?? 0];
  const mipmaps = (texture as THREE.CompressedTexture).mipmaps as { data: ArrayBufferView }[] | undefined;
  const isCompressed = (texture as THREE.CompressedTexture).isCompressedTexture === true;
  const bytes = isCompressed && mipmaps ? mipmaps.reduce((sum, level) => sum + level.data.byteLength, 0) : (width * height * 4 * 4) / 3;
  return { name: texture.name, width, height, bytes: Math.round(bytes), isCompressed };
}
