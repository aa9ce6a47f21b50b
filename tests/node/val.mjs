// Prints, for each GLB named on the command line, one line of JSON with the Khronos validator's report.
import { readFileSync } from 'node:fs';
import validator from 'gltf-validator';

const externalResourceFunction = (uri) => Promise.reject(new Error(`external file ${uri}`));
for (const path of process.argv.slice(2)) {
  const bytes = new Uint8Array(readFileSync(path));
  const report = await validator.validateBytes(bytes, { uri: path, maxIssues: 100, externalResourceFunction });
  console.log(JSON.stringify(report));
}
