// Which views the page offers of stages: JSON {id: stage record} on standard input, {id: [view, ...]} on standard output.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("../../viewer/web/", import.meta.url));
const { build } = createRequire(`${web}package.json`)("esbuild");
const { outputFiles } = await build({ absWorkingDir: web, entryPoints: ["views.ts"], bundle: true, format: "esm", write: false, logLevel: "silent" });
const { viewsOf } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
const stages = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(Object.fromEntries(Object.entries(stages).map(([id, stage]) => [id, viewsOf(id, stage, true).map((view) => view.id)]))));
