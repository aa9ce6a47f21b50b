// A GLB in the viewport, with the tools to judge it: shading, wires, ruler, counts against a headset's budget, VR.
import type { Download } from "./bytes";
import { save } from "./download";
import { choices, fill, h, iconButton, type IconName } from "./elements";
import { length } from "./format";
import { factsChip, factsPanel } from "./facts";
import { levelsOf, showLevel } from "./levels";
import { standAt, standpointOf } from "./standpoint";
import { loadModel, type Model } from "./model";
import { Ruler } from "./ruler";
import { DENSITY_RANGE, isUnlit, Shader, SHADINGS, SHADING_WORDS, type Shading } from "./shading";
import type { Target } from "./run";
import type { View } from "./views";
import type { Viewport } from "./viewport";

export interface ModelChoice {
  name: string;
  url: string;
}

export interface ModelOptions {
  /** Other models that this one can be compared with. */
  others: ModelChoice[];
  targets: Target[];
  target: string | null;
  /** Whether what it was made from has a unit; a GLB always speaks of metres. */
  hasUnit: boolean;
  say(message: string): void;
  rescale: ((factor: number) => Promise<void>) | null;
}

let ruler: Ruler | null = null;

export function showModel(viewport: Viewport, coming: Download, name: string, options: ModelOptions): View {
  const legend = h("div", { class: "legend", hidden: true });
  const scale = h("div", { class: "scale-note" });
  const tools = h("div", { class: "tools", role: "toolbar", "aria-label": "Model tools" });
  const facts = h("aside", { class: "facts-card", "aria-label": "Model facts" });
  const actions = h("div", { class: "model-actions" });
  const status = h("div", { class: "loading", role: "status" }, "Loading the model");
  ruler ??= new Ruler(viewport);
  const truth = h("form", { class: "truth", hidden: true });
  ruler.onmeasure = (metres) => offerScale(truth, metres, options);
  const root = h("div", { class: "space" }, viewport.host, ruler.label, facts, scale, legend, truth, tools, status);
  root.dataset["state"] = "loading";
  viewport.canvas.setAttribute("aria-label", `3D view of ${name}. Arrow keys turn, plus and minus zoom, Home shows all.`);

  let isGone = false;
  const undo: (() => void)[] = [() => ruler?.turn(false)];

  void (async () => {
    try {
      coming.onprogress = (fraction) => (status.textContent = `Loading the model, ${Math.round(fraction * 100)} %`);
      const model = await loadModel(await coming.data, viewport.renderer);
      if (isGone) return;
      if (!isUnlit(model.root)) viewport.light();
      viewport.show(model.root);
      fill(scale, h("div", {}, `1 square = ${length(viewport.floor.step).replace(/\.0+(?= )/, "")}${options.hasUnit ? "" : " in this file"}`), h("div", {}, "The arrow marks the front"), options.hasUnit ? null : h("div", {}, "Its true size is not known"));
      fill(facts, factsPanel(model.facts, options.targets, options.target));
      status.hidden = true;
      equip(viewport, model, name, { tools, legend, facts, scale, actions }, options, undo);
      root.dataset["state"] = "ready";
    } catch (error) {
      if (isGone) return;
      root.dataset["state"] = "failed";
      status.className = "loading failed";
      status.textContent = `This model cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
    }
  })();

  return {
    root,
    actions,
    dispose() {
      isGone = true;
      for (const step of undo) step();
      viewport.clear();
    },
  };
}

/** After a measurement: say how long that is in truth, and the job runs again at that scale. */
function offerScale(form: HTMLFormElement, metres: number | null, options: ModelOptions): void {
  form.hidden = !metres || !options.rescale;
  if (!metres || !options.rescale) return;
  const input = h("input", { type: "number", min: 0.0001, step: "any", value: Number(metres.toPrecision(4)), "aria-label": "True length in metres" });
  fill(form, h("span", {}, "In truth"), input, h("span", {}, "m"), h("button", { type: "submit", class: "button" }, "Set the scale"));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (input.valueAsNumber > 0) void options.rescale?.(input.valueAsNumber / metres);
    form.hidden = true;
  };
}

interface Places {
  tools: HTMLElement;
  legend: HTMLElement;
  facts: HTMLElement;
  scale: HTMLElement;
  actions: HTMLElement;
}

function equip(viewport: Viewport, model: Model, name: string, places: Places, options: ModelOptions, undo: (() => void)[]): void {
  const shader = new Shader(model.root);
  undo.push(() => shader.dispose());
  const wireColour = () => getComputedStyle(document.documentElement).getPropertyValue("--wire").trim();
  const shadings = SHADINGS.filter((shading) => shader.hasUv || !["uv", "density"].includes(shading));
  const shade = (shading: Shading) => {
    if (shading === "clay") viewport.light();
    shader.apply(shading);
    places.legend.hidden = shading !== "density";
    viewport.canvas.dataset["shading"] = shading;
    viewport.invalidate();
  };
  fill(places.legend, densityLegend());
  viewport.canvas.dataset["shading"] = "colour";

  const toggle = (icon: IconName, label: string, isOn: boolean, apply: (isOn: boolean) => void) => {
    const button = iconButton(icon, label, () => {
      const next = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(next));
      apply(next);
      viewport.invalidate();
    }, { "aria-pressed": String(isOn) });
    return button;
  };
  const wide = viewport.host.clientWidth >= 1000;
  const factsButton = toggle("info", "Facts and budget", wide, (isOn) => {
    places.facts.hidden = !isOn;
    chip.hidden = isOn;
    reserve(isOn);
  });
  const reserve = (isOn: boolean) => viewport.reserve(isOn && viewport.host.clientWidth > 560 ? places.facts.offsetWidth + 12 : 0);
  undo.push(() => reserve(false));
  const chip = factsChip(model.facts, options.targets, options.target, () => factsButton.click());
  chip.hidden = wide;
  places.facts.hidden = !wide;
  places.facts.before(chip);
  reserve(wide);

  fill(
    places.tools,
    choices("Shading", shadings.map((value) => ({ value, label: SHADING_WORDS[value] })), "colour", shade),
    levelTool(viewport, model),
    h("span", { class: "rule" }),
    toggle("wire", "Wireframe", false, (isOn) => shader.wire(isOn, wireColour())),
    toggle("grid", "Floor grid", true, (isOn) => {
      viewport.floor.root.visible = isOn;
      places.scale.hidden = !isOn;
    }),
    toggle("ruler", "Ruler: click two points", false, (isOn) => {
      ruler?.turn(isOn);
      if (isOn) options.say("Click two points on the model to measure between them.");
    }),
    standTool(viewport, model, toggle, undo),
    iconButton("home", "Show all", () => viewport.frame()),
    factsButton,
    iconButton("camera", "Save a picture", () => void savePicture(viewport, name)),
    iconButton("film", "Record a turntable", (() => record(viewport, name, options)) as () => void, { "data-tool": "turntable" }),
  );
  fill(places.actions, compareTool(viewport, model, options, undo), xrTools(viewport, model, options, undo));
}

/** Look from where the maker meant; a photo with depth begins there, because from elsewhere one sees behind it. */
function standTool(viewport: Viewport, model: Model, toggle: (icon: IconName, label: string, isOn: boolean, apply: (isOn: boolean) => void) => HTMLButtonElement, undo: (() => void)[]): Node | null {
  const standpoint = standpointOf(model);
  if (!standpoint) return null;
  let stop: (() => void) | null = null;
  const button = toggle("eye", standpoint.isPhoto ? "Look as the camera did; the pointer moves your head" : "Stand where a visit begins; the pointer moves your head", false, (isOn) => {
    stop?.();
    stop = isOn ? standAt(viewport, model, standpoint) : null;
  });
  button.dataset["tool"] = "stand";
  undo.push(() => stop?.());
  if (standpoint.isPhoto) button.click();
  return button;
}

function levelTool(viewport: Viewport, model: Model): Node | null {
  const levels = levelsOf(model.root);
  if (!levels.length) return null;
  showLevel(levels, 0);
  const show = (level: string) => {
    showLevel(levels, Number(level));
    viewport.invalidate();
  };
  return h("span", { class: "level-tool" }, h("span", { class: "rule" }), choices("Level of detail", levels.map((_, level) => ({ value: String(level), label: `LOD ${level}` })), "0", show));
}

function densityLegend(): HTMLElement[] {
  const middle = Math.sqrt(DENSITY_RANGE[0] * DENSITY_RANGE[1]);
  return [
    h("span", {}, "texels per cm"),
    h("div", { class: "legend-bar density" }),
    h("div", { class: "legend-ends" }, h("span", {}, String(DENSITY_RANGE[0])), h("span", {}, String(middle)), h("span", {}, String(DENSITY_RANGE[1]))),
  ];
}

async function savePicture(viewport: Viewport, name: string): Promise<void> {
  save(await viewport.picture(), `${name.replace(/\.[^.]*$/, "")}.png`);
}

async function record(viewport: Viewport, name: string, options: ModelOptions): Promise<void> {
  const { recordTurntable } = await import("./turntable");
  options.say("Recording one turn; keep this tab in front.");
  const film = await recordTurntable(viewport);
  if (!film) {
    options.say("This browser cannot record the canvas.");
    return;
  }
  save(film.blob, `${name.replace(/\.[^.]*$/, "")}-turntable.${film.suffix}`);
  options.say("The turntable was saved.");
}

function compareTool(viewport: Viewport, model: Model, options: ModelOptions, undo: (() => void)[]): Node | null {
  if (!options.others.length) return null;
  let stop: (() => void) | null = null;
  const select = h(
    "select",
    {
      class: "small-select",
      "aria-label": "Compare with",
      onchange: async () => {
        stop?.();
        stop = null;
        const other = options.others[Number(select.value)];
        if (!other) return viewport.invalidate();
        const { compare } = await import("./compare");
        try {
          stop = await compare(viewport, model, other);
        } catch (error) {
          options.say(`That model cannot be shown: ${error instanceof Error ? error.message : String(error)}`);
        }
      },
    },
    h("option", { value: "" }, "Compare with…"),
    options.others.map((other, index) => h("option", { value: index }, other.name)),
  );
  undo.push(() => stop?.());
  return select;
}

function xrTools(viewport: Viewport, model: Model, options: ModelOptions, undo: (() => void)[]): Node {
  const group = h("span", { class: "xr-tools" });
  const modes = [
    ["immersive-vr", "Enter VR"],
    ["immersive-ar", "Enter AR"],
  ] as const;
  void (async () => {
    if (!navigator.xr) return;
    for (const [mode, label] of modes) {
      if (!(await navigator.xr.isSessionSupported(mode).catch(() => false))) continue;
      const button = h("button", { type: "button", class: "button primary", "data-xr": mode }, label);
      button.onclick = async () => {
        const { enter } = await import("./xr");
        try {
          await enter(viewport, model, mode, (isPresenting) => (button.textContent = isPresenting ? "Leave" : label));
        } catch (error) {
          options.say(`The headset refused: ${error instanceof Error ? error.message : String(error)}`);
        }
      };
      group.append(button);
    }
  })();
  undo.push(() => void viewport.renderer.xr.getSession()?.end());
  return group;
}

