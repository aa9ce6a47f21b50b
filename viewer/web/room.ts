// The room editor: boxes with names in metres, on a floor plan and in 3D, saved as a plan or run as a job.
import { choices, h, icon, iconButton } from "./elements";
import { getJson } from "./connection";
import { save } from "./download";
import { emptyPlan, fitOpenings, type Plan, type RoomClass } from "./roomplan";
import { Panel } from "./roompanel";
import { Sheet, type Chosen, type Desk } from "./roomsheet";
import type { Space } from "./roomspace";
import { getViewport } from "./views";

interface RoomDesk {
  classes: RoomClass[];
  /** The plan that the run was made from, where there is one. */
  plan: Plan | null;
}

const HISTORY = 100;
const CHECK_AFTER_MS = 120;

/** The editor's element; `close` is called when the person is done, with whether a run was begun. */
export async function openEditor(say: (message: string) => void, close: (begun: boolean) => void): Promise<{ root: HTMLElement; dispose(): void }> {
  const desk = await getJson<RoomDesk>("api/room");
  if (!desk) throw new Error("the server answers nothing about rooms");
  const editor = new Editor(desk, say, close);
  return { root: editor.root, dispose: () => editor.dispose() };
}

class Editor implements Desk {
  readonly root: HTMLElement;
  readonly classes: RoomClass[];
  plan: Plan;
  chosen: Chosen = null;
  drawing: string | null = null;
  complaints: string[] = [];
  private readonly sheet: Sheet;
  private readonly panel: Panel;
  private readonly drawings = h("div", { class: "room-drawings", "data-look": "both" });
  private readonly space3D = h("div", { class: "space" });
  private readonly undoButton = iconButton("undo", "Undo", () => this.step(-1));
  private readonly redoButton = iconButton("redo", "Redo", () => this.step(1));
  private space: Space | null = null;
  private isGone = false;
  private history: string[];
  private now = 0;
  private checked = "";
  private checking = 0;

  constructor(desk: RoomDesk, private readonly say: (message: string) => void, private readonly close: (begun: boolean) => void) {
    this.classes = desk.classes;
    this.plan = desk.plan ?? emptyPlan();
    this.history = [JSON.stringify(this.plan)];
    this.sheet = new Sheet(this);
    this.panel = new Panel(this);
    this.drawings.append(h("div", { class: "room-sheet" }, this.sheet.root), this.space3D);
    const looks = [{ value: "plan", label: "Plan" }, { value: "both", label: "Both" }, { value: "space", label: "3D" }] as const;
    const look = (value: string) => {
      this.drawings.dataset["look"] = value;
      this.changed();
    };
    const file = h("input", { type: "file", class: "sr-only", "aria-label": "A plan to open", accept: ".json,.glb,.gltf", onchange: () => file.files?.[0] && void this.read(file.files[0]) });
    const head = h(
      "div",
      { class: "room-head" },
      iconButton("close", "Back to the run", () => this.close(false), { "data-tool": "close" }),
      h("h2", {}, "Room"),
      choices("Drawings", looks, "both", look),
      h("span", { class: "room-gap" }),
      this.undoButton,
      this.redoButton,
      h("label", { class: "button", title: "A plan of this program, a headset's room scan, LayoutGPT's JSON, or a glTF with named boxes" }, file, "Open a plan"),
      h("button", { type: "button", class: "button", onclick: () => this.save() }, "Save the plan"),
      h("button", { type: "button", class: "button primary", "data-tool": "run-room", onclick: () => void this.run() }, icon("play"), "Make the room"),
    );
    this.root = h("section", { class: "room-editor panel", "aria-label": "Room editor" }, head, h("div", { class: "room-body" }, this.panel.root, this.drawings));
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.changed();
    void this.enterSpace();
  }

  choose(chosen: Chosen): void {
    this.chosen = chosen;
    if (chosen) this.drawing = null;
  }

  changed(): void {
    this.sheet.draw();
    this.panel.draw();
    this.panel.mark();
    this.space?.draw();
    clearTimeout(this.checking);
    this.checking = window.setTimeout(() => void this.check(), CHECK_AFTER_MS);
    this.undoButton.disabled = this.now === 0;
    this.redoButton.disabled = this.now === this.history.length - 1;
  }

  /** Ask what is wrong with the plan: the same check that rooms are made by. */
  private async check(): Promise<void> {
    const asked = JSON.stringify(this.plan);
    if (asked === this.checked || this.isGone) return;
    this.checked = asked;
    const answer = await fetch("api/room/check", { method: "POST", headers: { "content-type": "application/json" }, body: asked }).catch(() => null);
    const { complaints = [] } = (answer?.ok ? await answer.json() : {}) as { complaints?: string[] };
    if (this.isGone || asked !== this.checked) return;
    this.complaints = complaints;
    this.root.dataset["checked"] = String(complaints.filter(Boolean).length);
    this.sheet.draw();
    this.panel.mark();
  }

  keep(): void {
    const plan = JSON.stringify(this.plan);
    if (plan === this.history[this.now]) return;
    this.history = [...this.history.slice(0, this.now + 1), plan].slice(-HISTORY);
    this.now = this.history.length - 1;
  }

  dispose(): void {
    this.isGone = true;
    this.space?.dispose();
  }

  private async enterSpace(): Promise<void> {
    const [{ Space }, viewport] = await Promise.all([import("./roomspace"), getViewport()]);
    if (this.isGone) return;
    this.space3D.prepend(viewport.host);
    viewport.resize();
    this.space = new Space(viewport, this);
    this.space3D.dataset["state"] = "ready";
  }

  private step(by: number): void {
    const plan = this.history[this.now + by];
    if (!plan) return;
    this.now += by;
    this.plan = JSON.parse(plan) as Plan;
    this.chosen = null;
    this.changed();
  }

  private key(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    if (event.target instanceof HTMLInputElement && event.target.type === "text") return;
    event.preventDefault();
    this.step(event.shiftKey ? 1 : -1);
  }

  private async read(file: File): Promise<void> {
    const answer = await fetch(`api/room/read?name=${encodeURIComponent(file.name)}`, { method: "POST", headers: { "content-type": "application/octet-stream" }, body: file });
    const body = (await answer.json().catch(() => ({}))) as { error?: string; plan?: Plan };
    if (!answer.ok || !body.plan) return this.say(body.error ?? `The server answered ${answer.status}.`);
    this.plan = body.plan;
    fitOpenings(this.plan);
    this.choose(null);
    this.keep();
    this.changed();
    this.space?.look();
    const { length } = this.plan.repairs;
    this.say(length ? `${file.name} was read; ${length === 1 ? "one thing was" : `${length} things were`} mended.` : `${file.name} was read.`);
  }

  private save(): void {
    save(new Blob([`${JSON.stringify(this.plan, null, 1)}\n`], { type: "application/json" }), `${this.plan.name.replaceAll(/[^\w-]+/g, "_") || "room"}.json`);
  }

  private async run(): Promise<void> {
    const answer = await fetch("api/room/start", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(this.plan) });
    if (answer.ok) return this.close(true);
    const body = (await answer.json().catch(() => ({}))) as { error?: string };
    this.say(body.error ?? `The server answered ${answer.status}.`);
  }
}
