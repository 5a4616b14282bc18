import { parentPort } from 'node:worker_threads';
import { verifyFile } from '../../../src/store/index.ts';
import type { Noted } from '../../../src/store/verify.ts';

/** Verifies one file after the other in one thread, so that a thousand need not start a thousand. */
parentPort?.on('message', ({ file, noted }: { file: string; noted: readonly Noted[] }) => {
  void verifyFile(file, noted).then(({ faults }) => parentPort?.postMessage(faults));
});
