import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { fileSchema } from '../src/config.ts';
import { createCatalog } from '../src/exports/catalog.ts';
import type { Json } from '../src/exports/envelope.ts';
import { SINK_KINDS } from '../src/sinks/registry.ts';
import { openApi } from '../src/web/openapi.ts';
import { exceptionsPage } from './exceptions-page.ts';

const EXAMPLES = new URL('../test/fixtures/exports/', import.meta.url);

/** The sample exports that the tests hold to be valid, by type. */
function examples(): Map<string, Json> {
  return new Map(
    readdirSync(EXAMPLES)
      .filter((file) => file.endsWith('.json'))
      .map((file) => {
        const example = JSON.parse(readFileSync(new URL(file, EXAMPLES), 'utf8')) as { export_type: string };
        return [example.export_type, example] as const;
      }),
  );
}

/** Files of this folder that are made from the code, with what they should hold. */
export function generated(): ReadonlyMap<string, string> {
  const catalog = createCatalog();
  const config = z.toJSONSchema(fileSchema(catalog, SINK_KINDS), { io: 'input', unrepresentable: 'any' });
  const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map([
    ['openapi.json', pretty(openApi(catalog, examples()))],
    ['meshline.schema.json', pretty({ title: 'meshline.yml', ...config })],
    ['exceptions.md', exceptionsPage(catalog.all())],
  ]);
}

if (import.meta.main) {
  for (const [name, text] of generated()) {
    writeFileSync(new URL(name, import.meta.url), text);
    console.log(`docs/${name}`);
  }
}
