// An equirectangular picture seen from its middle.
import * as THREE from "three";
import { h } from "./elements";
import type { RunFile } from "./run";
import type { View, ViewContext } from "./views";
import type { Viewport } from "./viewport";

export async function showPanorama(viewport: Viewport, file: RunFile, _context: ViewContext): Promise<View> {
  const texture = await new THREE.TextureLoader().loadAsync(file.url);
  texture.colorSpace = THREE.SRGBColorSpace;
  const sphere = new THREE.Mesh(new THREE.SphereGeometry(10, 96, 48).scale(-1, 1, 1), new THREE.MeshBasicMaterial({ map: texture, toneMapped: false }));
  sphere.rotation.y = -Math.PI / 2; // the picture's middle is ahead
  viewport.show(sphere, { hasFloor: false });
  viewport.controls.minDistance = 0;
  viewport.controls.enableZoom = false;
  viewport.controls.rotateSpeed = -0.35;
  viewport.place(new THREE.Vector3(0, 0, 0.01), new THREE.Vector3());
  viewport.canvas.setAttribute("aria-label", `Panorama ${file.name}, seen from inside. Arrow keys turn.`);
  const root = h("div", { class: "space", "data-state": "ready" }, viewport.host);
  return {
    root,
    dispose() {
      viewport.controls.enableZoom = true;
      viewport.controls.rotateSpeed = 1;
      viewport.clear();
    },
  };
}
