// A file's bytes, or what the server says against it.

export async function fetchBytes(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`the server answered ${answer.status} for ${url}`);
  return answer.arrayBuffer();
}
