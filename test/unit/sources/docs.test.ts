import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { SOURCE_KINDS } from '../../../src/sources/registry.ts';
import { EXAMPLE, load, SECRETS } from '../../support/config.ts';

const FOLDER = new URL('../../../docs/sources/', import.meta.url).pathname;
const pages = globSync('*.md', { cwd: FOLDER }).sort();

it('has one page a kind', () => {
  expect(pages).toEqual(SOURCE_KINDS.map(({ kind }) => `${kind}.md`).sort());
});

it.each(pages)('docs/sources/%s shows a configuration that works', (page) => {
  const text = readFileSync(`${FOLDER}${page}`, 'utf8');
  const [, block = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  const { sources } = parse(block.replaceAll(/^ {3}/gm, '')) as {
    sources: Record<string, { rules: unknown[] }>;
  };
  const file = parse(EXAMPLE) as { sources: object };
  Object.assign(file.sources, sources);
  const named = [...block.matchAll(/_env: (\w+)/g)].map(([, name = '']) => [name, SECRETS['PIM_SECRET']]);
  const loaded = load(stringify(file), { ...SECRETS, ...Object.fromEntries(named) });
  expect(loaded.ok ? [] : loaded.faults).toEqual([]);
  const [name = ''] = Object.keys(sources);
  expect(loaded.ok && loaded.config.sources.get(name)?.takes_hooks).toBe(true);
});
