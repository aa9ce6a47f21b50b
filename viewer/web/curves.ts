// The curves of a stage's measures, large.
import { h } from "./elements";
import { plot, type Series } from "./plot";
import type { View } from "./views";

export function showCurves(curves: Series[]): View {
  return { root: h("div", { class: "plain-view" }, h("div", { class: "curves" }, curves.map((curve) => plot(curve)))), dispose: () => undefined };
}
