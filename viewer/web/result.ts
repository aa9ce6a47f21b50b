// The middle of the page: the chosen stage's result, in the chosen way to look at it.
import { startRun } from "./connection";
import { fill, h, icon } from "./elements";
import { errorOf, filesOf, stagesOf, stateOf, type Run, type RunFile, type StageRecord, type Target } from "./run";
import { getViewport, viewsOf, type View, type ViewKind } from "./views";
import { duration } from "./format";

export class Result {
  readonly root = h("div", { class: "result" });
  private readonly tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Ways to look at the result" });
  private readonly actions = h("div", { class: "view-actions" });
  private readonly body = h("div", { class: "view-body", role: "tabpanel" });
  private shown = "";
  private view: View | null = null;
  private run: Run | null = null;
  private id: string | null = null;
  private readonly wanted = new Map<string, string>();
  private against: { name: string; url: string }[] = [];
  private targets: Target[] = [];
  private has3D = false;
  /** Aborted when the view that is shown, or is being made, is wanted no more. */
  private leaving = new AbortController();
  /** Settled when the view that was asked for last is made or given up. */
  private making: Promise<void> = Promise.resolve();
  private isPaused = false;
  private canStart = false;
  private canPaint = false;

  constructor(private readonly say: (message: string) => void) {
    this.root.append(h("div", { class: "result-head" }, this.tabs, this.actions), this.body);
  }

  setTargets(targets: Target[]): void {
    this.targets = targets;
  }

  /** What the server can do besides showing files: run the job again, and paint fields. */
  setPowers(canStart: boolean, canPaint: boolean): void {
    this.canStart = canStart;
    this.canPaint = canPaint;
  }

  setAgainst(models: { name: string; url: string }[]): void {
    this.against = models;
    this.shown = "";
    if (this.run) this.update(this.run, this.id);
  }

  async recolour(): Promise<void> {
    if (this.has3D) (await getViewport()).recolour();
  }

  /** Let go of what is shown, and of the 3D view, until the next `resume`; once awaited, nothing of it is touched any more. */
  pause(): Promise<void> {
    this.isPaused = true;
    this.leave();
    this.shown = "";
    fill(this.body);
    return this.making;
  }

  private leave(): void {
    this.leaving.abort();
    this.leaving = new AbortController();
    this.view?.dispose();
    this.view = null;
  }

  resume(): void {
    this.isPaused = false;
    if (this.run) this.update(this.run, this.id);
  }

  update(run: Run, id: string | null): void {
    this.run = run;
    this.id = id;
    if (this.isPaused) return;
    const stage = id ? stagesOf(run)[id] : undefined;
    const kinds = id && stage ? viewsOf(id, stage, this.canPaint) : [];
    if (!id || !stage || !kinds.length) return this.showEmpty(run, id, stage);
    const chosen = kinds.find((kind) => kind.id === this.wanted.get(id)) ?? kinds[0]!;
    const files = filesOf(id, stage);
    const shown = JSON.stringify([id, chosen.id, kinds.map((kind) => kind.label), stage.output?.digest, stage.output?.files.length ?? files]);
    if (shown === this.shown) return;
    this.shown = shown;
    fill(this.tabs, kinds.map((kind) => this.tab(id, kind, kind === chosen)));
    this.leave();
    fill(this.actions);
    fill(this.body, h("div", { class: "loading", role: "status" }, "Loading"));
    this.body.dataset["view"] = chosen.id;
    const { signal } = this.leaving;
    this.making = this.making.then(() => this.mount(id, stage, chosen, files, signal));
  }

  /** Show a file in the view that is made for it, or in a tab of the browser. */
  open(file: RunFile): void {
    const stage = this.id && this.run ? stagesOf(this.run)[this.id] : undefined;
    const kinds = this.id && stage ? viewsOf(this.id, stage, this.canPaint) : [];
    const name = file.name.toLowerCase();
    const wanted = name.endsWith(".glb") ? ["model", `model:${file.name}`] : /\.(png|jpe?g|webp)$/.test(name) ? ["photos"] : name.endsWith(".ply") ? ["cloud"] : name.endsWith(".html") ? ["report"] : name.endsWith(".npz") ? ["mesh"] : ["data"];
    const kind = kinds.find((one) => wanted.includes(one.id));
    if (kind && this.id) this.choose(this.id, kind.id);
    else window.open(file.url, "_blank", "noopener");
  }

  private choose(id: string, kind: string): void {
    this.wanted.set(id, kind);
    if (this.run) this.update(this.run, id);
  }

  private tab(id: string, kind: ViewKind, isChosen: boolean): HTMLElement {
    return h(
      "button",
      {
        type: "button",
        role: "tab",
        class: "tab",
        "data-view": kind.id,
        "aria-selected": String(isChosen),
        tabindex: isChosen ? 0 : -1,
        onclick: () => this.choose(id, kind.id),
        onkeydown: (event: KeyboardEvent) => this.walk(event),
      },
      icon(kind.icon),
      kind.label,
    );
  }

