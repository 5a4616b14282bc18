import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from './durable-files.ts';
import { LedgerPlaceUnusable } from './errors.ts';

/** Makes the ledger's folder if need be. @throws LedgerPlaceUnusable when the ledger cannot be written there. */
export function preparePlace(file: string): void {
  const folder = dirname(file);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new LedgerPlaceUnusable(file, `the folder ${folder} cannot be made`, codeOf(error));
  }
  usable(file, folder, `the folder ${folder} cannot be written`);
  if (!existsSync(file)) return;
  if (!statSync(file).isFile()) throw new LedgerPlaceUnusable(file, 'it is not a file', '');
  usable(file, file, 'it cannot be read and written');
}

function usable(file: string, path: string, trouble: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new LedgerPlaceUnusable(file, trouble, codeOf(error));
  }
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : '';
}
