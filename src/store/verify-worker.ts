import { parentPort, workerData } from 'node:worker_threads';
import type { VerifyPart } from './faults.ts';
import { verifyPart } from './verify-parts.ts';

const { file } = workerData as { file: string };

/** One part after the other, as they come; until it is ended. */
parentPort?.on('message', (part: VerifyPart) => {
  parentPort?.postMessage(verifyPart(file, part));
});
