// Splats as three.js draws them: one square each, stretched to the ellipse that its Gaussian makes on the picture.
import * as THREE from "three";
import { WORDS, type Splats } from "./splatfile";
import type { Viewport } from "./viewport";

const WORKER = "page/splat_sort.js";
const PER_ROW = 1024;
const REACH = 2.2; // of the square, where the Gaussian has fallen to 0.8 %

const VERTEX = `precision highp usampler2D;
  uniform usampler2D packed; uniform vec2 size; in vec2 corner; in uint number;
  out vec4 colour; out vec2 at;
  mat3 turned(vec4 q) {
    return mat3(1.0 - 2.0 * (q.z * q.z + q.w * q.w), 2.0 * (q.y * q.z + q.x * q.w), 2.0 * (q.y * q.w - q.x * q.z),
                2.0 * (q.y * q.z - q.x * q.w), 1.0 - 2.0 * (q.y * q.y + q.w * q.w), 2.0 * (q.z * q.w + q.x * q.y),
                2.0 * (q.y * q.w + q.x * q.z), 2.0 * (q.z * q.w - q.x * q.y), 1.0 - 2.0 * (q.y * q.y + q.z * q.z));
  }
  void main() {
    ivec2 cell = ivec2(int(number % ${PER_ROW}u) * 2, int(number / ${PER_ROW}u));
    uvec4 first = texelFetch(packed, cell, 0), second = texelFetch(packed, cell + ivec2(1, 0), 0);
    vec4 middle = modelViewMatrix * vec4(uintBitsToFloat(first.xyz), 1.0);
    vec4 on = projectionMatrix * middle;
    gl_Position = vec4(0.0, 0.0, 2.0, 1.0);
    if (on.w <= 0.0 || any(greaterThan(abs(on.xy), vec2(1.4 * on.w)))) return;
    vec4 turn = normalize(vec4(second.x & 255u, second.x >> 8 & 255u, second.x >> 16 & 255u, second.x >> 24) / 127.5 - 1.0);
    mat3 axes = mat3(modelViewMatrix) * turned(turn) * mat3(uintBitsToFloat(second.y), 0, 0, 0, uintBitsToFloat(second.z), 0, 0, 0, uintBitsToFloat(second.w));
    float away = -middle.z;
    vec2 focal = 0.5 * size * vec2(projectionMatrix[0][0], projectionMatrix[1][1]);
    vec3 across = vec3(focal.x / away, 0.0, focal.x * middle.x / (away * away));
    vec3 upwards = vec3(0.0, focal.y / away, focal.y * middle.y / (away * away));
    vec3 x = across * axes, y = upwards * axes;
    float a = dot(x, x) + 0.3, b = dot(x, y), c = dot(y, y) + 0.3; // at least about a pixel wide
    float mean = 0.5 * (a + c), spread = length(vec2(0.5 * (a - c), b));
    vec2 along = spread < 1e-6 ? vec2(1.0, 0.0) : normalize(vec2(b, mean + spread - a) + vec2(a > c ? 1e-6 : 0.0, 0.0));
    vec2 major = min(sqrt(2.0 * (mean + spread)), 1024.0) * along;
    vec2 minor = min(sqrt(2.0 * max(mean - spread, 0.05)), 1024.0) * vec2(along.y, -along.x);
    at = corner * ${REACH};
    colour = vec4(first.w & 255u, first.w >> 8 & 255u, first.w >> 16 & 255u, first.w >> 24) / 255.0;
    gl_Position = vec4(on.xy / on.w + 2.0 * (at.x * major + at.y * minor) / size, on.z / on.w, 1.0);
  }`;

// Colours are mixed as they were while the splats were fitted: as stored, not as light.
const FRAGMENT = `in vec4 colour; in vec2 at; out vec4 painted;
  void main() {
    float share = colour.a * exp(-dot(at, at));
    if (share < 0.004) discard;
    painted = vec4(colour.rgb * share, share);
  }`;