  private walk(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    const tabs = [...this.tabs.children] as HTMLElement[];
    const next = tabs[(tabs.indexOf(event.currentTarget as HTMLElement) + step + tabs.length) % tabs.length];
    next?.click();
    (this.tabs.querySelector("[aria-selected=true]") as HTMLElement | null)?.focus();
  }

  /** Makes a view unless another is wanted by then. One at a time: they share the 3D view, which a late one would take from its successor. */
  private async mount(id: string, stage: StageRecord, kind: ViewKind, files: RunFile[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const others = Object.entries(this.run ? stagesOf(this.run) : {}).filter(([other]) => other !== id);
    const models = others.flatMap(([other, of]) => filesOf(other, of).filter((file) => file.isOutput && file.name.endsWith(".glb")));
    try {
      this.has3D = true;
      const view = await kind.make({
        id,
        stage,
        files,
        otherModels: [...models.map(({ name, url }) => ({ name, url })), ...this.against],
        elsewhere: (name) => others.flatMap(([other, of]) => filesOf(other, of).filter((file) => file.name === name).map((file) => ({ id: other, file }))),
        targets: this.targets,
        target: this.target(),
        say: this.say,
        rescale: this.rescaling(),
        signal,
        open: (file) => this.open(file),
      });
      if (signal.aborted) return view.dispose();
      this.view = view;
      fill(this.body, view.root);
      fill(this.actions, view.actions);
    } catch (error) {
      if (signal.aborted) return;
      fill(this.body, h("div", { class: "loading failed", role: "alert" }, `This cannot be shown: ${error instanceof Error ? error.message : String(error)}`));
    }
  }

  /** Runs the job again with its capture's unit so many times as large; null where nothing can be changed. */
  private rescaling(): ((factor: number) => Promise<void>) | null {
    const captures = Object.entries(this.run?.job?.stages ?? {}).filter(([, stage]) => stage.stage === "load_capture");
    const [id, capture] = captures[0] ?? [];
    if (!this.canStart || captures.length !== 1 || !capture) return null;
    return async (factor) => {
      const known = capture.config?.["metres_per_unit"];
      const metres = Number(((typeof known === "number" ? known : 1) * factor).toPrecision(6));
      this.say((await startRun({ [`stages.${id}.config.metres_per_unit`]: metres })) ?? "The job runs again at this scale.");
    };
  }

  /** The headset that the job exports for, wherever a stage's settings name one. */
  private target(): string | null {
    const targets = Object.values(this.run?.job?.stages ?? {}).map((stage) => stage.config?.["target"]);
    return (targets.find((one) => typeof one === "string" && this.targets.some((target) => target.name === one)) as string | undefined) ?? null;
  }

  private showEmpty(run: Run, id: string | null, stage: StageRecord | undefined): void {
    const state = id && stage ? stateOf(run, id) : null;
    const live = id ? run.live.get(id) : undefined;
    const shown = JSON.stringify(["empty", id, state, live?.message, live?.fraction, live?.etaSeconds, stage?.error, Object.keys(stagesOf(run)).length > 0]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.leave();
    fill(this.tabs);
    fill(this.actions);
    this.body.dataset["view"] = "empty";
    const fraction = live?.fraction ?? null;
    const error = stage ? errorOf(stage) : null;
    const words: Record<string, [string, string]> = {
      waiting: [`${id} has not begun`, stage?.reason ?? "It starts when what it needs is there."],
      running: [`${id} is running`, live?.message || "Its result will appear here."],
      failed: [`${id} failed`, error?.message ?? "The log says more."],
      skipped: [`${id} was left out`, stage?.reason ?? "A stage that it needs did not finish."],
      stopped: [`${id} was stopped`, stage?.reason ?? "The run was ended before it finished."],
    };
    const [head, text] = (state && words[state]) ?? (id ? [`${id} made no files`, "Its measures are in the details."] : ["No run here yet", "Stages appear as soon as the run begins."]);
    const bar = h("div", { class: "bar big" }, h("span", { class: fraction === null ? "bar-done unknown" : "bar-done" }));
    (bar.firstElementChild as HTMLElement).style.width = fraction === null ? "" : `${fraction * 100}%`;
    const left = live?.etaSeconds != null ? ` · about ${duration(live.etaSeconds)} left` : "";
    fill(
      this.body,
      h(
        "div",
        { class: "empty", "data-state": state ?? "waiting" },
        h("div", { class: "empty-mark" }, icon(state === "failed" ? "alert" : state === "running" ? "layers" : "box")),
        h("h2", {}, head),
        h("p", { class: state === "failed" ? "bad" : "quiet" }, text),
        state === "running" ? bar : null,
        state === "running" && fraction !== null ? h("p", { class: "quiet" }, `${Math.round(fraction * 100)} %${left}`) : null,
      ),
    );
  }
}
