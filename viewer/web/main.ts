// The page: the run's name and state above; its graph, what a stage made, and what is known of it side by side below.
import { choices, fill, h, icon, iconButton } from "./elements";
import { follow, getAgainst, getSession, readRun, startRun } from "./connection";
import { Details } from "./details";
import { Graph, runLine } from "./graph";
import { headsetDialog } from "./headset";
import { Result } from "./result";
import { favourite, filesOf, progressOf, stagesOf, type Run } from "./run";
import { chosenTheme, setTheme, type Theme } from "./theme";

const beginning = Promise.all([getSession(), readRun()]);
const run: Run = { manifest: null, job: null, live: new Map(), isConnected: true };
let selected: string | null = null;
let hasChosen = false;

const STATUS_WORDS = { running: "Running", finished: "Finished", failed: "Failed", stopped: "Stopped" } as const;

const title = h("h1", {}, "Scenewright");
const line = h("p", { class: "quiet run-line" });
const status = h("span", { class: "pill", role: "status" });
const progress = h("span", { class: "run-progress", role: "progressbar", "aria-label": "Progress of the run", "aria-valuemin": 0, "aria-valuemax": 100 }, h("i"));
const actions = h("div", { class: "actions" });
const toast = h("div", { class: "toast", role: "status", "aria-live": "polite" });
const graph = new Graph((id) => choose(id));
const result = new Result(say);
const details = new Details({ select: choose, open: (file) => result.open(file) });

const graphPanel = h(
  "section",
  { class: "panel graph-panel", "aria-label": "Stages" },
  h("div", { class: "panel-head" }, h("h2", {}, "Stages"), iconButton("expand", "Spread the graph out", spread, { "aria-pressed": "false", "data-tool": "spread" })),
  graph.root,
);
const resultPanel = h("main", { class: "panel result-panel", "aria-label": "Result" }, result.root);
const detailPanel = h("section", { class: "panel detail-panel", "aria-label": "Details of the stage" }, details.root);
const workspace = h("div", { class: "workspace", "data-pane": "result" }, graphPanel, resultPanel, detailPanel);

function say(message: string): void {
  toast.textContent = message;
  toast.classList.add("shown");
  clearTimeout(Number(toast.dataset["timer"]));
  toast.dataset["timer"] = String(setTimeout(() => toast.classList.remove("shown"), 5000));
}

function choose(id: string): void {
  hasChosen = true;
  location.hash = encodeURIComponent(id);
  show(id);
  if (matchMedia("(max-width: 820px)").matches) pane("result");
}

function show(id: string | null): void {
  selected = id;
  graph.select(id);
  refresh();
}

function spread(): void {
  const isSpread = workspace.classList.toggle("spread");
  graph.turn(isSpread ? "right" : "down");
  graphPanel.querySelector("[data-tool=spread]")?.setAttribute("aria-pressed", String(isSpread));
}

let editor: { root: HTMLElement; dispose(): void } | null = null;

