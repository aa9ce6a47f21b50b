// One turn around the object as a film, recorded from the canvas by the browser.
import * as THREE from "three";
import type { Viewport } from "./viewport";

const SECONDS = 8;
const FRAMES_PER_SECOND = 30;
const KINDS = [
  ["video/mp4;codecs=avc1.640028", "mp4"],
  ["video/webm;codecs=vp9", "webm"],
  ["video/webm", "webm"],
] as const;

export async function recordTurntable(viewport: Viewport, seconds = SECONDS): Promise<{ blob: Blob; suffix: string } | null> {
  const kind = KINDS.find(([type]) => typeof MediaRecorder !== "undefined" && MediaRecorder.isTypeSupported(type));
  if (!kind || !viewport.canvas.captureStream) return null;
  const recorder = new MediaRecorder(viewport.canvas.captureStream(FRAMES_PER_SECOND), { mimeType: kind[0], videoBitsPerSecond: 12_000_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise<void>((resolve) => (recorder.onstop = () => resolve()));
  const start = viewport.camera.position.clone().sub(viewport.controls.target);
  let spent = 0;
  recorder.start();
  await new Promise<void>((resolve) => {
    const turn = (step: number) => {
      spent += step;
      const angle = Math.min(1, spent / seconds) * 2 * Math.PI;
      viewport.camera.position.copy(start).applyAxisAngle(new THREE.Vector3(0, 1, 0), angle).add(viewport.controls.target);
      if (spent >= seconds) {
        viewport.animations.delete(turn);
        resolve();
      }
      return true;
    };
    viewport.animations.add(turn);
  });
  recorder.stop();
  await ended;
  return { blob: new Blob(parts, { type: kind[0] }), suffix: kind[1] };
}
