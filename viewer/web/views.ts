// Which ways there are to look at what a stage made, best first; each is loaded when it is asked for.
import { startDownload } from "./bytes";
import { h, type IconName } from "./elements";
import { fileRow } from "./details";
import { seriesIn } from "./plot";
import { filesOf, type RunFile, type StageRecord, type Target } from "./run";

export interface View {
  root: HTMLElement;
  /** Buttons that stand beside the tabs. */
  actions?: HTMLElement;
  dispose(): void;
}

export interface ViewContext {
  id: string;
  stage: StageRecord;
  files: RunFile[];
  /** Models of other stages and of the other run. */
  otherModels: { name: string; url: string }[];
  /** The files of this name that other stages made. */
  elsewhere(name: string): { id: string; file: RunFile }[];
  targets: Target[];
  target: string | null;
  say(message: string): void;
  /** Makes the scene so many times as large by running its job again; null where that cannot be. */
  rescale: ((factor: number) => Promise<void>) | null;
  /** Aborted once another view is wanted: what still comes for this one need not. */
  signal: AbortSignal;
  open(file: RunFile): void;
}

export interface ViewKind {
  id: string;
  label: string;
  icon: IconName;
  make(context: ViewContext): Promise<View>;
}

const endsWith = (...suffixes: string[]) => (file: RunFile) => suffixes.some((suffix) => file.name.toLowerCase().endsWith(suffix));
const VECTOR_FILES = ["embedding.npz", "latent.npz"];
const baseName = (file: RunFile) => file.name.split("/").at(-1)!;
const isPicture = endsWith(".png", ".jpg", ".jpeg", ".webp", ".svg");
const isDepth = (file: RunFile) => /(^|\/)(depth|depths|distance|inverse_depth)[^/]*(\/|\.)/i.test(file.name) && endsWith(".png", ".npy", ".npz")(file);
const isTexture = (file: RunFile) => /(^|\/)texture\.png$|^(lit|albedo)_\d+\.png$/.test(file.name);
const MOST_TABS = 6;
const isMask = (file: RunFile) => /(^|\/)masks?[/.]/i.test(file.name);
const isPanorama = (file: RunFile) => /panorama|equirect/i.test(file.name) && isPicture(file);

/** The viewport is made once and moves between views: browsers allow few drawing contexts. */
let viewport: Promise<import("./viewport").Viewport> | null = null;
export function getViewport(): Promise<import("./viewport").Viewport> {
  viewport ??= import("./viewport").then(({ Viewport }) => new Viewport(h("div", { class: "viewport" })));
  return viewport;
}