/** The splats as an object of the scene, kept in order while the camera moves; `dispose` lets go of what it holds. */
export function splatObject(splats: Splats, viewport: Viewport): { object: THREE.Object3D; dispose(): void } {
  const texture = packedTexture(splats);
  const geometry = new THREE.InstancedBufferGeometry();
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  geometry.setAttribute("corner", new THREE.BufferAttribute(new Float32Array([-1, -1, 1, -1, 1, 1, -1, 1]), 2));
  const numbers = new THREE.InstancedBufferAttribute(Uint32Array.from({ length: splats.count }, (_, number) => number), 1);
  geometry.setAttribute("number", numbers.setUsage(THREE.DynamicDrawUsage));
  geometry.instanceCount = 0; // until they are in order
  geometry.boundingBox = boxOfMost(splats.places);
  const uniforms = { packed: { value: texture }, size: { value: new THREE.Vector2() } };
  const blending = { transparent: true, depthWrite: false, blending: THREE.CustomBlending, blendSrc: THREE.OneFactor, blendDst: THREE.OneMinusSrcAlphaFactor };
  const material = new THREE.ShaderMaterial({ glslVersion: THREE.GLSL3, vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms, ...blending, side: THREE.DoubleSide });
  const mesh = new THREE.Mesh(geometry, material);
  mesh.frustumCulled = false;
  mesh.raycast = () => undefined;
  const port = new THREE.Vector4();
  mesh.onBeforeRender = (renderer) => {
    renderer.getCurrentViewport(port);
    uniforms.size.value.set(port.z, port.w);
    material.uniformsNeedUpdate = true;
  };
  const stop = keepInOrder(mesh, splats.places, viewport, (order) => {
    numbers.array.set(order);
    numbers.needsUpdate = true;
    geometry.instanceCount = splats.count;
  });
  return { object: mesh, dispose: () => (stop(), texture.dispose()) };
}

function packedTexture(splats: Splats): THREE.DataTexture {
  const rows = Math.max(1, Math.ceil(splats.count / PER_ROW));
  const cells = new Uint32Array(rows * PER_ROW * WORDS);
  cells.set(splats.packed);
  const texture = new THREE.DataTexture(cells, PER_ROW * 2, rows, THREE.RGBAIntegerFormat, THREE.UnsignedIntType);
  texture.internalFormat = "RGBA32UI";
  texture.needsUpdate = true;
  return texture;
}

/** A box around all but the outermost hundredth on each side: captures have splats far out in the sky. */
function boxOfMost(places: Float32Array): THREE.Box3 {
  const step = Math.max(1, Math.floor(places.length / 3 / 20_000));
  const bounds = [0, 1, 2].map((axis) => {
    const values = Float32Array.from({ length: Math.ceil(places.length / 3 / step) }, (_, row) => places[row * step * 3 + axis]!).sort();
    return [values[Math.floor(values.length * 0.01)] ?? 0, values[Math.ceil(values.length * 0.99) - 1] ?? 0] as const;
  });
  return new THREE.Box3(new THREE.Vector3(...bounds.map(([low]) => low)), new THREE.Vector3(...bounds.map(([, high]) => high)));
}

/** Have a worker sort whenever the view has turned; the function returned ends that. */
function keepInOrder(mesh: THREE.Object3D, places: Float32Array, viewport: Viewport, take: (order: Uint32Array) => void): () => void {
  const worker = new Worker(WORKER);
  const copy = places.slice();
  worker.postMessage({ places: copy }, [copy.buffer]);
  const seen = new THREE.Matrix4();
  const last = new THREE.Vector3();
  const along = new THREE.Vector3();
  let isBusy = false;
  worker.onmessage = ({ data }: MessageEvent<Uint32Array>) => {
    isBusy = false;
    take(data);
    viewport.canvas.dataset["sorted"] = last.toArray().map((part) => part.toFixed(3)).join(" ");
    viewport.invalidate();
  };
  const watch = () => {
    viewport.camera.updateMatrixWorld();
    const { elements } = seen.multiplyMatrices(viewport.camera.matrixWorldInverse, mesh.matrixWorld);
    along.set(-elements[2], -elements[6], -elements[10]).normalize();
    if (isBusy || along.dot(last) > 0.9995) return false;
    isBusy = true;
    last.copy(along);
    worker.postMessage({ along: along.toArray() });
    return false;
  };
  viewport.animations.add(watch);
  return () => {
    viewport.animations.delete(watch);
    worker.terminate();
  };
}
