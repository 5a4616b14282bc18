import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { generated } from '../../../docs/generate.ts';
import { createCatalog } from '../../../src/exports/catalog.ts';
import { REFUSALS } from '../../../src/exports/refusals.ts';
import { openApi } from '../../../src/web/openapi.ts';
import { EXAMPLE } from '../../support/config.ts';
import { fixture } from '../../support/fixtures.ts';

const docs = generated();
const Document = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ responses: z.record(z.string(), z.json()) })),
  ),
  components: z.looseObject({ schemas: z.record(z.string(), z.json()) }),
});

test.each([...docs.keys()])('docs/%s says what the code says; else run "npm run docs:generate"', (name) => {
  const kept = readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');
  expect(kept).toBe(docs.get(name));
});

test('every reference of the OpenAPI document leads somewhere', () => {
  const document = Document.parse(openApi(createCatalog()));
  const names = new Set(
    Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`),
  );
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to ?? '');
  expect(references.length).toBeGreaterThan(20);
  expect(references.filter((to) => !names.has(to))).toEqual([]);
});

test('all types are in the contract, and each sample export fits its own and no other', () => {
  const document = openApi(createCatalog());
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'https://meshline.example/openapi', ...document });
  const contract = ajv.compile({ $ref: 'https://meshline.example/openapi#/components/schemas/Contract' });
  for (const { name } of createCatalog().all()) {
    expect({ name, valid: contract(fixture(name)), errors: contract.errors }).toEqual({
      name,
      valid: true,
      errors: null,
    });
    expect(contract({ ...fixture(name), accepted_by: ['somebody'] })).toBe(false);
  }
});

test('the example configuration fits the JSON Schema that editors use, and a typing error does not', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  const schema = z.record(z.string(), z.json()).parse(JSON.parse(docs.get('meshline.schema.json') ?? ''));
  const validate = ajv.compile(schema);
  expect({ valid: validate(parse(EXAMPLE)), errors: validate.errors }).toEqual({ valid: true, errors: null });
  expect(validate(parse(EXAMPLE.replace('people:', 'peoples:')))).toBe(false);
});

test('every status that intake can refuse with is described', () => {
  const document = Document.parse(openApi(createCatalog()));
  const statuses = Object.keys(document.paths['/v1/exports']?.['post']?.responses ?? {});
  const own = ['conflict', 'bad_request', 'bad_signature', 'too_large', 'unsupported_media_type'] as const;
  const told = [...own, 'too_many_requests', 'unavailable'] as const;
  for (const code of told) expect(statuses).toContain(String(REFUSALS[code].http));
});
