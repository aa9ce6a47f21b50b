// Prints what Basis Universal's own transcoder reads of a KTX2 file, and writes one level as RGBA:
// node transcode.mjs IN.ktx2 OUT.rgba LEVEL
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../viewer/web/package.json', import.meta.url));
const folder = require.resolve('three/examples/jsm/libs/basis/basis_transcoder.js');
// The package calls itself a module, but this file of it is not one.
const load = new Function('module', 'require', '__dirname', '__filename', `${readFileSync(folder, 'utf8')}; return BASIS;`);
const basis = await load({ exports: {} }, require, '.', folder)({ wasmBinary: readFileSync(folder.replace(/js$/, 'wasm')) });
basis.initializeBasis();
const [source, target, level] = process.argv.slice(2);
const file = new basis.KTX2File(new Uint8Array(readFileSync(source)));
if (!file.isValid()) throw new Error('not a KTX2 file');
const about = { width: file.getWidth(), height: file.getHeight(), levels: file.getLevels(), alpha: file.getHasAlpha() };
file.startTranscoding();
const RGBA32 = 13;
const out = new Uint8Array(file.getImageTranscodedSizeInBytes(Number(level), 0, 0, RGBA32));
if (!file.transcodeImage(out, Number(level), 0, 0, RGBA32, 0, -1, -1)) throw new Error('cannot be transcoded');
writeFileSync(target, out);
console.log(JSON.stringify(about));
