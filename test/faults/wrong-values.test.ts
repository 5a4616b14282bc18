import { describe, expect, it } from 'vitest';
import { createCatalog } from '../../src/exports/catalog.ts';
import type { Json } from '../../src/exports/envelope.ts';
import { type Reading, read } from '../../src/exports/receive.ts';
import { EXAMPLE, load } from '../support/config.ts';
import { fixture } from '../support/fixtures.ts';
import { T0 } from '../support/manual-clock.ts';

const catalog = createCatalog();
const loaded = load(EXAMPLE);
if (!loaded.ok) throw new Error('The example configuration has faults.');
const { config } = loaded;
const reading: Reading = {
  now: T0,
  catalog,
  directory: config.directory,
  policies: config.policies,
  sinks: [...config.sinks.keys()].map((name) => ({ name, accepts: () => true })),
  source: { name: 'pim', types: null, can_refetch: false },
};

const WRONG: readonly Json[] = [
  null,
  true,
  -1,
  0,
  0.1,
  1e21,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '20%',
  '-5',
  '1e9',
  'NaN',
  '\u0000',
  '\uD800',
  'x'.repeat(100_000),
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:59Z',
  'Europe/Nowhere',
  'https://user:pass@example.com/',
  'https://[::1',
  [],
  [null],
  [[]],
  {},
  { toString: 'x', constructor: null, length: -1 },
];

type Path = (string | number)[];

/** Every place within, lists and objects too; of a list only the first entry. */
function placesIn(value: Json, at: Path = []): Path[] {
  const here = at.length > 0 ? [at] : [];
  if (Array.isArray(value))
    return [...here, ...value.slice(0, 1).flatMap((each) => placesIn(each, [...at, 0]))];
  if (typeof value !== 'object' || value === null) return here;
  return [...here, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...at, key]))];
}

function replaced(value: Json, [step, ...rest]: Path, by: Json): Json {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((each, n) => (n === step ? replaced(each, rest, by) : each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === step ? replaced(each, rest, by) : each]),
  );
}

describe.each(catalog.all().map(({ name }) => name))('%s', (type) => {
  const whole = fixture(type);

  it('is understood or given back with problems, whatever stands in any one place', () => {
    expect(read(whole, reading, 1).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    for (const path of placesIn(whole)) {
      for (const wrong of WRONG) {
        const raw = replaced(whole, path, wrong) as { [key: string]: Json };
        const attempt = () => read(raw, reading, 1);
        expect(attempt, `${path.join('.')}: ${JSON.stringify(wrong).slice(0, 60)}`).not.toThrow();
      }
    }
  });
});
