import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

const FOLDER = fileURLToPath(new URL('../../../../shared/specs/', import.meta.url));

/** The official specifications lie beside the project; elsewhere the conformance tests are skipped. */
export const SPECS_HERE = existsSync(FOLDER);
export const SKIPPED = 'skipped: ../shared/specs is not here';

/** Where a file of the specifications lies; `file` is relative to ../shared/specs. */
export const specPath = (file: string): string => join(FOLDER, file);

const JsonObject = z.record(z.string(), z.json());
export type JsonObject = z.infer<typeof JsonObject>;

/** A specification in YAML or JSON. Throws when it is neither, or no object. */
export function readSpec(file: string): JsonObject {
  const text = readFileSync(specPath(file), 'utf8');
  const raw: unknown = file.endsWith('.json') ? JSON.parse(text) : parse(text, { maxAliasCount: -1 });
  return JsonObject.parse(raw);
}
