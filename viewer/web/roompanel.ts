// What stands in the room as a list, and the measures of what is chosen as fields.
import { fill, h, iconButton, type Child } from "./elements";
import { emptyPlan, extent, fitOpenings, newBox, resized, TURN, wallOf, type Box, type Opening, type Plan } from "./roomplan";
import { duplicate, remove, type Desk } from "./roomsheet";

interface Measure {
  label: string;
  value: number;
  unit?: string;
  least?: number;
  step?: number;
  set(value: number): void;
}

export class Panel {
  readonly root = h("div", { class: "room-panel" });
  private shown = "";

  constructor(private readonly desk: Desk) {}

  /** The fields again, unless one of them is being typed into and says the same already. */
  draw(): void {
    const { plan, chosen, drawing } = this.desk;
    const shown = JSON.stringify([plan, chosen, drawing]);
    if (shown === this.shown) return;
    this.shown = shown;
    const active = document.activeElement as HTMLElement | null;
    const alike = () => [...this.root.querySelectorAll<HTMLElement>(`[data-field="${active?.dataset["field"]}"]`)];
    const place = active ? alike().indexOf(active) : -1; // the room and the chosen box both have a width
    fill(this.root, this.room(plan), this.adding(), this.list(plan), this.inspector(plan), remarks(plan));
    alike()[place]?.focus();
  }

  private room(plan: Plan): Element {
    const { low, high } = extent(plan.floor);
    const [width, depth] = [high[0] - low[0], high[1] - low[1]];
    const floor = (w: number, d: number) => {
      plan.floor = resized(plan.floor, w, d);
      fitOpenings(plan);
    };
    return section(
      "Room",
      this.text("Name", plan.name, (value) => (plan.name = value || "room")),
      this.text("Style", plan.style, (value) => (plan.style = value), "scandinavian, light oak, a blue sofa"),
      this.measures([
        { label: "Width", value: width, unit: "m", least: 0.5, set: (value) => floor(value, depth) },
        { label: "Depth", value: depth, unit: "m", least: 0.5, set: (value) => floor(width, value) },
        { label: "Height", value: plan.height, unit: "m", least: 1.5, set: (value) => { plan.height = value; fitOpenings(plan); } },
      ]),
    );
  }

  private adding(): Element {
    const { classes, drawing } = this.desk;
    const select = h(
      "select",
      { class: "small-select wide", "data-field": "add", "aria-label": "What to draw", onchange: () => this.apply(() => (this.desk.drawing = select.value || null)) },
      h("option", { value: "" }, "Choose and move things"),
      classes.map((kind) => h("option", { value: kind.name }, `Draw: ${words(kind.name)}`)),
    );
    select.value = drawing ?? "";
    const put = () => {
      const kind = classes.find((one) => one.name === select.value) ?? classes[0]!;
      const { low, high } = extent(this.desk.plan.floor);
      this.desk.plan.boxes.push(newBox(this.desk.plan, kind, [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2]));
      this.desk.choose({ kind: "box", index: this.desk.plan.boxes.length - 1 });
    };
    const hint = drawing ? `Click in the plan for a ${words(drawing)} of the usual size, or pull one of your own.` : "";
    return section("Draw", h("div", { class: "room-row" }, select, h("button", { type: "button", class: "button", disabled: !drawing, "data-tool": "put", onclick: () => this.apply(put) }, "Put in the middle")), hint ? h("p", { class: "quiet" }, hint) : null);
  }

  /** Say beside each box what is wrong with it, without touching what a person may be typing. */
  mark(): void {
    for (const item of this.root.querySelectorAll<HTMLElement>("[data-box]")) {
      const wrong = this.desk.complaints[Number(item.dataset["box"])] ?? "";
      const note = item.lastElementChild as HTMLElement;
      note.className = wrong ? "bad" : "quiet";
      note.textContent = wrong || item.dataset["about"]!;
    }
  }

  private list(plan: Plan): Element {
    const row = (kind: "box" | "opening", index: number, name: string, about: string) => {
      const isChosen = this.desk.chosen?.kind === kind && this.desk.chosen.index === index;
      return h(
        "li",
        {},
        h("button", { type: "button", class: "room-item", "aria-pressed": String(isChosen), [`data-${kind}`]: index, "data-about": about, onclick: () => this.apply(() => this.desk.choose({ kind, index }), false) }, h("span", {}, name), h("span", { class: "quiet" }, about)),
      );
    };
    return section(
      `In the room (${plan.boxes.length})`,
      h(
        "ul",
        { class: "room-list" },
        plan.boxes.map((box, index) => row("box", index, words(box.name), box.size.map((side) => side.toFixed(2)).join(" × "))),
        plan.openings.map((opening, index) => row("opening", index, `${opening.kind} in wall ${opening.wall + 1}`, `${opening.width.toFixed(2)} × ${opening.height.toFixed(2)}`)),
      ),
    );
  }

  private inspector(plan: Plan): Element | null {
    const chosen = this.desk.chosen;
    if (chosen?.kind === "box" && plan.boxes[chosen.index]) return this.boxFields(plan, plan.boxes[chosen.index]!);
    if (chosen?.kind === "opening" && plan.openings[chosen.index]) return this.openingFields(plan.openings[chosen.index]!);
    return chosen?.kind === "wall" ? this.wallTools(plan, chosen.index) : null;
  }

