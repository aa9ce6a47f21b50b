// The job as a graph of cards: what each stage is, how far it is, what it took.
import { fill, h, icon, type IconName } from "./elements";
import { duration } from "./format";
import { layout, type Layout } from "./layout";
import { stageTimes, stagesOf, stateOf, type Run, type StageRecord, type State } from "./run";

export type Direction = "down" | "right";

const SIZES = {
  down: { width: 268, least: 92, height: 58, gapAcross: 10, gapAlong: 30 },
  right: { width: 216, least: 136, height: 60, gapAcross: 16, gapAlong: 48 },
};
const MOST_BESIDE = 2; // in the narrow panel, where names must stay readable
const MARGIN = 14;
const RAIL_GAP = 9;
const MOST_RAILS = 5;

export const STATE_WORDS: Record<State, string> = {
  waiting: "Waiting",
  running: "Running",
  finished: "Finished",
  reused: "Reused",
  failed: "Failed",
  skipped: "Skipped",
  stopped: "Stopped",
};

const STATE_ICONS: Record<State, IconName> = {
  waiting: "clock",
  running: "play",
  finished: "check",
  reused: "reuse",
  failed: "alert",
  skipped: "close",
  stopped: "close",
};

/** The round sign of a state; a running stage's fills with its progress. */
export function stateSign(state: State, fraction: number | null = null): Element {
  const ring =
    state === "running"
      ? h(
          "svg",
          { class: fraction === null ? "ring turning" : "ring", viewBox: "0 0 24 24", "aria-hidden": "true" },
          h("circle", { cx: 12, cy: 12, r: 9, class: "ring-track" }),
          h("circle", { cx: 12, cy: 12, r: 9, class: "ring-done", pathLength: 100, "stroke-dasharray": `${(fraction ?? 0.25) * 100} 100` }),
        )
      : icon(STATE_ICONS[state]);
  return h("span", { class: "sign", "data-state": state }, ring);
}

interface Card {
  root: HTMLButtonElement;
  shown: string;
}

export class Graph {
  readonly root: HTMLElement;
  private cards = new Map<string, Card>();
  private paths: { element: Element; from: string; to: string }[] = [];
  private plan: Layout | null = null;
  private needs = new Map<string, string[]>();
  private shape = "";
  private selected: string | null = null;
  private run: Run | null = null;
  private direction: Direction = "down";

  constructor(private readonly onselect: (id: string) => void) {
    this.root = h("div", { class: "graph", role: "group", "aria-label": "Stages of the job", onkeydown: (event: KeyboardEvent) => this.walk(event) });
    new ResizeObserver(() => this.place()).observe(this.root);
  }

  turn(direction: Direction): void {
    this.direction = direction;
    this.arrange();
    this.place();
  }

  select(id: string | null): void {
    this.selected = id;
    for (const [name, card] of this.cards) {
      card.root.setAttribute("aria-pressed", String(name === id));
      card.root.tabIndex = name === id ? 0 : -1;
    }
    for (const path of this.paths) path.element.classList.toggle("lit", path.from === id || path.to === id);
  }

  update(run: Run): void {
    this.run = run;
    const stages = stagesOf(run);
    const shape = JSON.stringify(Object.entries(stages).map(([id, stage]) => [id, stage.needs]));
    if (shape !== this.shape) {
      this.shape = shape;
      this.draw(stages);
    }
    for (const [id, stage] of Object.entries(stages)) this.refresh(id, stage, run);
    for (const path of this.paths) path.element.setAttribute("data-state", stateOf(run, path.to));
  }

  private draw(stages: Record<string, StageRecord>): void {
    this.needs = new Map(Object.entries(stages).map(([id, stage]) => [id, stage.needs ?? []]));
    this.arrange();
    if (!this.plan) return;
    this.paths = this.plan.edges.map((edge) => ({ ...edge, element: h("path", { class: "edge" }) }));
    this.cards = new Map(
      Object.keys(stages).map((id) => [
        id,
        { root: h("button", { type: "button", class: "card", "data-stage": id, tabindex: -1, onclick: () => this.onselect(id) }), shown: "" },
      ]),
    );
    const edges = h("svg", { class: "edges", "aria-hidden": "true" }, this.paths.map((path) => path.element));
    const cards = this.plan.layers.flat().map((id) => this.cards.get(id)!.root);
    fill(this.root, h("div", { class: "graph-sheet" }, edges, cards));
    if (cards[0]) cards[0].tabIndex = 0;
    this.place();
    this.select(this.selected);
  }

