// Embeddings and latents as a table of neighbours: how much each resembles the others of the run.
import { fill, h } from "./elements";
import { getJson } from "./connection";
import { fetchBytes } from "./bytes";
import { readNpz, type NumberArray } from "./npz";
import type { RunFile } from "./run";
import type { View, ViewContext } from "./views";

interface Vector {
  stage: string;
  label: string;
  about: string;
  /** What made it: only vectors of one maker can be compared. */
  maker: string;
  values: Float32Array;
  notes: string[];
}

interface Facts {
  encoder?: string;
  generator?: string;
  prompt?: string;
  name?: string;
  nearest?: string;
  likeness?: number;
  notes?: string[];
}

const MOST = 400;

export async function showVectors(file: RunFile, context: ViewContext): Promise<View> {
  const places = [{ id: context.id, file }, ...context.elsewhere(file.name)];
  const found = (await Promise.all(places.map((place) => vectorsIn(place.id, place.file).catch(() => [])))).flat();
  const own = found.filter((vector) => vector.stage === context.id);
  if (!own.length) throw new Error(`${file.name} holds no vector`);
  const chooser = h("select", { class: "small-select wide", "aria-label": "Which one" }, own.map((vector, index) => h("option", { value: index }, vector.label)));
  const body = h("tbody");
  const facts = h("p", { class: "quiet" });
  const draw = () => {
    const chosen = own[Number(chooser.value)] ?? own[0]!;
    const rows = found
      .filter((vector) => vector !== chosen && vector.maker === chosen.maker && vector.values.length === chosen.values.length)
      .map((vector) => ({ vector, likeness: cosine(chosen.values, vector.values) }))
      .sort((one, other) => other.likeness - one.likeness)
      .slice(0, MOST);
    facts.textContent = `${chosen.about} ${chosen.values.length} numbers by ${chosen.maker}, length ${length(chosen.values).toFixed(3)}.`;
    fill(body, rows.map(({ vector, likeness }) => row(vector, likeness)));
    empty.hidden = rows.length > 0;
    table.hidden = !rows.length;
  };
  const table = h("table", { class: "neighbours" }, h("thead", {}, h("tr", {}, ["Stage", "What", "Likeness", ""].map((name) => h("th", { scope: "col" }, name)))), body);
  chooser.onchange = draw;
  const empty = h("p", { class: "quiet" }, "The run holds nothing else of this maker to compare with.");
  const notes = own[0]!.notes;
  const root = h(
    "div",
    { class: "plain-view", "data-state": "ready" },
    h(
      "div",
      { class: "sheet" },
      h("h2", {}, "Neighbours"),
      own.length > 1 ? chooser : h("p", {}, h("strong", {}, own[0]!.label)),
      facts,
      notes.length ? h("ul", { class: "room-remarks" }, notes.map((note) => h("li", {}, note))) : null,
      table,
      empty,
    ),
  );
  draw();
  return { root, dispose: () => undefined };
}

function row(vector: Vector, likeness: number): Element {
  const bar = h("span", { class: "meter" }, h("i"));
  (bar.firstElementChild as HTMLElement).style.width = `${Math.max(0, likeness) * 100}%`;
  return h("tr", {}, h("td", {}, vector.stage), h("td", {}, vector.label), h("td", { class: "number" }, likeness.toFixed(3)), h("td", {}, bar));
}

async function vectorsIn(stage: string, file: RunFile): Promise<Vector[]> {
  const [bytes, facts] = await Promise.all([fetchBytes(file.url), getJson<Facts>(file.url.replace(/\.npz$/, ".json"))]);
  const arrays = await readNpz(bytes);
  const maker = facts?.encoder ?? facts?.generator ?? "an unknown maker";
  const notes = facts?.notes ?? [];
  const vector = arrays.get("vector");
  if (vector) {
    const nearest = facts?.nearest ? `Nearest known kind: ${facts.nearest} (${(facts.likeness ?? 0).toFixed(2)}).` : "";
    return [{ stage, label: facts?.prompt || stage, about: nearest, maker, values: new Float32Array(vector.data), notes }];
  }
  return candidates(arrays).map(({ values, score }, index) => ({ stage, label: `${facts?.name ?? stage}, candidate ${index + 1}`, about: `Resembles its prompt by ${score.toFixed(3)}.`, maker, values, notes }));
}

function candidates(arrays: Map<string, NumberArray>): { values: Float32Array; score: number }[] {
  const w = arrays.get("w");
  if (!w) return [];
  const [count = 0, width = 0] = w.shape;
  return Array.from({ length: count }, (_, index) => ({ values: new Float32Array(w.data).slice(index * width, (index + 1) * width), score: Number(arrays.get("scores")?.data[index] ?? 0) }));
}

const length = (values: Float32Array) => Math.hypot(...values);

function cosine(one: Float32Array, other: Float32Array): number {
  const product = one.reduce((sum, value, index) => sum + value * other[index]!, 0);
  return product / Math.max(length(one) * length(other), 1e-12);
}
