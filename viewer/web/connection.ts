// What the server tells: the run's files once, then each change as it happens.
import { applyEvent, type Job, type Manifest, type Run, type RunEvent, type Session } from "./run";

/** JSON from the server; null where there is none yet. */
export async function getJson<Value>(url: string): Promise<Value | null> {
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok || answer.status === 204) return null;
  try {
    return (await answer.json()) as Value;
  } catch {
    return null;
  }
}

export const getSession = () => getJson<Session>("api/session").catch(() => null);

/** The run's manifest and job, as far as there are any. */
export async function readRun(): Promise<{ manifest?: Manifest; job?: Job }> {
  const [manifest, job] = await Promise.all([getJson<Manifest>("run/run.json"), getJson<Job>("run/job.json")]).catch(() => [null, null]);
  return { ...(manifest && typeof manifest.stages === "object" ? { manifest } : {}), ...(job ? { job } : {}) };
}

/** The second run, which is only looked at. */
export async function getAgainst(): Promise<Manifest | null> {
  return getJson<Manifest>("against/run.json");
}

/** Ask the server to run its job again, with some settings changed; the message of what was wrong, null where it began. */
export async function startRun(changes: Record<string, unknown> = {}): Promise<string | null> {
  const answer = await fetch("api/start", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(changes),
  });
  if (answer.ok) return null;
  const body = (await answer.json().catch(() => ({}))) as { error?: string };
  return body.error ?? `The server answered ${answer.status}.`;
}

/** Keep `run` up to date and say so, at most once a frame. */
export function follow(run: Run, onchange: () => void): EventSource {
  let isQueued = false;
  const changed = () => {
    if (isQueued) return;
    isQueued = true;
    requestAnimationFrame(() => {
      isQueued = false;
      onchange();
    });
  };

  let reading: Promise<void> | null = null;
  let isStale = false;
  const readManifest = () => {
    isStale = true;
    reading ??= (async () => {
      while (isStale) {
        isStale = false;
        Object.assign(run, await readRun());
        changed();
      }
      reading = null;
    })();
  };

  const source = new EventSource("api/events");
  source.onopen = () => {
    run.isConnected = true;
    changed();
  };
  source.onerror = () => {
    run.isConnected = false;
    changed();
  };
  source.onmessage = (message) => {
    try {
      applyEvent(run.live, JSON.parse(message.data) as RunEvent);
    } catch {
      return; // a line that is not an event is the run's business, not the page's
    }
    changed();
  };
  source.addEventListener("anew", () => run.live.clear());
  source.addEventListener("run", readManifest);
  return source;
}