  private arrange(): void {
    this.plan = layout(this.needs, this.direction === "down" ? MOST_BESIDE : Infinity);
  }

  private place(): void {
    if (!this.plan || !this.root.clientWidth) return;
    const { layers, nodes, edges } = this.plan;
    const isDown = this.direction === "down";
    const size = SIZES[this.direction];
    const rails = railsOf(edges, nodes);
    const margin = MARGIN + rails.count * RAIL_GAP;
    const room = (isDown ? this.root.clientWidth : this.root.clientHeight) - margin - MARGIN;
    const roomAlong = this.root.clientWidth - 2 * MARGIN;
    const widths = layers.map((layer) => {
      const share = isDown ? (room - (layer.length - 1) * size.gapAcross) / layer.length : (roomAlong - (layers.length - 1) * size.gapAlong) / layers.length;
      return Math.max(size.least, Math.min(size.width, share));
    });
    const sides = widths.map((width) => (isDown ? width : size.height));
    const extents = layers.map((layer, depth) => layer.length * (sides[depth]! + size.gapAcross) - size.gapAcross);
    const extent = Math.max(...extents);
    const lead = margin + Math.max(0, (room - extent) / 2);
    const thick = isDown ? size.height : widths[0]!;
    const spot = (id: string): Spot => {
      const node = nodes.get(id)!;
      const across = lead + extent / 2 + node.x * (sides[node.layer]! + size.gapAcross);
      const start = MARGIN + node.layer * (thick + size.gapAlong);
      return { across, start, end: start + thick, width: widths[node.layer]! };
    };
    const sheet = this.root.firstElementChild as HTMLElement;
    const along = layers.length * (thick + size.gapAlong) - size.gapAlong + 2 * MARGIN;
    sheet.style.width = `${isDown ? Math.max(extent, room) + margin + MARGIN : along}px`;
    sheet.style.height = `${isDown ? along : Math.max(extent, room) + margin + MARGIN}px`;
    for (const [id, card] of this.cards) {
      const at = spot(id);
      const [x, y] = isDown ? [at.across - at.width / 2, at.start] : [at.start, at.across - size.height / 2];
      card.root.style.width = `${at.width}px`;
      card.root.style.transform = `translate(${x}px, ${y}px)`;
      card.root.classList.toggle("narrow", at.width < 180);
    }
    this.paths.forEach((path, index) => {
      const rail = rails.of[index] ?? null;
      const railAt = rail === null ? null : lead - 10 - rail * RAIL_GAP;
      path.element.setAttribute("d", edgePath(spot(path.from), spot(path.to), railAt, size.gapAlong, isDown));
    });
  }

  private refresh(id: string, stage: StageRecord, run: Run): void {
    const card = this.cards.get(id);
    if (!card) return;
    const state = stateOf(run, id);
    const live = run.live.get(id);
    const fraction = state === "running" ? (live?.fraction ?? null) : null;
    const time = stageTimes(run, id, stage);
    const shown = JSON.stringify([state, fraction, time, stage.stage]);
    if (shown === card.shown) return;
    card.shown = shown;
    const progress = fraction === null ? "" : `, ${Math.round(fraction * 100)} percent`;
    card.root.dataset["state"] = state;
    card.root.setAttribute("aria-label", `${id}, ${stage.stage.replace(/_/g, " ")}: ${STATE_WORDS[state]}${progress}${time ? `, ${time}` : ""}`);
    fill(
      card.root,
      stateSign(state, fraction),
      h("span", { class: "card-text" }, h("span", { class: "card-name" }, id), h("span", { class: "card-kind" }, stage.stage)),
      h("span", { class: "card-time" }, time),
    );
  }

