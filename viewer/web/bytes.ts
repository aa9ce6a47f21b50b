// A file's bytes, or what the server says against it.

export async function fetchBytes(url: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  return startDownload(url, signal).data;
}

export interface Download {
  data: Promise<ArrayBuffer>;
  /** Called with how much of it has come, 0 to 1; may be set while it comes. */
  onprogress: (fraction: number) => void;
}

/** A download that has begun, to wait for where its bytes are needed. */
export function startDownload(url: string, signal?: AbortSignal): Download {
  const download: Download = { data: read(url, signal, (fraction) => download.onprogress(fraction)), onprogress: () => undefined };
  download.data.catch(() => undefined); // told where the bytes are waited for
  return download;
}

async function read(url: string, signal: AbortSignal | undefined, onprogress: (fraction: number) => void): Promise<ArrayBuffer> {
  const answer = await fetch(url, { cache: "no-cache", ...(signal && { signal }) });
  if (!answer.ok) throw new Error(`the server answered ${answer.status} for ${url}`);
  const total = Number(answer.headers.get("content-length"));
  if (!answer.body || !total) return answer.arrayBuffer();
  const whole = new Uint8Array(total);
  let filled = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    whole.set(value, filled);
    filled += value.length;
    onprogress(filled / total);
  }
  return whole.buffer;
}
