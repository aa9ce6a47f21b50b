// Bundles the page's sources into ../page, which ships with the project; `--check` compares instead of writing.
// The bytes depend on the sources and the pinned packages alone.
import { createHash } from "node:crypto";
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile, copyFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const PAGE = join(HERE, "..", "page");
const THREE = join(HERE, "node_modules", "three");
const SOURCE_KINDS = new Set([".ts", ".css", ".html", ".svg", ".json", ".mjs"]);
const DECODERS = {
  "draco_wasm_wrapper.js": "examples/jsm/libs/draco/gltf/draco_wasm_wrapper.js",
  "draco_decoder.wasm": "examples/jsm/libs/draco/gltf/draco_decoder.wasm",
  "basis_transcoder.wasm": "examples/jsm/libs/basis/basis_transcoder.wasm",
};
const FIRST_PARTS = ["main.ts", "modelview.ts", "viewport.ts"];
const FIRST_LOAD_LIMIT_BYTES = 300_000;

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");

async function digests(folder, wanted) {
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name);
  const pairs = await Promise.all(
    names.filter(wanted).sort().map(async (name) => [name, digest(await readFile(join(folder, name)))]),
  );
  return Object.fromEntries(pairs);
}

async function buildInto(folder) {
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: ["main.ts"],
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2022",
    splitting: true,
    minify: true,
    metafile: true,
    legalComments: "none",
    chunkNames: "[name]-[hash]",
    logLevel: "warning",
  });
  const first = firstFiles(result.metafile);
  const html = await readFile(join(HERE, "index.html"), "utf8");
  const early = first.filter((name) => name !== "main.js").map((name) => `    <link rel="modulepreload" href="page/${name}" />\n`);
  await writeFile(join(folder, "index.html"), html.replace("  </head>", `${early.join("")}  </head>`));
  await copyFile(join(HERE, "mark.svg"), join(folder, "mark.svg"));
  await build({ absWorkingDir: HERE, entryPoints: ["style.css"], outdir: folder, minify: true, bundle: true });
  await build({ absWorkingDir: HERE, entryPoints: { splat_sort: "splatsort.ts" }, outdir: folder, minify: true, bundle: true, target: "es2022" });
  for (const [name, path] of Object.entries(DECODERS)) await copyFile(join(THREE, path), join(folder, name));
  await writeFile(join(folder, "basis_worker.js"), await basisWorker());
  await writeFile(join(folder, "NOTICES.txt"), await notices());
  const record = {
    sources: await digests(HERE, (name) => SOURCE_KINDS.has(extname(name))),
    built: await digests(folder, (name) => name !== "build.json"),
    first_load_gzip_bytes: await compressed(folder, first),
  };
  await writeFile(join(folder, "build.json"), JSON.stringify(record, null, 1) + "\n");
  return record;
}

// What three.js' KTX2Loader puts together at run time, as a file that can be served under a policy of its own.
async function basisWorker() {
  const { KTX2Loader } = await import("three/addons/loaders/KTX2Loader.js");
  const worker = KTX2Loader.BasisWorker.toString();
  const names = ["EngineFormat", "EngineType", "TranscoderFormat", "BasisFormat"];
  return [
    ...names.map((name) => `let _${name} = ${JSON.stringify(KTX2Loader[name])};`),
    await readFile(join(THREE, "examples/jsm/libs/basis/basis_transcoder.js"), "utf8"),
    worker.substring(worker.indexOf("{") + 1, worker.lastIndexOf("}")),
  ].join("\n");
}

async function notices() {
  const licence = await readFile(join(THREE, "LICENSE"), "utf8");
  return [
    "The page contains three.js (https://threejs.org) under the following licence:\n",
    licence.trim(),
    "\nIt contains the decoders that three.js distributes: Draco (Google, Apache License 2.0),",
    "Basis Universal (Binomial LLC, Apache License 2.0) and meshoptimizer (Arseny Kapoulkine, MIT).\n",
  ].join("\n");
}

// What a page load fetches before anyone clicks, in the order of need: main.js, the view of a model, and what these import
// statically. The page names the files, so that they come at once and not one after the other.
function firstFiles(metafile) {
  const outputs = Object.fromEntries(Object.entries(metafile.outputs).map(([path, output]) => [path.split("/").pop(), output]));
  const parts = Object.keys(outputs).filter((name) => FIRST_PARTS.includes(outputs[name].entryPoint));
  const needed = new Set(["main.js", ...parts.sort()]);
  for (const name of needed)
    for (const entry of outputs[name].imports)
      if (entry.kind === "import-statement") needed.add(entry.path.split("/").pop());
  return [...needed];
}

async function compressed(folder, names) {
  let bytes = 0;
  for (const name of names) bytes += gzipSync(await readFile(join(folder, name)), { level: 9 }).length;
  return bytes;
}

async function replace(from, to) {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(to)) await rm(join(to, name), { recursive: true });
  for (const name of await readdir(from)) await copyFile(join(from, name), join(to, name));
}

const scratch = await mkdtemp(join(tmpdir(), "scenewright-page-"));
try {
  const fresh = await buildInto(scratch);
  if (fresh.first_load_gzip_bytes > FIRST_LOAD_LIMIT_BYTES)
    throw new Error(`the first load is ${fresh.first_load_gzip_bytes} bytes compressed; the limit is ${FIRST_LOAD_LIMIT_BYTES}`);
  if (process.argv.includes("--check")) {
    const shipped = await digests(PAGE, (name) => name !== "build.json");
    const stale = Object.keys({ ...shipped, ...fresh.built }).filter((name) => shipped[name] !== fresh.built[name]);
    if (stale.length) {
      console.error(`viewer/page is not what viewer/web builds (${stale.join(", ")}): run npm run build`);
      process.exitCode = 1;
    }
  } else {
    await replace(scratch, PAGE);
    console.log(`viewer/page: ${Object.keys(fresh.built).length} files, first load ${(fresh.first_load_gzip_bytes / 1000).toFixed(1)} kB compressed`);
  }
} finally {
  await rm(scratch, { recursive: true });
}
