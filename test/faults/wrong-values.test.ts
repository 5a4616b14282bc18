import { describe, expect, it } from 'vitest';
import { createCatalog } from '../../src/exports/catalog.ts';
import type { Json } from '../../src/exports/envelope.ts';
import { type Reading, read } from '../../src/exports/receive.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { EXAMPLE, load } from '../support/config.ts';
import { fixture } from '../support/fixtures.ts';
import { T0 } from '../support/manual-clock.ts';
import { chance } from './town/chance.ts';

/** Two wrong values at once, of each type. */
const PAIRS = scaled({ short: 100, quick: 2_000, full: 8_000 });

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

type Tried = { path: Path; wrong: Json };

/** Null when the reader understood it or gave it back in words that people can act on. */
function fallen(raw: { [key: string]: Json }): string | null {
  try {
    const { revision, problems } = read(raw, reading, 1);
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (revision === null && errors.length === 0) return 'neither read nor given back';
    const speechless = errors.find(({ message }) => !/^\S.*\S$/su.test(message) || message.length > 2_000);
    return speechless ? `a problem without words at ${speechless.path}` : null;
  } catch (error) {
    return `threw ${error instanceof Error ? error.name : 'something'}`;
  }
}

describe.each(catalog.all().map(({ name }) => name))('%s', (type) => {
  const whole = fixture(type);
  const places = placesIn(whole);

  it('is understood or given back with problems, whatever stands in any one place or in two', {
    timeout: 300_000,
  }, () => {
    expect(read(whole, reading, 1).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { pick, seed } = chance(type.length);
    const faults: string[] = [];
    let tries = 0;
    const attempt = (...put: readonly Tried[]) => {
      const raw = put.reduce<Json>((so_far, { path, wrong }) => replaced(so_far, path, wrong), whole);
      if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return;
      tries += 1;
      const fault = fallen(raw);
      const where = put.map(({ path, wrong }) => `${path.join('.')}: ${JSON.stringify(wrong).slice(0, 60)}`);
      if (fault !== null) faults.push(`${fault}, seed ${seed}, ${where.join(' and ')}`);
    };
    for (const path of places) for (const wrong of WRONG) attempt({ path, wrong });
    const [first, ...rest] = places;
    if (!first) throw new Error('The fixture has no values.');
    const [oneWrong = null, ...otherWrong] = WRONG;
    for (let n = 0; n < PAIRS; n += 1) {
      const one = { path: pick([first, ...rest]), wrong: pick([oneWrong, ...otherWrong]) };
      attempt(one, { path: pick([first, ...rest]), wrong: pick([oneWrong, ...otherWrong]) });
    }
    reportProof('wrong_values', { tries, lost: 0, doubled: 0, wrong: faults.length });
    expect(faults).toEqual([]);
  });
});
