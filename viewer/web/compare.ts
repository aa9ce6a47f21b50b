// Two models in one view, one on each side of a line that can be dragged.
import * as THREE from "three";
import { fetchBytes } from "./bytes";
import { h } from "./elements";
import { loadModel, type Model } from "./model";
import type { ModelChoice } from "./modelview";
import { isUnlit } from "./shading";
import { disposeOf, type Viewport } from "./viewport";

/** Show `other` to the right of the line; returns what ends it. */
export async function compare(viewport: Viewport, model: Model, other: ModelChoice): Promise<() => void> {
  const second = await loadModel(await fetchBytes(other.url), viewport.renderer);
  const scene = new THREE.Scene();
  if (!isUnlit(second.root)) viewport.light();
  scene.environment = viewport.scene.environment;
  scene.add(second.root);
  const slider = h("input", { type: "range", class: "split", min: 0, max: 1000, value: 500, "aria-label": `Share of the picture that shows this model; the rest shows ${other.name}` });
  const line = h("div", { class: "split-line" }, h("span", { class: "split-name left" }, "this"), h("span", { class: "split-name right" }, other.name));
  viewport.host.append(line, slider);
  slider.addEventListener("input", () => viewport.invalidate());

  viewport.draw = () => {
    const { clientWidth: width, clientHeight: height } = viewport.host;
    const x = Math.round((Number(slider.value) / 1000) * width);
    line.style.transform = `translateX(${x}px)`;
    const renderer = viewport.renderer;
    renderer.setScissorTest(true);
    renderer.setScissor(0, 0, x, height);
    renderer.render(viewport.scene, viewport.camera);
    renderer.setScissor(x, 0, width - x, height);
    model.root.visible = false;
    scene.add(viewport.floor.root);
    renderer.render(scene, viewport.camera);
    viewport.scene.add(viewport.floor.root);
    model.root.visible = true;
    renderer.setScissorTest(false);
  };
  viewport.canvas.dataset["compared"] = other.name;
  viewport.invalidate();

  return () => {
    viewport.draw = null;
    delete viewport.canvas.dataset["compared"];
    line.remove();
    slider.remove();
    disposeOf(second.root);
    viewport.invalidate();
  };
}
