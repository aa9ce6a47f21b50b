// Depth maps in false colour, with a bar that says which colour is how many metres, and the depth under the pointer.
import { fill, h } from "./elements";
import { length, number } from "./format";
import type { Views } from "./cameras";
import { fetchBytes } from "./bytes";
import { readNpy, readNpz } from "./npz";
import { readGreyPng, type GreyImage } from "./png16";
import type { RunFile } from "./run";
import type { View } from "./views";

const TURBO = [
  [48, 18, 59], [70, 107, 227], [40, 187, 236], [49, 242, 153], [162, 252, 60], [237, 208, 58], [251, 128, 34], [210, 49, 5], [122, 4, 3],
] as const;

interface Encoding {
  scale: number;
  none: number[];
  isMetric: boolean;
}

export function showDepth(files: RunFile[], views: RunFile | null): View {
  const canvas = h("canvas", { class: "large-picture", role: "img" });
  const bar = h("div", { class: "legend-bar turbo" });
  const ends = h("div", { class: "legend-ends" });
  const reading = h("output", { class: "reading" });
  const caption = h("p", { class: "caption" });
  const slider = h("input", { type: "range", min: 0, max: files.length - 1, value: 0, "aria-label": "Which depth map", oninput: () => void open(Number(slider.value)) });
  const root = h("div", { class: "gallery" }, h("div", { class: "large" }, canvas), caption, h("div", { class: "depth-foot" }, files.length > 1 ? slider : null, h("div", { class: "legend inline" }, bar, ends), reading));
  const encoding = encodingOf(views);
  let shown: { image: GreyImage; rule: Encoding } | null = null;
  let asked = 0;

  async function open(index: number): Promise<void> {
    const turn = ++asked;
    const file = files[index]!;
    const [image, rule] = [await readLevels(file), await encoding];
    if (turn !== asked) return;
    if (!image) {
      fill(caption, `${file.name} is a kind of depth file that the page cannot read.`);
      return;
    }
    shown = { image, rule };
    const [near, far] = paint(canvas, image, rule);
    const say = (value: number) => (rule.isMetric ? length(value) : number(value));
    const isInverse = /inverse/.test(file.name); // its unit is that of whatever network made it
    const marks = isInverse ? ["far", "", "near"] : [say(near), say((near + far) / 2), say(far)];
    fill(ends, marks.map((mark) => h("span", {}, mark)));
    fill(caption, h("strong", {}, file.name), files.length > 1 ? ` ${index + 1} of ${files.length}` : "");
    canvas.setAttribute("aria-label", `Depth ${file.name}, from ${say(near)} to ${say(far)}`);
    root.dataset["state"] = "ready";
  }

  canvas.addEventListener("pointermove", (event) => {
    if (!shown) return;
    const { image, rule } = shown;
    const x = Math.floor((event.offsetX / canvas.clientWidth) * image.width);
    const y = Math.floor((event.offsetY / canvas.clientHeight) * image.height);
    const level = image.levels[y * image.width + x] ?? 0;
    const value = level * rule.scale;
    reading.textContent = isMeasured(level, rule) ? `${rule.isMetric ? length(value) : number(value)} at ${x}, ${y}` : `nothing measured at ${x}, ${y}`;
  });
  void open(0);
  return { root, dispose: () => undefined };
}

async function encodingOf(views: RunFile | null): Promise<Encoding> {
  if (!views) return { scale: 1, none: [0], isMetric: false };
  const content = JSON.parse(new TextDecoder().decode(await fetchBytes(views.url))) as Views & { scene?: { unit?: string } };
  const rule = content.depth_encoding;
  return { scale: rule?.units_per_step ?? 1, none: [0, ...(rule?.none_values ?? [])], isMetric: content.scene?.unit !== "unknown" };
}

async function readLevels(file: RunFile): Promise<GreyImage | null> {
  const buffer = await fetchBytes(file.url);
  if (file.name.endsWith(".png")) return readGreyPng(buffer);
  const arrays = file.name.endsWith(".npz") ? [...(await readNpz(buffer)).values()] : [readNpy(new Uint8Array(buffer))];
  const array = arrays.find((one) => one && one.shape.length >= 2 && one.shape.at(-1)! > 4);
  if (!array) return null;
  const [height, width] = array.shape.slice(-2) as [number, number];
  return { width, height, levels: Float32Array.from(array.data.subarray(0, width * height)) };
}

const isMeasured = (level: number, rule: Encoding) => Number.isFinite(level) && level > 0 && !rule.none.includes(level);

/** Paint levels in colour between their 1st and 99th hundredth; returns those two, in the encoding's unit. */
function paint(canvas: HTMLCanvasElement, image: GreyImage, rule: Encoding): [number, number] {
  const sample = Float32Array.from(image.levels.filter((level) => isMeasured(level, rule))).sort();
  const near = sample[Math.floor(sample.length * 0.01)] ?? 0;
  const far = sample[Math.floor(sample.length * 0.99)] ?? 1;
  canvas.width = image.width;
  canvas.height = image.height;
  const pixels = new ImageData(image.width, image.height);
  for (let at = 0; at < image.levels.length; at++) {
    const level = image.levels[at]!;
    if (!isMeasured(level, rule)) continue;
    const part = Math.min(1, Math.max(0, (level - near) / (far - near || 1))) * (TURBO.length - 1);
    const low = TURBO[Math.min(TURBO.length - 2, Math.floor(part))]!;
    const high = TURBO[Math.min(TURBO.length - 1, Math.floor(part) + 1)]!;
    const mix = part - Math.min(TURBO.length - 2, Math.floor(part));
    for (let channel = 0; channel < 3; channel++) pixels.data[at * 4 + channel] = low[channel]! * (1 - mix) + high[channel]! * mix;
    pixels.data[at * 4 + 3] = 255;
  }
  canvas.getContext("2d")!.putImageData(pixels, 0, 0);
  return [near * rule.scale, far * rule.scale];
}
