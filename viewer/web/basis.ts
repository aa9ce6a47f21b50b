// KTX2 textures, transcoded in a worker that is a file of its own.
import { KTX2Loader } from "three/addons/loaders/KTX2Loader.js";

const WORKER = "page/basis_worker.js";
const TRANSCODER = "page/basis_transcoder.wasm";

interface Inside {
  transcoderPending: Promise<void> | null;
  workerPool: { setWorkerCreator(create: () => Worker): void };
  workerConfig: unknown;
}

/** three.js makes this worker from a blob, under the page's policy; Basis' code evaluates text, which that forbids. The
 * server gives the file a policy under which it may, and under which it reaches nothing. */
export class BasisLoader extends KTX2Loader {
  override init(): Promise<void> {
    const inside = this as unknown as Inside;
    inside.transcoderPending ??= (async () => {
      const answer = await fetch(TRANSCODER);
      if (!answer.ok) throw new Error(`the server answered ${answer.status} for the KTX2 transcoder`);
      const binary = await answer.arrayBuffer();
      inside.workerPool.setWorkerCreator(() => {
        const worker = new Worker(WORKER);
        const transcoderBinary = binary.slice(0);
        worker.postMessage({ type: "init", config: inside.workerConfig, transcoderBinary }, [transcoderBinary]);
        return worker;
      });
    })();
    return inside.transcoderPending;
  }
}
