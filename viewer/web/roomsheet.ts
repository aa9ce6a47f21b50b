// The floor plan of a room as a drawing: boxes are drawn, moved, turned and pulled by the pointer or the keys.
import { fill, h } from "./elements";
import { namePlaces } from "./planlabels";
import { extent, footprint, fitOpenings, freeName, newBox, openingEnds, pullCorner, snap, STEP, toBox, TURN, wallOf, type Box, type Opening, type Plan, type Point, type RoomClass } from "./roomplan";

export type Chosen = { kind: "box" | "opening" | "wall"; index: number } | null;

/** What the drawing and the list share; `changed` follows each change, `keep` each finished one. */
export interface Desk {
  plan: Plan;
  chosen: Chosen;
  classes: RoomClass[];
  /** What the server finds wrong with each box's place, in a few words; the empty string where nothing is. */
  complaints: string[];
  /** The class that is drawn next; null while things are only chosen and moved. */
  drawing: string | null;
  choose(chosen: Chosen): void;
  changed(): void;
  keep(): void;
}

type Move = (to: Point, isFree: boolean) => void;

export class Sheet {
  readonly root: SVGSVGElement;
  private scale = 100;
  private middle: Point = [0, 0];
  private move: Move | null = null;
  private hasMoved = false;

  constructor(private readonly desk: Desk) {
    this.root = h("svg", { class: "sheet-2d", tabindex: 0, role: "application", "aria-label": "Floor plan. Arrow keys move the chosen box, R turns it, Delete removes it." }) as SVGSVGElement;
    this.root.addEventListener("pointerdown", (event) => this.press(event));
    this.root.addEventListener("pointermove", (event) => this.drag(event));
    this.root.addEventListener("pointerup", () => this.release());
    this.root.addEventListener("pointercancel", () => this.release());
    this.root.addEventListener("keydown", (event) => this.key(event));
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  draw(): void {
    const { width, height } = this.root.getBoundingClientRect();
    if (!width || !height) return;
    if (!this.move) this.fit(width, height);
    const { plan, chosen } = this.desk;
    const [ox, oz] = [width / 2 - this.middle[0] * this.scale, height / 2 - this.middle[1] * this.scale];
    const at = ([x, z]: Point) => `${(ox + x * this.scale).toFixed(1)},${(oz + z * this.scale).toFixed(1)}`;
    const { low, high } = extent(plan.floor);
    const lines: Element[] = [];
    for (let x = Math.ceil(low[0]); x <= high[0]; x++) lines.push(this.line([x, low[1]], [x, high[1]], at, "plan-grid"));
    for (let z = Math.ceil(low[1]); z <= high[1]; z++) lines.push(this.line([low[0], z], [high[0], z], at, "plan-grid"));
    const order = plan.boxes.map((_, index) => index).sort((a, b) => plan.boxes[a]!.center[1] + plan.boxes[a]!.size[1] / 2 - plan.boxes[b]!.center[1] - plan.boxes[b]!.size[1] / 2);
    const names = namePlaces(order.map((index) => plan.boxes[index]!), this.scale);
    fill(
      this.root,
      h("polygon", { points: plan.floor.map(at).join(" "), class: "plan-floor", "data-part": "floor" }),
      lines,
      plan.floor.map((_, index) => {
        const wall = wallOf(plan.floor, index);
        const isChosen = chosen?.kind === "wall" && chosen.index === index;
        return this.line(wall.start, wall.end, at, isChosen ? "plan-wall chosen" : "plan-wall", { "data-part": "wall", "data-index": index });
      }),
      plan.openings.map((opening, index) => {
        const isChosen = chosen?.kind === "opening" && chosen.index === index;
        return this.line(...openingEnds(plan.floor, opening), at, `plan-opening ${opening.kind}${isChosen ? " chosen" : ""}`, { "data-part": "opening", "data-index": index });
      }),
      order.map((index) => this.box(plan.boxes[index]!, index, at)),
      names.map((place, rank) => (place ? h("text", { ...textAt(at(place)), class: "plan-name" }, plan.boxes[order[rank]!]!.name) : null)),
      chosen?.kind === "box" && plan.boxes[chosen.index] ? this.handles(plan.boxes[chosen.index]!, at) : null,
      plan.floor.map((corner, index) => h("circle", { ...centre(at(corner)), r: 6, class: "plan-corner", "data-part": "corner", "data-index": index })),
      this.measures(at),
    );
  }

  private fit(width: number, height: number): void {
    const { low, high } = extent(this.desk.plan.floor);
    this.scale = Math.min((width - 150) / Math.max(high[0] - low[0], 0.5), (height - 110) / Math.max(high[1] - low[1], 0.5));
    this.middle = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
  }

  private line(from: Point, to: Point, at: (point: Point) => string, name: string, more: Record<string, unknown> = {}): Element {
    return h("polyline", { points: `${at(from)} ${at(to)}`, class: name, ...more });
  }

  private box(box: Box, index: number, at: (point: Point) => string): Element {
    const corners = footprint(box);
    const isChosen = this.desk.chosen?.kind === "box" && this.desk.chosen.index === index;
    const wrong = this.desk.complaints[index] ?? "";
    const shape = h("polygon", { points: corners.map(at).join(" "), class: `plan-box${isChosen ? " chosen" : ""}${wrong ? " wrong" : ""}`, "data-part": "box", "data-index": index }, h("title", {}, wrong ? `${box.name} ${wrong}` : box.name)) as SVGElement;
    shape.style.setProperty("--of-class", `rgb(${(this.desk.classes.find((kind) => kind.name === box.label)?.color ?? [128, 128, 128]).join(" ")})`);
    return h("g", {}, shape, this.line(corners[0]!, corners[1]!, at, "plan-front"));
  }

  private handles(box: Box, at: (point: Point) => string): Element {
    const knob = this.knob(box);
    return h(
      "g",
      {},
      footprint(box).map((corner, index) => h("circle", { ...centre(at(corner)), r: 6, class: "plan-handle", "data-part": "size", "data-index": index })),
      this.line([box.center[0], box.center[2]], knob, at, "plan-stalk"),
      h("circle", { ...centre(at(knob)), r: 7, class: "plan-handle turn", "data-part": "turn" }),
    );
  }

  /** Where the handle is that turns a box: in front of it. */
  private knob(box: Box): Point {
    const s = box.size[2] / 2 + 26 / this.scale;
    return [box.center[0] + Math.sin(box.yaw) * s, box.center[2] + Math.cos(box.yaw) * s];
  }

  private measures(at: (point: Point) => string): Element[] {
    return this.desk.plan.floor.map((_, index) => {
      const wall = wallOf(this.desk.plan.floor, index);
      const [right, down] = [-wall.along[1], wall.along[0]]; // outwards
      const away = (Math.abs(right) > 0.5 ? 10 : 22) / this.scale;
      const place: Point = [(wall.start[0] + wall.end[0]) / 2 + right * away, (wall.start[1] + wall.end[1]) / 2 + down * away];
      const side = right > 0.5 ? " at-right" : right < -0.5 ? " at-left" : "";
      return h("text", { ...textAt(at(place)), class: `plan-measure${side}` }, `${wall.length.toFixed(2)} m`);
    });
  }

  private place(event: PointerEvent): Point {
    const { left, top, width, height } = this.root.getBoundingClientRect();
    return [(event.clientX - left - width / 2) / this.scale + this.middle[0], (event.clientY - top - height / 2) / this.scale + this.middle[1]];
  }

  private press(event: PointerEvent): void {
    const target = event.target as SVGElement;
    const part = target.dataset["part"] ?? "";
    const index = Number(target.dataset["index"]);
    const from = this.place(event);
    this.root.focus();
    this.root.setPointerCapture(event.pointerId);
    this.hasMoved = false;
    this.move = this.beginning(part, index, from);
    this.desk.changed();
  }

  private beginning(part: string, index: number, from: Point): Move | null {
    const { plan, drawing, chosen } = this.desk;
    const box = chosen?.kind === "box" ? plan.boxes[chosen.index] : undefined;
    if (part === "size" && box) return (to) => pullCorner(box, index, to);
    if (part === "turn" && box) return (to, isFree) => {
      const yaw = Math.atan2(to[0] - box.center[0], to[1] - box.center[2]);
      box.yaw = isFree ? yaw : snap(yaw / TURN, 1) * TURN;
    };
    if (part === "corner") return (to, isFree) => {
      plan.floor[index] = isFree ? to : [snap(to[0]), snap(to[1])];
      fitOpenings(plan);
    };
    if (drawing && (part === "floor" || part === "box" || part === "")) return this.newBox(drawing, from);
    if (part === "box") {
      this.desk.choose({ kind: "box", index });
      return carry(plan.boxes[index]!, from);
    }
    if (part === "opening") {
      this.desk.choose({ kind: "opening", index });
      return this.slide(plan.openings[index]!, from);
    }
    this.desk.choose(part === "wall" ? { kind: "wall", index } : null);
    return null;
  }

  /** A click puts the class's usual size there; pulling draws the size. */
  private newBox(label: string, from: Point): Move {
    const { plan, classes } = this.desk;
    const kind = classes.find((one) => one.name === label) ?? classes[0]!;
    const box = newBox(plan, kind, from);
    plan.boxes.push(box);
    this.desk.choose({ kind: "box", index: plan.boxes.length - 1 });
    this.hasMoved = true;
    return (to) => {
      if (Math.hypot(to[0] - from[0], to[1] - from[1]) * this.scale < 12 || kind.stands === "wall") return;
      const [w, d] = toBox(box, to[0] - from[0], to[1] - from[1]);
      box.size = [Math.max(STEP, snap(Math.abs(w))), box.size[1], Math.max(STEP, snap(Math.abs(d)))];
      box.center = [(from[0] + to[0]) / 2, box.center[1], (from[1] + to[1]) / 2];
    };
  }

  private slide(opening: Opening, from: Point): Move {
    const { along } = wallOf(this.desk.plan.floor, opening.wall);
    const offset = opening.offset;
    return (to, isFree) => {
      const by = (to[0] - from[0]) * along[0] + (to[1] - from[1]) * along[1];
      opening.offset = isFree ? offset + by : snap(offset + by);
      fitOpenings(this.desk.plan);
    };
  }

  private drag(event: PointerEvent): void {
    if (!this.move) return;
    this.move(this.place(event), event.altKey);
    this.hasMoved = true;
    this.desk.changed();
  }

  private release(): void {
    if (!this.move) return;
    this.move = null;
    if (this.hasMoved) this.desk.keep();
    this.desk.changed();
  }

  private key(event: KeyboardEvent): void {
    const { plan, chosen } = this.desk;
    const box = chosen?.kind === "box" ? plan.boxes[chosen.index] : undefined;
    const step = event.shiftKey ? 10 * STEP : STEP;
    const moves: Record<string, Point> = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    const by = moves[event.key];
    if (event.key === "Escape") this.desk.choose(null);
    else if (box && by) box.center = [box.center[0] + by[0], box.center[1], box.center[2] + by[1]];
    else if (box && event.key.toLowerCase() === "r") box.yaw += event.shiftKey ? -TURN : TURN;
    else if (event.key === "Delete" || event.key === "Backspace") remove(this.desk);
    else if (box && event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) duplicate(this.desk, box);
    else return;
    event.preventDefault();
    this.desk.keep();
    this.desk.changed();
  }
}

function carry(box: Box, from: Point): Move {
  const start = [...box.center] as Box["center"];
  return (to, isFree) => {
    const [x, z] = [start[0] + to[0] - from[0], start[2] + to[1] - from[1]];
    box.center = isFree ? [x, start[1], z] : [snap(x), start[1], snap(z)];
  };
}

export function remove(desk: Desk): void {
  const chosen = desk.chosen;
  if (chosen?.kind === "box") desk.plan.boxes.splice(chosen.index, 1);
  if (chosen?.kind === "opening") desk.plan.openings.splice(chosen.index, 1);
  desk.choose(null);
}

export function duplicate(desk: Desk, box: Box): void {
  desk.plan.boxes.push({ ...structuredClone(box), name: freeName(desk.plan, box.label), center: [box.center[0] + 0.2, box.center[1], box.center[2] + 0.2] });
  desk.choose({ kind: "box", index: desk.plan.boxes.length - 1 });
}

function textAt(place: string): { x: string; y: string } {
  const [x, y] = place.split(",") as [string, string];
  return { x, y };
}

function centre(place: string): { cx: string; cy: string } {
  const [cx, cy] = place.split(",") as [string, string];
  return { cx, cy };
}
