// What a model costs to show, beside what a headset allows.
import { h, fill, type Child } from "./elements";
import { bytes, length, number } from "./format";
import type { ModelFacts } from "./model";
import type { Target } from "./run";

interface Line {
  name: string;
  value: number;
  text: string;
  limit: keyof Target["limits"];
}

export function factsPanel(facts: ModelFacts, targets: Target[], target: string | null): Child[] {
  const lines = h("div", { class: "budget" });
  const select = h(
    "select",
    { class: "small-select", "aria-label": "Budget of", onchange: () => fill(lines, budget(facts, chosen(targets, select.value))) },
    targets.map((one) => h("option", { value: one.name, selected: one === chosen(targets, target) }, one.title)),
  );
  fill(lines, budget(facts, chosen(targets, target)));
  const { x, y, z } = facts.size;
  const licence = ["license", "licence", "licenses", "licences"].map((key) => facts.extras[key]).find(Boolean);
  return [
    h("div", { class: "facts-head" }, h("h3", {}, "Fits"), select),
    lines,
    h("dl", { class: "facts compact" }, [
      fact("Size", `${length(x)} × ${length(y)} × ${length(z)}`),
      fact("Vertices", number(facts.vertices)),
      fact("Materials", number(facts.materials)),
      fact("Textures", textures(facts)),
      facts.extensions.length ? fact("Extensions", facts.extensions.map((name) => name.replace(/^(KHR|EXT)_/, "")).join(", ")) : null,
      facts.generator ? fact("Made by", facts.generator) : null,
      licence ? fact("Licence", [licence].flat().map(String).join(", ")) : null,
    ]),
  ];
}

/** The cost in one line, with whether it fits the target. */
export function factsChip(facts: ModelFacts, targets: Target[], target: string | null, onclick: () => void): HTMLElement {
  const of = chosen(targets, target);
  const over = linesOf(facts).filter((line) => line.value > (of?.limits[line.limit] ?? Infinity));
  const verdict = of ? `${over.length ? "too much for" : "fits"} ${short(of)}` : "";
  return h("button", { type: "button", class: over.length ? "facts-chip over" : "facts-chip", onclick, "aria-label": `${number(facts.triangles)} triangles, ${verdict}; show all facts` }, h("i"), h("b", {}, `${number(facts.triangles)} triangles`), h("span", { class: "quiet" }, verdict));
}

function fact(name: string, value: string): HTMLElement {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function textures(facts: ModelFacts): string {
  if (!facts.textures.length) return "none";
  const sizes = facts.textures.map((texture) => `${texture.width} × ${texture.height}${texture.isCompressed ? " compressed" : ""}`);
  return [...new Set(sizes)].map((size) => `${sizes.filter((one) => one === size).length} of ${size}`).join(", ");
}

/** The target of this name; the one that the project is made for where none is named. */
function chosen(targets: Target[], name: string | null): Target | undefined {
  return targets.find((one) => one.name === name) ?? targets.find((one) => one.name === "quest3-web") ?? targets[0];
}

const short = (target: Target) => target.title.replace(/\s*\(.*\)$/, "");

function budget(facts: ModelFacts, target: Target | undefined): HTMLElement[] {
  return linesOf(facts).map((line) => {
    const limit = target?.limits[line.limit] ?? Infinity;
    const share = line.value / limit;
    const said = line.limit.endsWith("bytes") ? bytes(limit) : number(limit);
    const bar = h("span", { class: share > 1 ? "meter over" : "meter" }, h("i"));
    (bar.firstElementChild as HTMLElement).style.width = `${Math.min(1, share) * 100}%`;
    const against = limit === Infinity ? "no limit" : share > 1 ? `over the ${said} allowed` : `of ${said}`;
    return h("div", { class: "budget-line", "data-fact": line.limit, "data-value": line.value }, h("span", {}, line.name), h("strong", { class: share > 1 ? "over" : "" }, line.text), bar, h("span", { class: "quiet" }, against));
  });
}

function linesOf(facts: ModelFacts): Line[] {
  const side = Math.max(0, ...facts.textures.flatMap((texture) => [texture.width, texture.height]));
  const gpu = facts.geometryBytes + facts.textureBytes;
  return [
    { name: "Triangles", value: facts.triangles, text: number(facts.triangles), limit: "triangles" },
    { name: "Draw calls", value: facts.drawCalls, text: number(facts.drawCalls), limit: "draw_calls" },
    { name: "Largest texture", value: side, text: side ? `${side} px` : "none", limit: "texture_size" },
    { name: "GPU memory", value: gpu, text: bytes(gpu), limit: "gpu_bytes" },
    { name: "File", value: facts.fileBytes, text: bytes(facts.fileBytes), limit: "file_bytes" },
  ];
}
