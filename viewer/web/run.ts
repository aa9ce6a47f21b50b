// A run as its folder tells it: the manifest, the job, and the events that came since.
import { duration } from "./format";

export type State = "waiting" | "running" | "finished" | "reused" | "failed" | "skipped" | "stopped";

export interface FileRecord {
  path: string;
  sha256?: string;
  bytes?: number;
}

export interface StageRecord {
  stage: string;
  version?: number;
  state: State;
  reason?: string | null;
  needs: string[];
  key?: string | null;
  seconds?: number | null;
  peak_memory_bytes?: number | null;
  device?: string | null;
  backends?: Record<string, string> | null;
  metrics?: Record<string, unknown> | null;
  licences?: string[] | null;
  inputs?: Record<string, { stage: string; digest?: string }[]> | null;
  output?: { type: string; digest?: string; bytes?: number; files: FileRecord[] } | null;
  outputs?: string[] | null;
  error?: unknown;
}

export interface Manifest {
  name: string;
  seed?: number;
  status: "running" | "finished" | "failed" | "stopped";
  started?: string;
  seconds?: number;
  device?: string;
  scenewright?: string;
  machine?: Record<string, unknown>;
  stages: Record<string, StageRecord>;
}

export interface JobStage {
  stage: string;
  config?: Record<string, unknown>;
  inputs?: Record<string, string | string[]>;
}

export interface Job {
  name?: string;
  seed?: number;
  stages?: Record<string, JobStage>;
}

export interface RunEvent {
  time?: number;
  event: string;
  stage?: string;
  fraction?: number;
  message?: string;
  seconds?: number;
  eta_seconds?: number;
}

/** What the events tell of a stage beyond the manifest. */
export interface Live {
  isRunning: boolean;
  fraction: number | null;
  etaSeconds: number | null;
  message: string;
  startedAt: number | null;
  log: { time: number | null; text: string; isError: boolean }[];
}

/** What a headset or page allows a model, from the project's own list. */
export interface Target {
  name: string;
  title: string;
  limits: Partial<Record<"triangles" | "draw_calls" | "texture_size" | "gpu_bytes" | "file_bytes", number | null>>;
}

export interface Session {
  targets: Target[];
  folder: string;
  against: string | null;
  can_start: boolean;
  /** Whether rooms can be outlined and run from the page. */
  can_edit_room: boolean;
  /** Whether the server paints radiance fields. */
  can_paint: boolean;
  invitation: { address: string; lan: boolean; adb: string; qr: string | null } | null;
}

export interface Run {
  manifest: Manifest | null;
  job: Job | null;
  live: Map<string, Live>;
  isConnected: boolean;
}

const LOG_LINES = 500;

/** Add one event to what is known of its stage. */
export function applyEvent(live: Map<string, Live>, event: RunEvent): void {
  if (event.event === "run_started") live.clear();
  if (!event.stage) return;
  const known = live.get(event.stage);
  const of: Live = known ?? { isRunning: false, fraction: null, etaSeconds: null, message: "", startedAt: null, log: [] };
  live.set(event.stage, of);
  if (event.event === "stage_started") Object.assign(of, { isRunning: true, fraction: null, etaSeconds: null, message: "", startedAt: event.time ?? null });
  if (event.event === "stage_progress") {
    of.isRunning = true;
    of.fraction = typeof event.fraction === "number" ? Math.min(1, Math.max(0, event.fraction)) : of.fraction;
    of.etaSeconds = event.eta_seconds ?? extrapolated(of, event.time);
    of.message = event.message ?? of.message;
  }
  if (["stage_finished", "stage_reused", "stage_failed", "stage_skipped"].includes(event.event)) of.isRunning = false;
  const isError = event.event === "stage_failed";
  if (event.message && (isError || event.event === "stage_log")) {
    of.log.push({ time: event.time ?? null, text: event.message, isError });
    if (of.log.length > LOG_LINES) of.log.splice(0, of.log.length - LOG_LINES);
  }
}

