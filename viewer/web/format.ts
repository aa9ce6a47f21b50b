// Numbers as people read them.

/** Seconds as `0.42 s`, `3 min 5 s`, `2 h 4 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** A byte count in decimal units. */
export function bytes(count: number): string {
  if (!Number.isFinite(count)) return "–";
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (count >= 999.5 && unit < units.length - 1) {
    count /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${count} ${count === 1 ? "byte" : "bytes"}` : `${count.toPrecision(3)} ${units[unit]}`;
}

/** A number with thin spaces between thousands and no more digits than say something. */
export function number(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

/** A length given in metres, in the unit that suits it. */
export function length(metres: number): string {
  const size = Math.abs(metres);
  if (size < 0.009995) return `${(metres * 1000).toFixed(1)} mm`;
  if (size < 0.9995) return `${(metres * 100).toFixed(1)} cm`;
  return size < 1000 ? `${metres.toFixed(2)} m` : `${(metres / 1000).toFixed(2)} km`;
}

const ACRONYMS = /\b(psnr|ssim|lpips|uv|gpu|cpu|glb|gltf|lod|fov|rgb|nerf|clip)\b/g;

/** `load_capture` and `psnr` as words. */
export function words(name: string): string {
  const text = name.replace(/_/g, " ").trim().replace(ACRONYMS, (acronym) => (acronym === "gltf" ? "glTF" : acronym === "nerf" ? "NeRF" : acronym.toUpperCase()));
  return text ? text[0]!.toUpperCase() + text.slice(1) : name;
}