  private boxFields(plan: Plan, box: Box): Element {
    const kinds = h("select", { class: "small-select wide", "data-field": "label", "aria-label": "Kind", onchange: () => this.apply(() => (box.label = kinds.value)) }, this.desk.classes.map((kind) => h("option", { value: kind.name }, words(kind.name))));
    kinds.value = box.label;
    const size = (axis: 0 | 1 | 2) => (value: number) => {
      if (axis === 1) box.center[1] += (value - box.size[1]) / 2;
      box.size[axis] = value;
    };
    const degrees = Math.round((((box.yaw * 180) / Math.PI) % 360 + 360) % 360);
    return section(
      "Chosen",
      kinds,
      this.text("Name", box.name, (value) => (box.name = value && plan.boxes.every((one) => one === box || one.name !== value) ? value : box.name)),
      this.text("Looks", box.style, (value) => (box.style = value), "red velvet"),
      this.measures([
        { label: "Width", value: box.size[0], unit: "m", least: 0.01, set: size(0) },
        { label: "Height", value: box.size[1], unit: "m", least: 0.004, set: size(1) },
        { label: "Depth", value: box.size[2], unit: "m", least: 0.01, set: size(2) },
        { label: "Above floor", value: box.center[1] - box.size[1] / 2, unit: "m", set: (value) => (box.center[1] = value + box.size[1] / 2) },
        { label: "Turned", value: degrees, unit: "°", step: 15, set: (value) => (box.yaw = (value * Math.PI) / 180) },
      ]),
      h(
        "div",
        { class: "room-row" },
        iconButton("reuse", "Turn by 15 degrees", () => this.apply(() => (box.yaw += TURN))),
        iconButton("layers", "Duplicate", () => this.apply(() => duplicate(this.desk, box))),
        iconButton("close", "Remove", () => this.apply(() => remove(this.desk))),
      ),
    );
  }

  private openingFields(opening: Opening): Element {
    const fitted = (set: (value: number) => void) => (value: number) => {
      set(value);
      fitOpenings(this.desk.plan);
    };
    return section(
      `Chosen ${opening.kind}`,
      this.measures([
        { label: "Width", value: opening.width, unit: "m", least: 0.2, set: fitted((value) => (opening.width = value)) },
        { label: "Height", value: opening.height, unit: "m", least: 0.2, set: fitted((value) => (opening.height = value)) },
        { label: "Along wall", value: opening.offset, unit: "m", set: fitted((value) => (opening.offset = value)) },
        ...(opening.kind === "window" ? [{ label: "Sill", value: opening.sill, unit: "m", set: fitted((value) => (opening.sill = value)) }] : []),
      ]),
      h("div", { class: "room-row" }, iconButton("close", "Remove", () => this.apply(() => remove(this.desk)))),
    );
  }

  private wallTools(plan: Plan, wall: number): Element {
    const { length, start, end } = wallOf(plan.floor, wall);
    const [window, door] = emptyPlan().openings as [Opening, Opening];
    const add = (like: Opening) => () => {
      plan.openings.push({ ...like, wall, offset: Math.max(0.05, (length - like.width) / 2) });
      fitOpenings(plan);
      this.desk.choose({ kind: "opening", index: plan.openings.length - 1 });
    };
    const corner = () => {
      plan.floor.splice(wall + 1, 0, [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2]);
      for (const opening of plan.openings) if (opening.wall > wall) opening.wall += 1;
      fitOpenings(plan);
    };
    const drop = () => {
      plan.floor.splice(wall, 1);
      plan.openings = plan.openings.filter((opening) => opening.wall !== wall);
      for (const opening of plan.openings) if (opening.wall > wall) opening.wall -= 1;
      fitOpenings(plan);
      this.desk.choose(null);
    };
    const button = (label: string, act: () => void) => h("button", { type: "button", class: "button", onclick: () => this.apply(act) }, label);
    return section(`Wall ${wall + 1}, ${length.toFixed(2)} m`, h("div", { class: "room-row" }, button("Add door", add(door)), button("Add window", add(window)), button("Add corner", corner), plan.floor.length > 3 ? button("Drop corner", drop) : null));
  }

  private text(label: string, value: string, set: (value: string) => void, placeholder = ""): Element {
    const input = h("input", { type: "text", value, placeholder, maxlength: 300, "data-field": label, onchange: () => this.apply(() => set(input.value.trim())) });
    return h("label", { class: "field" }, h("span", {}, label), input);
  }

  private measures(fields: Measure[]): Element {
    return h(
      "div",
      { class: "measures" },
      fields.map((field) => {
        const input = h("input", {
          type: "number",
          step: field.step ?? 0.05,
          value: Number(field.value.toFixed(3)),
          "data-field": field.label,
          onchange: () => Number.isFinite(input.valueAsNumber) && this.apply(() => field.set(Math.max(input.valueAsNumber, field.least ?? -1e3))),
        });
        return h("label", { class: "field" }, h("span", {}, `${field.label}${field.unit ? ` (${field.unit})` : ""}`), input);
      }),
    );
  }

  private apply(change: () => unknown, isWorthKeeping = true): void {
    change();
    if (isWorthKeeping) this.desk.keep();
    this.desk.changed();
  }
}

function remarks(plan: Plan): Element | null {
  return plan.repairs.length ? section("Mended on reading", h("ul", { class: "room-remarks" }, plan.repairs.map((line) => h("li", {}, line)))) : null;
}

function section(title: string, ...content: Child[]): Element {
  return h("section", {}, h("h3", {}, title), ...content);
}

export const words = (name: string) => name.replaceAll("_", " ");
