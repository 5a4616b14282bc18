import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { renderFault } from '../../src/config.ts';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { SOURCE_KINDS } from '../../src/sources/registry.ts';
import { load, SECRETS, WHOLE } from '../support/config.ts';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));
const text = (page: string) => readFileSync(`${docs}${page}`, 'utf8');
const pages = [
  'configuration.md',
  'rollouts.md',
  'skus.md',
  'campaigns.md',
  ...globSync('{sinks,sources}/*.md', { cwd: docs }),
];

type Map = { [key: string]: unknown };
const mapOf = (value: unknown): Map => (value !== null && typeof value === 'object' ? (value as Map) : {});

/** Every example of a page, without the indentation that a list gives it. */
const examples = pages.flatMap((page) =>
  [...text(page).matchAll(/^( *)```yaml\n([\s\S]*?)^ *```$/gmu)].map(([, indent = '', block = ''], n) => ({
    page,
    n: n + 1,
    block: block.replaceAll(new RegExp(`^${indent}`, 'gmu'), ''),
  })),
);

/** Keys that stand under a type's policy; shown alone they are those of one that may have any of them. */
const OF_A_POLICY = ['ladder', 'rollout', 'refresh', 'failover'];

/** The example inside a whole configuration: its entries replace those of the same name. */
function completed(block: string): Map {
  const file = mapOf(parse(WHOLE));
  const shown = mapOf(parse(block));
  const policies = mapOf(file['policies']);
  for (const [key, value] of Object.entries(shown)) {
    if (OF_A_POLICY.includes(key))
      policies['price_update'] = { ...mapOf(policies['price_update']), [key]: value };
    else file[key] = { ...mapOf(file[key]), ...mapOf(value) };
  }
  // Sinks that an example only names are somewhere else in its file.
  const sinks = mapOf(file['sinks']);
  const named = Object.values(mapOf(file['policies'])).flatMap((policy) => {
    const { routes = [], staging = [] } = mapOf(policy);
    return [...(routes as string[]), ...(staging as string[])];
  });
  for (const name of named)
    sinks[name] ??= { kind: 'webhook', secret_env: 'OMS_SECRET', settings: { url: 'https://x.example' } };
  return file;
}

it('there are examples on every page of a kind, and every kind has a page', () => {
  for (const { kind } of SINK_KINDS) expect(examples.map(({ page }) => page)).toContain(`sinks/${kind}.md`);
  for (const { kind } of SOURCE_KINDS)
    expect(examples.map(({ page }) => page)).toContain(`sources/${kind}.md`);
});

it.each(examples)('$page, example $n, is a configuration without faults', ({ block }) => {
  const variables = [...block.matchAll(/_env: (\w+)/gu)].map(([, name = '']) => [
    name,
    SECRETS['PIM_SECRET'],
  ]);
  const loaded = load(stringify(completed(block)), { ...SECRETS, ...Object.fromEntries(variables) });
  expect(loaded.ok ? [] : loaded.faults.map((fault) => renderFault('meshline.yml', fault))).toEqual([]);
});

describe('an example with a fault', () => {
  it.each([
    ['sinks:\n  - name: fedex\n    kind: fedex\n', 'sinks'],
    [
      'sinks:\n  fedex:\n    kind: fedex\n    secret_env: FEDEX_SECRET\n    settings: { client: a }\n',
      'client',
    ],
    ['policies:\n  price_update:\n    routs: [oms]\n', 'routs'],
  ])('is found: %j', (block, named) => {
    const loaded = load(stringify(completed(block)), { ...SECRETS, FEDEX_SECRET: 'x' });
    const faults = loaded.ok ? [] : loaded.faults.map((fault) => renderFault('meshline.yml', fault));
    expect(faults.join('\n')).toContain(named);
  });
});

describe('docs/configuration.md', () => {
  const page = text('configuration.md');

  it('names every kind of sink and source, with its page', () => {
    for (const { kind } of SINK_KINDS) expect(page).toContain(`[\`${kind}\`](sinks/${kind}.md)`);
    for (const { kind } of SOURCE_KINDS) expect(page).toContain(`(sources/${kind}.md)`);
  });

  it('shows every kind of sink in use', () => {
    const shown = examples.filter((each) => each.page === 'configuration.md').map(({ block }) => block);
    for (const { kind } of SINK_KINDS) expect(shown.join('\n')).toContain(`kind: ${kind}\n`);
  });
});

const KINDS = [
  ...SINK_KINDS.map(({ kind, settings }) => ({ page: `sinks/${kind}.md`, settings })),
  ...SOURCE_KINDS.map(({ kind, settings }) => ({ page: `sources/${kind}.md`, settings })),
];

it.each(KINDS)('$page names every setting there is', ({ page, settings }) => {
  const shape = z.toJSONSchema(settings, { io: 'input', unrepresentable: 'any' });
  const missing = Object.keys(shape.properties ?? {}).filter((key) => !text(page).includes(`\`${key}`));
  expect(missing).toEqual([]);
});