/** The views that have something to show of this stage, in the order in which they are offered; `canPaint` says whether the server paints fields. */
export function viewsOf(id: string, stage: StageRecord, canPaint = false): ViewKind[] {
  const files = filesOf(id, stage);
  const kinds: ViewKind[] = [];
  const add = (kind: ViewKind) => kinds.push(kind);
  const one = (test: (file: RunFile) => boolean) => files.find(test);

  const all = files.filter(endsWith(".glb"));
  const models = all.some((file) => file.isOutput) ? all.filter((file) => file.isOutput) : all;
  for (const [index, model] of models.entries()) if (index < MOST_TABS) add(modelKind(model, models));
  if (canPaint && stage.output?.type === "RadianceField" && files.length) add({ id: "field", label: "Field", icon: "sun", make: async (context) => (await import("./fieldview")).showField(await getViewport(), context) });
  const views = one((file) => file.name === "views.json");
  if (views) add(cameraKind(views));
  const pictures = files.filter((file) => isPicture(file) && !isDepth(file) && !isMask(file) && !isTexture(file) && !isPanorama(file));
  const given = new Set(pictures.filter((file) => file.isOutput).map(baseName));
  const photos = pictures.filter((file) => file.isOutput || !given.has(baseName(file)));
  const isAround = (file: RunFile) => isPanorama(file) || (stage.output?.type === "RoomPictures" && /^color-\d+\.png$/.test(file.name));
  const panoramas = files.filter(isAround);
  for (const [index, panorama] of panoramas.entries())
    if (index < MOST_TABS) add({ id: index ? `panorama:${panorama.name}` : "panorama", label: panoramas.length > 1 ? `Panorama ${index + 1}` : "Panorama", icon: "image", make: async (context) => (await import("./panorama")).showPanorama(await getViewport(), panorama, context) });
  if (photos.length) add({ id: "photos", label: photos.length > 1 ? `Pictures (${photos.length})` : "Picture", icon: "image", make: async () => (await import("./gallery")).showGallery(photos) });
  const depths = files.filter(isDepth);
  if (depths.length) add({ id: "depth", label: "Depth", icon: "depth", make: async () => (await import("./depth")).showDepth(depths, views ?? null) });
  const classes = one((file) => file.name === "classes.json");
  const maps = files.filter((file) => /(^|\/)proxy[^/]*\.npz$/.test(file.name));
  if (classes && maps.length) kinds.unshift({ id: "classes", label: "Classes", icon: "layers", make: async () => (await import("./classmap")).showClasses(maps, classes) });
  const plan = one((file) => file.name === "plan.json");
  if (plan) add({ id: "plan", label: "Plan", icon: "grid", make: async () => (await import("./planview")).showPlan(plan) });
  const room = one((file) => file.name === "room.npz");
  if (room) kinds.unshift({ id: "room", label: "Room", icon: "home", make: async (context) => (await import("./meshview")).showRoom(await getViewport(), room, context) });
  const meshes = files.filter((file) => /(^|\/)mesh\.npz$/.test(file.name));
  for (const [index, mesh] of meshes.entries())
    if (index < MOST_TABS) add({ id: index ? `mesh:${mesh.name}` : "mesh", label: meshLabel(mesh), icon: "box", make: async (context) => (await import("./meshview")).showMesh(await getViewport(), mesh, context) });
  const layers = one((file) => file.name === "layers.npz");
  if (layers) add({ id: "layers", label: "Layers", icon: "layers", make: async (context) => (await import("./meshview")).showLayers(await getViewport(), layers, context) });
  const points = views ? undefined : one((file) => file.name === "points.npz");
  if (points) add({ id: "points", label: "Points", icon: "points", make: async (context) => (await import("./meshview")).showPoints(await getViewport(), points, context) });
  const cloud = one(endsWith(".ply"));
  if (cloud) add({ id: "cloud", label: /splat|gaussian/i.test(cloud.name) ? "Splats" : "Points", icon: "points", make: async (context) => (await import("./meshview")).showPly(await getViewport(), cloud, context) });
  const foreign = one(endsWith(".usdz", ".obj", ".stl"));
  if (foreign) add({ id: "foreign", label: foreign.name.split(".").at(-1)!.toUpperCase(), icon: "box", make: async (context) => (await import("./foreign")).showForeign(await getViewport(), foreign, context) });
  const vectors = one((file) => VECTOR_FILES.includes(file.name));
  if (vectors) add({ id: "vectors", label: "Neighbours", icon: "points", make: async (context) => (await import("./vectors")).showVectors(vectors, context) });
  const video = one(endsWith(".mp4", ".webm"));
  if (video) add({ id: "video", label: "Film", icon: "film", make: async () => plain(h("video", { class: "film", src: video.url, controls: true, loop: true, muted: true, "aria-label": `Film ${video.name}` })) });
  const report = one(endsWith(".html"));
  if (report) add({ id: "report", label: "Report", icon: "document", make: async () => plain(h("iframe", { class: "report", src: report.url, sandbox: "allow-scripts", title: `Report of ${id}` })) });
  const curves = Object.entries(stage.metrics ?? {}).flatMap(([name, value]) => seriesIn(name, value));
  if (curves.length) add({ id: "curves", label: "Curves", icon: "chart", make: async () => (await import("./curves")).showCurves(curves) });
  const texts = files.filter(endsWith(".json", ".txt", ".md", ".csv", ".jsonl"));
  if (texts.length) add({ id: "data", label: "Data", icon: "list", make: async () => (await import("./data")).showData(texts) });
  if (files.length) add({ id: "files", label: "Files", icon: "document", make: async (context) => showFiles(context) });
  return kinds;
}

/** "Mesh", or the folder that it lies in: "Level 1", "Object 0". */
function meshLabel(mesh: RunFile): string {
  const folder = mesh.name.split("/").at(-2) ?? "mesh";
  return folder[0]!.toUpperCase() + folder.slice(1).replaceAll("_", " ");
}

function modelKind(model: RunFile, models: RunFile[]): ViewKind {
  const count = models.length;
  return {
    id: count > 1 ? `model:${model.name}` : "model",
    label: count > 1 ? model.name : "Model",
    icon: "box",
    make: async (context) => {
      const coming = startDownload(model.url, context.signal); // while the scripts are read and the drawing context is made
      const [{ showModel }, space] = await Promise.all([import("./modelview"), getViewport()]);
      const others = [...models.filter((file) => file !== model).map(({ name, url }) => ({ name, url })), ...context.otherModels];
      return showModel(space, coming, model.name, { others, targets: context.targets, target: context.target, hasUnit: context.stage.metrics?.["unit"] !== "unknown", say: context.say, rescale: context.rescale });
    },
  };
}

function cameraKind(views: RunFile): ViewKind {
  return {
    id: "cameras",
    label: "Cameras",
    icon: "camera",
    make: async (context) => (await import("./cameras")).showCameras(await getViewport(), views, context),
  };
}

export function plain(content: HTMLElement): View {
  return { root: h("div", { class: "plain-view" }, content), dispose: () => undefined };
}

function showFiles(context: ViewContext): View {
  const list = h("ul", { class: "files wide" }, context.files.map((file) => fileRow(file, () => context.open(file))));
  return plain(h("div", { class: "sheet" }, h("h2", {}, context.stage.output?.type ?? "Files"), list));
}

