// The floor under an object: a grid whose squares are a round number of metres, and a mark that says where its front is.
import * as THREE from "three";

const STEPS = [0.001, 0.01, 0.1, 1, 10, 100, 1000];

export class Floor {
  readonly root = new THREE.Group();
  /** Side of one small square, in metres. */
  step = 0.1;
  private readonly grid: THREE.Mesh<THREE.PlaneGeometry, THREE.ShaderMaterial>;
  private readonly front: THREE.Mesh<THREE.ShapeGeometry, THREE.MeshBasicMaterial>;

  constructor() {
    const material = new THREE.ShaderMaterial({
      uniforms: { colour: { value: new THREE.Color() }, step: { value: 0.1 }, reach: { value: 1 }, middle: { value: new THREE.Vector3() } },
      vertexShader: `varying vec3 place;
        void main() { vec4 world = modelMatrix * vec4(position, 1.0); place = world.xyz; gl_Position = projectionMatrix * viewMatrix * world; }`,
      fragmentShader: `varying vec3 place; uniform vec3 colour; uniform float step, reach; uniform vec3 middle;
        float lines(float size) {
          vec2 at = place.xz / size; vec2 wide = fwidth(at); vec2 off = abs(fract(at - 0.5) - 0.5) / wide;
          return (1.0 - min(min(off.x, off.y), 1.0)) * (1.0 - smoothstep(0.25, 0.7, max(wide.x, wide.y)));
        }
        void main() {
          float fade = 1.0 - smoothstep(reach * 0.35, reach, length(place.xz - middle.xz));
          float ink = max(lines(step) * 0.45, lines(step * 10.0)) * fade;
          if (ink < 0.004) discard;
          gl_FragColor = vec4(colour, ink);
          #include <colorspace_fragment>
        }`,
      transparent: true,
      depthWrite: false,
      side: THREE.DoubleSide,
    });
    this.grid = new THREE.Mesh(new THREE.PlaneGeometry(1, 1).rotateX(-Math.PI / 2), material);
    const arrow = new THREE.Shape([new THREE.Vector2(-0.5, 0), new THREE.Vector2(0.5, 0), new THREE.Vector2(0, -0.8)]);
    this.front = new THREE.Mesh(
      new THREE.ShapeGeometry(arrow).rotateX(-Math.PI / 2),
      new THREE.MeshBasicMaterial({ side: THREE.DoubleSide, transparent: true, opacity: 0.75, toneMapped: false, depthWrite: false }),
    );
    this.front.name = "front";
    this.root.add(this.grid, this.front);
    this.root.renderOrder = -1;
  }

  recolour(lines: THREE.Color, mark: THREE.Color): void {
    this.grid.material.uniforms["colour"]!.value.copy(lines);
    this.front.material.color.copy(mark);
  }

  /** Lie under the box: at height 0 when the box is about there, else at its lowest point. */
  fit(box: THREE.Box3): void {
    const size = box.getSize(new THREE.Vector3());
    const middle = box.getCenter(new THREE.Vector3());
    const extent = Math.max(size.x, size.z, size.y * 0.5, 1e-4);
    this.step = STEPS.find((step) => extent / step <= 30) ?? 1000;
    const isOnZero = box.min.y > -0.02 * extent && box.min.y < 0.5 * extent;
    this.root.position.y = (isOnZero ? 0 : box.min.y) - extent * 2e-3; // a scanned floor is uneven, and a flat one would flicker
    const reach = extent * 2.2;
    this.grid.scale.setScalar(reach * 2);
    this.grid.position.set(middle.x, 0, middle.z);
    const uniforms = this.grid.material.uniforms;
    uniforms["step"]!.value = this.step;
    uniforms["reach"]!.value = reach;
    uniforms["middle"]!.value.copy(middle);
    this.front.scale.setScalar(extent * 0.08);
    this.front.position.set(middle.x, extent * 2e-4, box.max.z + extent * 0.08);
  }

  /** Seen from below, the floor would hide the object: it goes while the camera is under it. */
  follow(camera: THREE.Camera): void {
    this.grid.material.opacity = camera.position.y < this.root.position.y ? 0.3 : 1;
  }
}
