// Maps of classes: a colour for each kind of thing with a bar of how much of the picture it takes, and what the pointer is on.
import { fill, h } from "./elements";
import { fetchBytes } from "./bytes";
import { getJson } from "./connection";
import { length } from "./format";
import { readNpz, type NumberArray } from "./npz";
import type { RunFile } from "./run";
import type { View } from "./views";

interface NamedClass {
  name: string;
  color: [number, number, number];
}

/** Maps as `*.npz` with `semantic` (h, w), and `instance`, `near` and `far` of the same size where there are such. */
export async function showClasses(files: RunFile[], classes: RunFile): Promise<View> {
  const named = (await getJson<NamedClass[]>(classes.url)) ?? [];
  const canvas = h("canvas", { class: "large-picture", role: "img" });
  const legend = h("ul", { class: "class-legend", "aria-label": "Classes" });
  const reading = h("output", { class: "reading" });
  const slider = h("input", { type: "range", min: 0, max: files.length - 1, value: 0, "aria-label": "Which map", oninput: () => void open(Number(slider.value)) });
  const root = h("div", { class: "gallery" }, h("div", { class: "large" }, canvas), h("div", { class: "class-foot" }, legend), h("div", { class: "depth-foot" }, files.length > 1 ? slider : null, reading));
  let arrays = new Map<string, NumberArray>();

  async function open(index: number): Promise<void> {
    const file = files[index]!;
    arrays = await readNpz(await fetchBytes(file.url));
    const map = arrays.get("semantic");
    if (!map) throw new Error(`${file.name} holds no classes`);
    const shares = paint(canvas, map, named);
    fill(legend, shares.map(([number, share]) => legendLine(named[number], number, share)));
    canvas.setAttribute("aria-label", `Classes of ${file.name}: ${shares.map(([number]) => named[number]?.name ?? number).join(", ")}`);
    root.dataset["state"] = "ready";
  }

  canvas.addEventListener("pointermove", (event) => {
    const x = Math.min(canvas.width - 1, Math.floor((event.offsetX / canvas.clientWidth) * canvas.width));
    const y = Math.min(canvas.height - 1, Math.floor((event.offsetY / canvas.clientHeight) * canvas.height));
    const at = (name: string) => arrays.get(name)?.data[y * canvas.width + x];
    const number = Number(at("semantic") ?? 0);
    const [instance, near, far] = ["instance", "near", "far"].map((name) => Number(at(name) ?? NaN)) as [number, number, number];
    const where = Number.isFinite(near) ? `, ${length(near)} to ${length(far)} away` : "";
    reading.textContent = `${named[number]?.name ?? number}${instance > 0 ? ` (thing ${instance})` : ""}${where}`;
  });
  await open(0);
  return { root, dispose: () => undefined };
}

function legendLine(kind: NamedClass | undefined, number: number, share: number): Element {
  const swatch = h("i", { class: "swatch" });
  swatch.style.background = `rgb(${(kind?.color ?? [128, 128, 128]).join(" ")})`;
  return h("li", {}, swatch, h("span", {}, kind?.name.replaceAll("_", " ") ?? String(number)), h("span", { class: "quiet" }, `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`));
}

/** Paints the map; the numbers in it with their shares, the most frequent first. */
function paint(canvas: HTMLCanvasElement, map: NumberArray, named: NamedClass[]): [number, number][] {
  const [height, width] = map.shape as [number, number];
  const counts = new Map<number, number>();
  const pixels = new ImageData(width, height);
  for (let at = 0; at < width * height; at++) {
    const number = Number(map.data[at]);
    counts.set(number, (counts.get(number) ?? 0) + 1);
    pixels.data.set([...(named[number]?.color ?? [128, 128, 128]), 255], at * 4);
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.putImageData(pixels, 0, 0);
  return [...counts].sort((one, other) => other[1] - one[1]).map(([number, count]) => [number, count / (width * height)]);
}