  private walk(event: KeyboardEvent): void {
    if (!this.plan || !this.run) return;
    const id = (event.target as HTMLElement).dataset["stage"];
    const node = id ? this.plan.nodes.get(id) : undefined;
    if (!node) return;
    const isDown = this.direction === "down";
    const step = { ArrowDown: isDown ? "along" : "across", ArrowUp: isDown ? "-along" : "-across", ArrowRight: isDown ? "across" : "along", ArrowLeft: isDown ? "-across" : "-along" }[event.key];
    if (!step) return;
    event.preventDefault();
    const sign = step.startsWith("-") ? -1 : 1;
    const layer = this.plan.layers[node.layer + (step.endsWith("along") ? sign : 0)];
    const next = step.endsWith("across") ? layer?.[node.slot + sign] : layer?.[Math.min(layer.length - 1, node.slot)];
    if (!next) return;
    this.onselect(next);
    this.cards.get(next)?.root.focus();
  }
}

interface Spot {
  across: number;
  start: number;
  end: number;
  width: number;
}

/** Edges that pass over a layer run along a rail beside the cards: which rail each takes, null for the short ones. */
function railsOf(edges: Layout["edges"], nodes: Layout["nodes"]): { of: (number | null)[]; count: number } {
  const busyUntil: number[] = [];
  const of: (number | null)[] = edges.map(() => null);
  const long = edges.map((edge, index) => ({ index, from: nodes.get(edge.from)!.layer, to: nodes.get(edge.to)!.layer })).filter((edge) => edge.to - edge.from > 1);
  for (const edge of long.sort((a, b) => a.from - b.from || b.to - a.to)) {
    const free = busyUntil.findIndex((until) => until <= edge.from);
    const rail = free >= 0 ? free : Math.min(busyUntil.length, MOST_RAILS - 1);
    busyUntil[rail] = Math.max(busyUntil[rail] ?? 0, edge.to);
    of[edge.index] = rail;
  }
  return { of, count: busyUntil.length };
}

/** From one card to another: a curve between neighbours, else through the gaps between layers and along a rail. */
function edgePath(from: Spot, to: Spot, rail: number | null, gap: number, isDown: boolean): string {
  const point = (across: number, along: number) => (isDown ? `${across} ${along}` : `${along} ${across}`);
  if (rail === null) {
    const bend = (to.start - from.end) / 2;
    return `M${point(from.across, from.end)}C${point(from.across, from.end + bend)} ${point(to.across, to.start - bend)} ${point(to.across, to.start)}`;
  }
  const corner = Math.min(9, gap / 2);
  const leave = from.end + gap / 2;
  const arrive = to.start - gap / 2;
  return [
    `M${point(from.across, from.end)}L${point(from.across, leave - corner)}`,
    `Q${point(from.across, leave)} ${point(from.across - corner, leave)}L${point(rail + corner, leave)}`,
    `Q${point(rail, leave)} ${point(rail, leave + corner)}L${point(rail, arrive - corner)}`,
    `Q${point(rail, arrive)} ${point(rail + corner, arrive)}L${point(to.across - corner, arrive)}`,
    `Q${point(to.across, arrive)} ${point(to.across, arrive + corner)}L${point(to.across, to.start)}`,
  ].join("");
}

const PLAUSIBLE_SECONDS = 7 * 24 * 3600;

/** How long the run took, or has been going by this machine's clock. */
function elapsed(run: Run): number {
  const told = run.manifest?.seconds ?? 0;
  if (run.manifest?.status !== "running" || !run.manifest.started) return told;
  const since = (Date.now() - Date.parse(run.manifest.started)) / 1000;
  return since > told && since < PLAUSIBLE_SECONDS ? since : told;
}

/** The line under the run's name: what is going on, for how long. */
export function runLine(run: Run): string {
  const ids = Object.keys(stagesOf(run));
  const count = (state: State) => ids.filter((id) => stateOf(run, id) === state).length;
  const parts = [
    [count("finished"), "ran"],
    [count("reused"), "reused"],
    [count("failed"), "failed"],
    [count("skipped") + count("stopped"), "left out"],
    [count("running"), "running"],
    [count("waiting"), "waiting"],
  ] as const;
  const text = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  const seconds = elapsed(run);
  return [...text, ...(seconds ? [duration(seconds)] : [])].join(" · ");
}
