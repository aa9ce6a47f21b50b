// A radiance field, painted by the server as one looks around: coarse while the camera moves, finer when it rests.
import * as THREE from "three";
import { getJson } from "./connection";
import { h, iconButton } from "./elements";
import type { View, ViewContext } from "./views";
import type { Viewport } from "./viewport";

interface About {
  low: [number, number, number];
  high: [number, number, number];
  /** Rows of world_from_camera, 16 numbers each. */
  cameras: number[][];
}

/** Pixels across, coarse to fine; the last is asked for when the view has come to rest. */
const WIDTHS = [80, 160, 320, 640, 960];
const PLEASANT_MS = 120;

export async function showField(viewport: Viewport, context: ViewContext): Promise<View> {
  const address = `api/field/${encodeURIComponent(context.id)}`;
  const about = await getJson<About>(address);
  if (!about) throw new Error("the server cannot paint this field");
  const box = new THREE.Box3(new THREE.Vector3(...about.low), new THREE.Vector3(...about.high));
  const frame = new THREE.Box3Helper(box, new THREE.Color(0x8a90a6));
  frame.visible = false;
  viewport.show(frame, { hasFloor: false });
  viewport.box.copy(box);
  viewport.frame();
  if (about.cameras[0]) stand(viewport, about.cameras[0], box);

  const picture = h("img", { class: "field-picture", alt: "The field seen from here", draggable: "false" });
  const note = h("div", { class: "scale-note", role: "status" }, "Painting");
  let camera = 0;
  const next = (by: number) => {
    camera = (camera + by + about.cameras.length) % about.cameras.length;
    stand(viewport, about.cameras[camera]!, box);
  };
  const tools = h(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "Field tools" },
    about.cameras.length ? [iconButton("undo", "Previous camera", () => next(-1)), iconButton("redo", "Next camera", () => next(1)), h("span", { class: "rule" })] : null,
    iconButton("box", "Outline of the field", () => {
      frame.visible = !frame.visible;
      root.classList.toggle("outlined", frame.visible);
      viewport.invalidate();
    }),
    iconButton("home", "Show all", () => viewport.frame()),
  );
  const root = h("div", { class: "space field-space", "data-state": "loading" }, viewport.host, picture, note, tools);
  viewport.canvas.setAttribute("aria-label", `The radiance field of ${context.id}. Arrow keys turn, plus and minus zoom, Home shows all.`);

  const painter = new Painter(viewport, `${address}/picture`, (blob, words) => {
    const old = picture.src;
    picture.src = URL.createObjectURL(blob);
    if (old) URL.revokeObjectURL(old);
    note.textContent = words;
    root.dataset["state"] = "ready";
  }, (words) => {
    note.textContent = words;
    root.dataset["state"] = "failed";
  });
  return {
    root,
    dispose() {
      painter.stop();
      if (picture.src) URL.revokeObjectURL(picture.src);
      viewport.clear();
    },
  };
}

/** Stand where a photo was taken, turning about the middle of what it shows. */
function stand(viewport: Viewport, pose: number[], box: THREE.Box3): void {
  const from = new THREE.Vector3(pose[3], pose[7], pose[11]);
  const forward = new THREE.Vector3(pose[2], pose[6], pose[10]);
  const away = Math.max(box.getCenter(new THREE.Vector3()).sub(from).dot(forward), box.getSize(new THREE.Vector3()).length() / 10);
  viewport.place(from, from.clone().addScaledVector(forward, away));
}

class Painter {
  private seen = "";
  private level = 0;
  private start = 0;
  private request: AbortController | null = null;
  private isStopped = false;

  constructor(
    private readonly viewport: Viewport,
    private readonly address: string,
    private readonly shown: (blob: Blob, words: string) => void,
    private readonly failed: (words: string) => void,
  ) {
    viewport.animations.add(this.look);
  }

  stop(): void {
    this.isStopped = true;
    this.viewport.animations.delete(this.look);
    this.request?.abort();
  }

  /** Each tick: a new place starts again from coarse; a picture under way for the old place is let go. */
  private look = (): boolean => {
    const { camera } = this.viewport;
    camera.updateMatrixWorld();
    const place = JSON.stringify([camera.matrixWorld.elements.map((value) => value.toPrecision(6)), this.viewport.host.clientWidth, this.viewport.host.clientHeight]);
    if (place !== this.seen) {
      this.seen = place;
      this.level = this.start;
      if (!this.request) void this.paint();
    }
    return false;
  };

  private async paint(): Promise<void> {
    while (!this.isStopped && this.level < WIDTHS.length) {
      const [place, level, began] = [this.seen, this.level, performance.now()];
      const width = WIDTHS[level]!;
      this.request = new AbortController();
      try {
        const answer = await fetch(this.address, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(this.shot(width)), signal: this.request.signal });
        if (!answer.ok) throw new Error(((await answer.json().catch(() => ({}))) as { error?: string }).error ?? `the server answered ${answer.status}`);
        const blob = await answer.blob();
        const spent = performance.now() - began;
        if (this.isStopped) break;
        if (level === this.start) this.start = this.pace(level, spent);
        this.shown(blob, `${width} pixels across in ${spent < 1000 ? `${Math.round(spent)} ms` : `${(spent / 1000).toFixed(1)} s`}`);
      } catch (error) {
        if (!this.isStopped) this.failed(error instanceof Error ? error.message : String(error));
        break;
      }
      if (place === this.seen) this.level = level + 1;
    }
    this.request = null;
  }

  /** The width to begin with, so that moving stays pleasant on this machine. */
  private pace(level: number, spent: number): number {
    if (spent * 4 < PLEASANT_MS) return Math.min(level + 1, WIDTHS.length - 2);
    return spent > 2 * PLEASANT_MS ? Math.max(level - 1, 0) : level;
  }

  private shot(width: number): object {
    const { camera, host } = this.viewport;
    const height = Math.max(1, Math.round((width * host.clientHeight) / Math.max(host.clientWidth, 1)));
    const rows = new THREE.Matrix4().copy(camera.matrixWorld).multiply(new THREE.Matrix4().makeScale(1, -1, -1)).transpose().elements;
    return { world_from_camera: [...rows], field_of_view: camera.fov, width, height };
  }
}