/** What is left at the pace so far; null while that says little. */
function extrapolated(live: Live, now: number | undefined): number | null {
  if (live.startedAt === null || now === undefined || live.fraction === null || live.fraction < 0.02) return null;
  return Math.max(0, ((now - live.startedAt) * (1 - live.fraction)) / live.fraction);
}

/** The stage's state; an event may be a moment ahead of the manifest when a stage starts. */
export function stateOf(run: Run, id: string): State {
  const state = run.manifest?.stages[id]?.state ?? "waiting";
  return state === "waiting" && run.live.get(id)?.isRunning ? "running" : state;
}

/** The stages in the order of the job, each after what it needs; those of the job alone where there is no manifest yet. */
export function stagesOf(run: Run): Record<string, StageRecord> {
  if (run.manifest) return run.manifest.stages;
  const stages: Record<string, StageRecord> = {};
  for (const [id, stage] of Object.entries(run.job?.stages ?? {})) {
    const needs = Object.values(stage.inputs ?? {}).flat();
    stages[id] = { stage: stage.stage, state: "waiting", needs: [...new Set(needs)] };
  }
  return stages;
}

/** How much of the run is done, 0 to 1, a running stage counting by its fraction. */
export function progressOf(run: Run): number {
  const ids = Object.keys(stagesOf(run));
  const done = ids.map((id) => {
    const state = stateOf(run, id);
    return state === "running" ? (run.live.get(id)?.fraction ?? 0) : state === "waiting" ? 0 : 1;
  });
  return ids.length ? done.reduce((sum, part) => sum + part, 0) / ids.length : 0;
}

/** The stage that is worth looking at first: the one running, else the last that made a model, else the last finished. */
export function favourite(run: Run): string | null {
  const stages = Object.entries(stagesOf(run));
  const failed = stages.find(([id]) => stateOf(run, id) === "failed");
  const running = stages.find(([id]) => stateOf(run, id) === "running");
  const done = stages.filter(([, stage]) => stage.output || stage.outputs?.length);
  const model = done.findLast(([, stage]) => filesOf("", stage).some((file) => file.name.endsWith(".glb")));
  return (failed ?? model ?? running ?? done.at(-1) ?? stages[0])?.[0] ?? null;
}

export interface RunFile {
  /** What it is called for people: the path within the artifact, or the output's name. */
  name: string;
  /** Where the page gets it. */
  url: string;
  bytes: number | null;
  isOutput: boolean;
}

/** All files of a stage: the outputs for people first, then those of its artifact. */
export function filesOf(id: string, stage: StageRecord, root = "run"): RunFile[] {
  const address = (path: string) => `${root}/${path.split("/").map(encodeURIComponent).join("/")}`;
  const outputs = (stage.outputs ?? []).map((path) => ({
    name: path.replace(/^outputs\//, ""),
    url: address(path),
    bytes: null,
    isOutput: true,
  }));
  const files = (stage.output?.files ?? []).map((file) => ({
    name: file.path,
    url: address(`artifacts/${id}/${file.path}`),
    bytes: file.bytes ?? null,
    isOutput: false,
  }));
  return [...outputs, ...files];
}

/** A stage's error as text, whatever shape the manifest gives it. */
export function errorOf(stage: StageRecord): { message: string; traceback: string } | null {
  const error = stage.error;
  if (!error) return null;
  if (typeof error === "string") return { message: error, traceback: "" };
  const record = error as Record<string, unknown>;
  return { message: String(record["message"] ?? JSON.stringify(error)), traceback: String(record["traceback"] ?? "") };
}

/** What a card says of time: what the stage took, or how much is left of it. */
export function stageTimes(run: Run, id: string, stage: StageRecord): string {
  const state = stateOf(run, id);
  if (state === "running") {
    const live = run.live.get(id);
    if (live?.etaSeconds !== null && live?.etaSeconds !== undefined) return `${duration(live.etaSeconds)} left`;
    return live?.fraction != null ? `${Math.round(live.fraction * 100)} %` : "";
  }
  if (state === "reused") return "from store";
  return stage.seconds != null && state !== "waiting" && state !== "skipped" ? duration(stage.seconds) : "";
}
