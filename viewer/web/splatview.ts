// A file of splats in the viewport.
import * as THREE from "three";
import { h, iconButton } from "./elements";
import { length, number } from "./format";
import { readSplats, type Head } from "./splatfile";
import { splatObject } from "./splats";
import type { View } from "./views";
import type { Viewport } from "./viewport";

/** Show them as the file says; many captures stand on their head, so they can be turned over. */
export function showSplats(viewport: Viewport, buffer: ArrayBuffer, head: Head, name: string): View {
  const splats = readSplats(buffer, head);
  const { object, dispose } = splatObject(splats, viewport);
  const root = new THREE.Group();
  root.add(object);
  viewport.show(root);
  const size = viewport.box.getSize(new THREE.Vector3());
  const facts = `${number(splats.count)} splats`;
  viewport.canvas.setAttribute("aria-label", `3D view of ${name}: ${facts}. Arrow keys turn, plus and minus zoom, Home shows all.`);
  const over = iconButton("reuse", "Turn upside down", () => {
    const isOver = over.getAttribute("aria-pressed") !== "true";
    over.setAttribute("aria-pressed", String(isOver));
    object.rotation.x = isOver ? Math.PI : 0;
    viewport.measure(root);
  }, { "aria-pressed": "false" });
  const tools = h("div", { class: "tools", role: "toolbar", "aria-label": "Splat tools" }, over, iconButton("home", "Show all", () => viewport.frame()));
  const note = h("div", { class: "scale-note" }, `${facts} · ${length(size.x)} × ${length(size.y)} × ${length(size.z)}`);
  return {
    root: h("div", { class: "space", "data-state": "ready", "data-splats": splats.count }, viewport.host, note, tools),
    dispose() {
      dispose();
      viewport.clear();
    },
  };
}