/** The room editor in the place of the run, and back. */
async function editRoom(): Promise<void> {
  if (editor) return;
  await result.pause();
  try {
    const { openEditor } = await import("./room");
    editor = await openEditor(say, leaveRoom);
  } catch (error) {
    result.resume();
    return say(`The room editor cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
  }
  workspace.hidden = true;
  paneBar.hidden = true;
  workspace.after(editor.root);
}

function leaveRoom(begun: boolean): void {
  editor?.dispose();
  editor?.root.remove();
  editor = null;
  workspace.hidden = false;
  paneBar.hidden = false;
  hasChosen = !begun && hasChosen;
  result.resume();
  if (begun) say("The room is being made.");
}

function refresh(): void {
  const stages = stagesOf(run);
  if (Object.keys(stages).length && (!hasChosen || !selected || !stages[selected])) {
    const id = favourite(run);
    if (id !== selected) {
      selected = id;
      graph.select(id);
    }
  }
  const state = run.manifest?.status;
  const name = run.manifest?.name ?? run.job?.name;
  title.textContent = name ?? "Scenewright";
  document.title = name ? `${name} · Scenewright` : "Scenewright";
  status.textContent = state ? STATUS_WORDS[state] : "Not started";
  status.dataset["state"] = state ?? "waiting";
  line.textContent = runLine(run);
  const done = progressOf(run);
  progress.hidden = state !== "running";
  progress.setAttribute("aria-valuenow", String(Math.round(done * 100)));
  (progress.firstElementChild as HTMLElement).style.width = `${done * 100}%`;
  document.body.classList.toggle("offline", !run.isConnected);
  workspace.dataset["stages"] = String(Object.keys(stages).length);
  graph.update(run);
  details.update(run, selected);
  result.update(run, selected);
}

const PANES = [
  { value: "graph", label: "Stages", icon: "graph" },
  { value: "result", label: "Result", icon: "box" },
  { value: "detail", label: "Details", icon: "info" },
] as const;
const paneBar = h("nav", { class: "pane-bar", "aria-label": "Parts of the page" });

function pane(name: (typeof PANES)[number]["value"]): void {
  workspace.dataset["pane"] = name;
  fill(paneBar, choices("Part of the page", PANES, name, pane));
}

async function begin(): Promise<void> {
  const app = document.querySelector("#app")!;
  fill(
    app,
    h("a", { class: "skip", href: "#result" }, "Skip to the result"),
    h(
      "header",
      { class: "top" },
      h("img", { src: "page/mark.svg", alt: "Scenewright", class: "mark", width: 28, height: 28 }),
      h("div", { class: "run-name" }, title, line),
      status,
      h("span", { class: "connection", role: "status" }, icon("alert"), "Not connected"),
      progress,
      actions,
    ),
    workspace,
    paneBar,
    toast,
  );
  resultPanel.id = "result";
  pane("result");
  setTheme(chosenTheme());

  const hash = decodeURIComponent(location.hash.slice(1));
  if (hash) {
    hasChosen = true;
    selected = hash;
    graph.select(hash);
  }
  addEventListener("hashchange", () => {
    const id = decodeURIComponent(location.hash.slice(1));
    hasChosen = id !== "";
    show(id || null);
  });
  const token = new URLSearchParams(location.search).get("token");
  if (token) history.replaceState(null, "", location.pathname + location.hash);

  const [session, told] = await beginning;
  Object.assign(run, told);
  result.setTargets(session?.targets ?? []);
  result.setPowers(session?.can_start ?? false, session?.can_paint ?? false);
  refresh();
  follow(run, refresh);
  setInterval(() => run.manifest?.status === "running" && refresh(), 1000);
  const themes: Record<Theme, Theme> = { light: "dark", dark: "light" };
  const themeButton = iconButton(chosenTheme() === "dark" ? "sun" : "moon", "Switch between dark and light", () => {
    const next = themes[chosenTheme()];
    setTheme(next);
    fill(themeButton, icon(next === "dark" ? "sun" : "moon"));
    void result.recolour();
  });
  const restart = h("button", { type: "button", class: "button", "data-tool": "start", onclick: async () => say((await startRun()) ?? "The run begins.") }, icon("play"), "Run");
  fill(
    actions,
    session?.can_edit_room ? h("button", { type: "button", class: "button", "data-tool": "room", onclick: () => void editRoom() }, icon("home"), "Room") : null,
    session?.can_start ? restart : null,
    session?.invitation ? iconButton("headset", "Put on a headset", () => headsetDialog(session.invitation!)) : null,
    themeButton,
  );
  if (session?.can_edit_room && !run.manifest) void editRoom();
  if (session?.against) {
    const other = await getAgainst();
    const models = Object.entries(other?.stages ?? {}).flatMap(([id, stage]) => filesOf(id, stage, "against").filter((file) => file.isOutput && file.name.endsWith(".glb")));
    result.setAgainst(models.map((file) => ({ name: `${session.against}: ${file.name}`, url: file.url })));
  }
}

void begin();
