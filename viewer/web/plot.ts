// Curves of a measure over steps, drawn as a small picture with its first, last and best value.
import { h } from "./elements";
import { number, words } from "./format";

export interface Series {
  name: string;
  points: [number, number][];
}

const WIDTH = 280;
const HEIGHT = 96;
const INSET = 6;

/** The curve a metric holds: numbers in a row, or pairs of step and value; nothing where it holds none. */
export function seriesIn(name: string, value: unknown): Series[] {
  if (!Array.isArray(value) || value.length < 3) return [];
  const isPair = (one: unknown) => Array.isArray(one) && one.length === 2 && one.every((part) => typeof part === "number");
  if (value.length > 6 && value.every((one) => typeof one === "number")) return [{ name, points: value.map((y, x) => [x, y as number]) }];
  if (value.every(isPair)) return [{ name, points: value as [number, number][] }];
  return [];
}

export function plot(series: Series): HTMLElement {
  const finite = series.points.filter((point) => point.every(Number.isFinite));
  const xs = finite.map((point) => point[0]);
  const ys = finite.map((point) => point[1]);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const x = (value: number) => INSET + ((value - left) / (right - left || 1)) * (WIDTH - 2 * INSET);
  const y = (value: number) => HEIGHT - INSET - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * INSET);
  const line = finite.map((point) => `${x(point[0]).toFixed(1)},${y(point[1]).toFixed(1)}`).join(" ");
  const last = finite.at(-1);
  const label = `${words(series.name)}: from ${number(ys[0] ?? NaN)} to ${number(ys.at(-1) ?? NaN)}, lowest ${number(low)}, highest ${number(high)}`;
  return h(
    "figure",
    { class: "plot" },
    h("figcaption", {}, h("span", {}, words(series.name)), h("strong", {}, last ? number(last[1]) : "–")),
    h(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
      h("polyline", { points: `${INSET},${HEIGHT - INSET} ${line} ${x(right)},${HEIGHT - INSET}`, class: "plot-area" }),
      h("polyline", { points: line, class: "plot-line" }),
      last ? h("circle", { cx: x(last[0]), cy: y(last[1]), r: 3, class: "plot-dot" }) : null,
    ),
    h("div", { class: "plot-ends quiet" }, h("span", {}, `lowest ${number(low)}`), h("span", {}, `highest ${number(high)}`)),
  );
}
