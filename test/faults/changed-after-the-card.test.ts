import { expect, it } from 'vitest';
import { arrive } from '../../src/exports/arrive.ts';
import { createCatalog } from '../../src/exports/catalog.ts';
import type { Command, Context } from '../../src/exports/commands.ts';
import { decide } from '../../src/exports/decide.ts';
import type { Json } from '../../src/exports/envelope.ts';
import { awaited } from '../../src/exports/gates.ts';
import { type Reading, read } from '../../src/exports/receive.ts';
import { isRefusal } from '../../src/exports/refusals.ts';
import type { Export } from '../../src/exports/state.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { EXAMPLE, load } from '../support/config.ts';
import { fold, guid } from '../support/core.ts';
import { fixture, type RawExport } from '../support/fixtures.ts';
import { T0 } from '../support/manual-clock.ts';
import { type Chance, chance } from './town/chance.ts';

const catalog = createCatalog();
const loaded = load(EXAMPLE);
if (!loaded.ok) throw new Error('The example configuration has faults.');
const { config } = loaded;
const TYPES = catalog.all().map(({ name }) => name) as [string, ...string[]];
const sources = new Map([['pim', { can_refetch: false }]]);
const STEP_MS = 1_000;

const readingAt = (now: number): Reading => ({
  now,
  catalog,
  directory: config.directory,
  policies: config.policies,
  sinks: [...config.sinks.keys()].map((name) => ({ name, accepts: () => true })),
  source: { name: 'pim', types: null, can_refetch: false },
});
const contextAt = (now: number): Context => ({ now, directory: config.directory, catalog, sources });

/** A number or an amount a little larger, somewhere in the payload; nothing else can be changed blindly. */
function changed(value: Json, random: Chance): Json {
  if (typeof value === 'number') return random.next() < 0.3 ? value + 1 : value;
  if (typeof value === 'string')
    return /^\d+\.\d\d$/.test(value) && random.next() < 0.3 ? (Number(value) + 0.5).toFixed(2) : value;
  if (Array.isArray(value)) return value.map((each) => changed(each, random));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, changed(each, random)]));
}

function received(raw: RawExport, id: string): Export {
  const from = { id, source: 'pim', key: id };
  const arrival = arrive(read(raw, readingAt(T0), 1), from, { open: null, newest: [] }, contextAt(T0));
  return fold(null, arrival.events, T0, id);
}

/** The state after other values arrived for it; null where the change made no valid export of the same subjects. */
function revised(state: Export, raw: RawExport, now: number): Export | null {
  const next = read({ ...raw, occurred_at: new Date(now).toISOString() }, readingAt(now), 1);
  if (String(next.revision?.subjects) !== String(state.revision?.subjects)) return null;
  const newest = [{ export_id: state.id, occurred_at: state.occurred_at }];
  const from = { id: guid(1), source: 'pim', key: 'newer' };
  const { export_id, events } = arrive(next, from, { open: state, newest }, contextAt(now));
  return export_id === state.id ? fold(state, events, now, state.id) : null;
}

/** Everything that somebody decides by looking at values, as of the revision `seen`. */
const LOOKED_AT: readonly ((by: string, seen: number) => Command)[] = [
  (by, seen) => ({ do: 'accept', by, via: 'slack', seen, confirm_stale: true }),
  (by, seen) => ({ do: 'reject', by, seen, reason: 'not these' }),
  (by, seen) => ({ do: 'request_changes', by, seen, reason: 'not these' }),
  (by, seen) => ({ do: 'override_safety_checks', by, seen, reason: 'not these' }),
  (by, seen) => ({ do: 'request_rehearsal', by, seen }),
  (by, seen) => ({ do: 'use_alternate', by, seen }),
  (by, seen) => ({ do: 'take_out', by, seen, held: new Map(), repaired: null }),
];

type Walk = { clicks: number; revisions: number; wrong: string[] };

/** One export that changes again and again under the eyes of whoever may sign it. */
function walk(type: string, random: Chance, id: string): Walk {
  const outcome: Walk = { clicks: 0, revisions: 0, wrong: [] };
  let raw = fixture(type);
  let state = received(raw, id);
  const say = (what: string) => outcome.wrong.push(`${type}: ${what}`);
  for (let turn = 1; turn <= 8 && state.status === 'pending'; turn += 1) {
    const now = T0 + turn * STEP_MS;
    const before = state.revision;
    const payload = changed(raw.payload, random) as RawExport['payload'];
    const next = revised(state, { ...raw, payload }, now);
    if (next) [state, raw] = [next, { ...raw, payload }];
    if (!before || !state.revision || state.status !== 'pending') break;
    const other = state.revision.hash !== before.hash;
    if (other) outcome.revisions += 1;
    if (other && state.acceptances.length > 0) say('what was signed before still stands');
    const present = state.revision.number;
    const unseen = [...Array.from({ length: present }, (_, n) => n), present + 1, -1, 2 ** 53];
    for (const by of awaited(state, config.directory))
      for (const seen of unseen)
        for (const asks of LOOKED_AT) {
          outcome.clicks += 1;
          const decision = decide(state, asks(by, seen), contextAt(now));
          if (!isRefusal(decision) || decision.refused !== 'stale_version')
            say(`${asks(by, seen).do} on ${seen} of ${present} was not refused as stale`);
        }
    const [signer] = awaited(state, config.directory);
    if (signer === undefined || random.next() < 0.5) continue;
    const signs: Command = { do: 'accept', by: signer, via: 'slack', seen: present, confirm_stale: true };
    const decision = decide(state, signs, contextAt(now));
    if (!isRefusal(decision)) state = fold(state, decision.events, now, state.id);
    if (state.acceptances.some(({ hash }) => hash !== state.revision?.hash)) say('other values were signed');
  }
  return outcome;
}

it('counts no click on values that have changed since, and signs only what stands', () => {
  const random = chance();
  const walks = scaled({ short: 60, quick: 600, full: 3_000 });
  const total: Walk = { clicks: 0, revisions: 0, wrong: [] };
  for (let n = 0; n < walks; n += 1) {
    const { clicks, revisions, wrong } = walk(TYPES[n % TYPES.length] ?? TYPES[0], random, guid(5_000 + n));
    total.clicks += clicks;
    total.revisions += revisions;
    total.wrong.push(...wrong);
  }
  reportProof('changed_after_card', {
    tries: total.clicks,
    lost: 0,
    doubled: 0,
    wrong: total.wrong.length,
  });
  expect(total.wrong.slice(0, 10), `seed ${random.seed}`).toEqual([]);
  expect(total.revisions).toBeGreaterThan(walks / 2);
});
