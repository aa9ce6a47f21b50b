// All that a run says of one stage: state, cost, measures, settings, files, log.
import { fill, h, icon, type Child } from "./elements";
import { bytes, duration, length, number, words } from "./format";
import { STATE_WORDS, stateSign } from "./graph";
import { plot, seriesIn } from "./plot";
import { errorOf, filesOf, stagesOf, stateOf, type Run, type RunFile, type StageRecord, type State } from "./run";

const REASON_WORDS: Partial<Record<State, string>> = { finished: "Why it ran: ", running: "Why it runs: ", reused: "Why it was reused: " };

export interface DetailActions {
  select(id: string): void;
  open(file: RunFile): void;
}

export class Details {
  readonly root = h("div", { class: "details" });
  private shown = "";
  private logBox: HTMLElement | null = null;
  private logShown = 0;

  constructor(private readonly actions: DetailActions) {}

  update(run: Run, id: string | null): void {
    const stage = id ? stagesOf(run)[id] : undefined;
    if (!id || !stage) {
      this.shown = "";
      fill(this.root, h("p", { class: "quiet" }, "Choose a stage to see what it did."));
      return;
    }
    const state = stateOf(run, id);
    const live = run.live.get(id);
    const config = run.job?.stages?.[id]?.config;
    const shown = JSON.stringify([id, stage, state, config, state === "running" ? live?.fraction : 0, live?.message, live?.etaSeconds]);
    if (shown !== this.shown) {
      const scroll = this.root.parentElement?.scrollTop ?? 0;
      this.shown = shown;
      this.draw(run, id, stage);
      if (this.root.parentElement) this.root.parentElement.scrollTop = scroll;
    }
    this.updateLog(run, id);
  }

  private draw(run: Run, id: string, stage: StageRecord): void {
    const state = stateOf(run, id);
    const live = run.live.get(id);
    const error = errorOf(stage);
    this.logBox = h("div", { class: "log", role: "log", "aria-label": "Log", tabindex: 0 });
    this.logShown = 0;
    fill(
      this.root,
      h(
        "header",
        { class: "details-head" },
        stateSign(state, live?.fraction ?? null),
        h("div", {}, h("h2", {}, id), h("p", { class: "quiet" }, `${words(stage.stage)}${stage.version ? `, version ${stage.version}` : ""}`)),
        h("span", { class: "pill", "data-state": state }, STATE_WORDS[state]),
      ),
      state === "running" ? this.progress(run, id) : null,
      stage.reason ? h("p", { class: "reason" }, h("span", { class: "quiet" }, REASON_WORDS[state] ?? ""), stage.reason) : null,
      error ? section("What went wrong", h("div", { class: "error", role: "alert" }, error.message), error.traceback ? fold("Traceback", h("pre", {}, error.traceback)) : null) : null,
      this.costs(stage),
      this.metrics(stage),
      this.links(run, id, stage),
      this.config(run.job?.stages?.[id]?.config),
      this.files(id, stage),
      stage.licences?.length ? section("Licences", h("ul", { class: "plain" }, stage.licences.map((licence) => h("li", {}, licence)))) : null,
      section("Log", this.logBox),
    );
  }

