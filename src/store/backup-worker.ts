import { parentPort, workerData } from 'node:worker_threads';
import { type BackupAnswer, type BackupTask, backupFile } from './backup.ts';

const { file, to, least } = workerData as BackupTask;

async function answer(): Promise<BackupAnswer> {
  try {
    return { ok: true, backup: await backupFile(file, to, least) };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

parentPort?.postMessage(await answer());
