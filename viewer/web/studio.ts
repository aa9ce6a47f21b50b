// Light for materials that need some: a bright ceiling, a darker floor and three soft boxes, as a small panorama.
import * as THREE from "three";

// Filtering a panorama costs by its size: at 1024 texels across it takes seconds without a graphics card, at 128 nothing.
const WIDTH = 128;
const HEIGHT = 64;

interface Lamp {
  /** Longitude and latitude of the middle, and half the size, in radians. */
  at: [number, number];
  half: [number, number];
  strength: number;
}

const LAMPS: Lamp[] = [
  { at: [0.7, 0.75], half: [0.5, 0.3], strength: 9 },
  { at: [-1.3, 0.4], half: [0.3, 0.5], strength: 4 },
  { at: [2.8, 0.55], half: [0.6, 0.25], strength: 5 },
];

export function studioLight(renderer: THREE.WebGLRenderer): THREE.Texture {
  const data = new Uint16Array(WIDTH * HEIGHT * 4);
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++) {
      const longitude = ((x + 0.5) / WIDTH) * 2 * Math.PI - Math.PI;
      const latitude = ((y + 0.5) / HEIGHT) * Math.PI - Math.PI / 2;
      const value = THREE.DataUtils.toHalfFloat(radiance(longitude, latitude));
      data.set([value, value, value, THREE.DataUtils.toHalfFloat(1)], (y * WIDTH + x) * 4);
    }
  const panorama = new THREE.DataTexture(data, WIDTH, HEIGHT, THREE.RGBAFormat, THREE.HalfFloatType);
  panorama.mapping = THREE.EquirectangularReflectionMapping;
  panorama.minFilter = panorama.magFilter = THREE.LinearFilter;
  panorama.needsUpdate = true;
  const generator = new THREE.PMREMGenerator(renderer);
  const { texture } = generator.fromEquirectangular(panorama);
  generator.dispose();
  panorama.dispose();
  return texture;
}

function radiance(longitude: number, latitude: number): number {
  const sky = THREE.MathUtils.lerp(0.35, 0.85, THREE.MathUtils.smoothstep(Math.sin(latitude), -0.6, 0.8));
  const lamps = LAMPS.map((lamp) => {
    const across = Math.abs(Math.atan2(Math.sin(longitude - lamp.at[0]), Math.cos(longitude - lamp.at[0]))) / lamp.half[0];
    const up = Math.abs(latitude - lamp.at[1]) / lamp.half[1];
    return lamp.strength * (1 - THREE.MathUtils.smoothstep(Math.max(across, up), 0.7, 1.1));
  });
  return sky + lamps.reduce((sum, one) => sum + one, 0);
}
