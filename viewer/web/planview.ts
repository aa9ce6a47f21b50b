// The plan of a room to look at: the drawing of the editor, and its things in a table.
import { fetchBytes } from "./bytes";
import { h } from "./elements";
import { footprint, type Plan } from "./roomplan";
import { Sheet } from "./roomsheet";
import type { RunFile } from "./run";
import type { View } from "./views";

const COLOURS: [number, number, number][] = [[91, 124, 199], [214, 132, 90], [95, 163, 128], [196, 104, 140], [138, 118, 196], [201, 164, 74], [84, 158, 176], [170, 128, 104]];

export async function showPlan(file: RunFile): Promise<View> {
  const plan = JSON.parse(new TextDecoder().decode(await fetchBytes(file.url))) as Plan;
  const nothing = () => undefined;
  const classes = [...new Set(plan.boxes.map((box) => box.label))].map((name, index) => ({ name, color: COLOURS[index % COLOURS.length]!, typical: [1, 1, 1] as [number, number, number], stands: "floor" as const }));
  const sheet = new Sheet({ plan, chosen: null, classes, complaints: [], drawing: null, choose: nothing, changed: nothing, keep: nothing });
  sheet.root.removeAttribute("tabindex");
  sheet.root.setAttribute("role", "img");
  sheet.root.setAttribute("aria-label", `Plan of ${plan.name}: ${plan.boxes.map((box) => box.name).join(", ")}`);
  const metres = (value: number) => value.toFixed(2);
  const hasLooks = plan.boxes.some((box) => box.style);
  const rows = plan.boxes.map((box) => h("tr", {}, h("th", { scope: "row" }, box.name.replaceAll("_", " ")), h("td", {}, box.size.map(metres).join(" × ")), h("td", {}, metres(box.center[1] - box.size[1] / 2)), hasLooks ? h("td", {}, box.style) : null));
  const head = h("tr", {}, ["Thing", "Size (m)", "Above floor (m)", ...(hasLooks ? ["Looks"] : [])].map((word) => h("th", { scope: "col" }, word)));
  const table = h("table", { class: "neighbours" }, h("thead", {}, head), h("tbody", {}, rows));
  const area = Math.abs(plan.floor.reduce((sum, [x, z], index) => sum + x * plan.floor[(index + 1) % plan.floor.length]![1] - z * plan.floor[(index + 1) % plan.floor.length]![0], 0)) / 2;
  const facts = [`${area.toFixed(1)} m²`, `${metres(plan.height)} m high`, plan.style].filter(Boolean).join(" · ");
  const drawing = h("div", { class: "plan-drawing", inert: true }, sheet.root);
  drawing.dataset["boxes"] = String(plan.boxes.filter((box) => footprint(box).length).length);
  const root = h("div", { class: "plan-view" }, drawing, h("div", { class: "plan-things" }, h("h2", {}, plan.name), h("p", { class: "quiet" }, facts), plan.boxes.length ? table : null));
  return { root, dispose: nothing };
}