  private progress(run: Run, id: string): HTMLElement {
    const live = run.live.get(id);
    const fraction = live?.fraction ?? null;
    const bar = h("div", { class: "bar", role: "progressbar", "aria-label": `Progress of ${id}`, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": fraction === null ? null : Math.round(fraction * 100) }, h("span", { class: fraction === null ? "bar-done unknown" : "bar-done" }));
    (bar.firstElementChild as HTMLElement).style.width = fraction === null ? "" : `${fraction * 100}%`;
    const left = live?.etaSeconds != null ? `${duration(live.etaSeconds)} left` : "";
    const text = [fraction === null ? "" : `${Math.round(fraction * 100)} %`, left, live?.message ?? ""].filter(Boolean).join(" · ");
    return h("div", { class: "progress" }, bar, h("p", { class: "quiet" }, text || "Working"));
  }

  private costs(stage: StageRecord): Child {
    const facts: [string, string][] = [];
    if (stage.seconds != null) facts.push(["Time", duration(stage.seconds)]);
    if (stage.peak_memory_bytes != null) facts.push(["Memory, at most", bytes(stage.peak_memory_bytes)]);
    if (stage.output?.bytes != null) facts.push(["Result", bytes(stage.output.bytes)]);
    if (stage.device) facts.push(["Device", stage.device]);
    for (const [what, backend] of Object.entries(stage.backends ?? {})) facts.push([what === "backend" ? "Backend" : `${words(what)} with`, backend]);
    if (!facts.length) return null;
    return h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
  }

  private metrics(stage: StageRecord): Child {
    const metrics = Object.entries(stage.metrics ?? {});
    if (!metrics.length) return null;
    const series = metrics.flatMap(([name, value]) => seriesIn(name, value));
    const drawn = new Set(series.map((one) => one.name));
    const told = flat(Object.fromEntries(metrics.filter(([name]) => !drawn.has(name))));
    const rows = told.map(([name, value]) => row(name, value, stage.metrics ?? {}));
    return section("Measured", rows.length ? h("table", { class: "pairs" }, h("tbody", {}, rows)) : null, series.map((one) => plot(one)));
  }

  private links(run: Run, id: string, stage: StageRecord): Child {
    const stages = stagesOf(run);
    const users = Object.keys(stages).filter((other) => stages[other]!.needs.includes(id));
    const chips = (ids: string[]) => ids.map((other) => h("button", { type: "button", class: "chip", onclick: () => this.actions.select(other) }, other));
    if (!stage.needs.length && !users.length) return null;
    return section(
      "Connected to",
      stage.needs.length ? h("div", { class: "chips" }, h("span", { class: "quiet" }, "needs"), chips(stage.needs)) : null,
      users.length ? h("div", { class: "chips" }, h("span", { class: "quiet" }, "feeds"), chips(users)) : null,
    );
  }

  private config(config: Record<string, unknown> | undefined): Child {
    const entries = flat(config ?? {}).filter(([, value]) => value !== null && value !== "");
    if (!entries.length) return null;
    return section("Settings", h("table", { class: "pairs" }, h("tbody", {}, entries.map(([name, value]) => row(name, value)))));
  }

  private files(id: string, stage: StageRecord): Child {
    const files = filesOf(id, stage);
    if (!files.length) return null;
    const shown = files.slice(0, 12);
    return section(
      `Files (${files.length})`,
      h("ul", { class: "files" }, shown.map((file) => fileRow(file, () => this.actions.open(file)))),
      files.length > shown.length ? h("p", { class: "quiet" }, `and ${files.length - shown.length} more under “Files”`) : null,
      stage.key ? h("p", { class: "key", title: "The stage's key in the store" }, "key ", h("code", {}, stage.key.slice(0, 16))) : null,
    );
  }

  private updateLog(run: Run, id: string): void {
    const log = run.live.get(id)?.log ?? [];
    const box = this.logBox;
    if (!box) return;
    if (log.length < this.logShown) this.logShown = 0;
    if (this.logShown === 0) fill(box, log.length ? null : h("p", { class: "quiet" }, "Nothing was logged."));
    else if (log.length === this.logShown) return;
    if (log.length && this.logShown === 0) fill(box);
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
    for (const line of log.slice(this.logShown)) {
      const clock = line.time === null ? "" : new Date(line.time * 1000).toTimeString().slice(0, 8);
      box.append(h("div", { class: line.isError ? "log-line bad" : "log-line" }, h("time", {}, clock), line.text));
    }
    this.logShown = log.length;
    if (isAtEnd) box.scrollTop = box.scrollHeight;
  }
}

/** A file with its size; choosing it opens it in the page, the arrow downloads it. */
export function fileRow(file: RunFile, onopen: () => void): HTMLElement {
  return h(
    "li",
    { class: file.isOutput ? "file output" : "file" },
    h("button", { type: "button", class: "file-name", onclick: onopen, title: file.name }, file.name),
    h("span", { class: "quiet" }, file.bytes === null ? "" : bytes(file.bytes)),
    h("a", { class: "icon-button small", href: file.url, download: file.name.split("/").pop(), "aria-label": `Download ${file.name}` }, icon("download")),
  );
}

function section(title: string, ...children: (Child | Child[])[]): HTMLElement {
  return h("section", {}, h("h3", {}, title), ...children);
}

/** Settings within settings, or measures within measures, by their dotted path. */
function flat(config: Record<string, unknown>, prefix = ""): [string, unknown][] {
  return Object.entries(config).flatMap(([name, value]) => {
    const isNested = value !== null && typeof value === "object" && !Array.isArray(value);
    return isNested ? flat(value as Record<string, unknown>, `${prefix}${name}.`) : [[`${prefix}${name}`, value] as [string, unknown]];
  });
}

function fold(title: string, ...children: Child[]): HTMLElement {
  return h("details", {}, h("summary", {}, title), ...children);
}

/** A setting, or one of the `measures` of a stage. */
function row(name: string, value: unknown, measures?: Record<string, unknown>): HTMLElement {
  const whole = (measures && withUnit(name, value, measures["unit"] === "metre")) || text(value);
  return h("tr", {}, h("th", { scope: "row" }, measures ? words(name.replace(LENGTH, "").replaceAll(".", ": ")) : name), h("td", { title: whole }, shortPath(whole)));
}

const MOST_LISTED = 6;
const LENGTH = /_(m|metres)$/;

/** A measure whose name tells its unit, or that it is the sides of something; nothing for others. */
function withUnit(name: string, value: unknown, isMetric: boolean): string {
  if (/(^|_)size$/.test(name) && Array.isArray(value) && value.length > 1 && value.every((side) => typeof side === "number")) {
    return value.map((side) => (isMetric ? length(side) : number(side))).join(" \u00d7 ");
  }
  if (typeof value !== "number") return "";
  return /(^|[_.])bytes$/.test(name) ? bytes(value) : LENGTH.test(name) ? length(value) : "";
}

/** The end of an absolute path, which is what tells one from another. */
function shortPath(value: string): string {
  const parts = value.split(/[\\/]/);
  return /^([A-Za-z]:)?[\\/][^\s]*$/.test(value) && parts.length > 3 ? `…/${parts.slice(-2).join("/")}` : value;
}

function text(value: unknown): string {
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string") return value;
  if (Array.isArray(value) && !value.length) return "none";
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) {
    const rest = value.length > MOST_LISTED ? `, and ${value.length - MOST_LISTED} more` : "";
    return value.slice(0, MOST_LISTED).map(text).join(", ") + rest;
  }
  return JSON.stringify(value, null, 1);
}
