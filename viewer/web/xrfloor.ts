// Where a visitor may stand: on what the model's maker meant as floor, else on whatever is level.
import * as THREE from "three";
import type { Visit } from "./xr";

const FLOOR_NAME = /(^|[^a-z])(floor|collider|walkable|navmesh)|-col(only)?$/i;
const LEVEL = Math.cos(THREE.MathUtils.degToRad(35));
const FARTHEST_METRES = 20;

/** The nodes that are tested: the model's colliders where it has any, all of it otherwise. */
export function solidsOf(root: THREE.Object3D): THREE.Object3D[] {
  const named: THREE.Object3D[] = [];
  root.traverse((object) => {
    if (FLOOR_NAME.test(object.name)) named.push(object);
  });
  return named.length ? named : [root];
}

/** The point that a ray reaches and that can be stood on; null where there is none. */
export function floorAt(ray: THREE.Raycaster, solids: THREE.Object3D[], visit: Visit): THREE.Vector3 | null {
  ray.far = FARTHEST_METRES;
  const hits = visit.isRoom ? ray.intersectObjects(solids, true) : [];
  ray.far = Infinity;
  const hit = hits.find((one) => !one.object.userData["isMark"]);
  const ground = onGround(ray, visit.rig.position.y);
  if (!hit?.face) return visit.isRoom ? null : ground;
  const up = hit.face.normal.clone().transformDirection(hit.object.matrixWorld).y;
  return Math.abs(up) >= LEVEL ? hit.point : null;
}

/** Around a thing on its plinth there is only the ground that the visitor stands on. */
function onGround(ray: THREE.Raycaster, height: number): THREE.Vector3 | null {
  const point = ray.ray.intersectPlane(new THREE.Plane(new THREE.Vector3(0, 1, 0), -height), new THREE.Vector3());
  return point && point.distanceTo(ray.ray.origin) < FARTHEST_METRES ? point : null;
}
