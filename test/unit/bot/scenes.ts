import { parse, stringify } from 'yaml';
import { northwind } from '../../../sandbox/company.ts';
import { arrive } from '../../../src/exports/arrive.ts';
import { createCatalog } from '../../../src/exports/catalog.ts';
import { tick } from '../../../src/exports/clockwork.ts';
import type { Command, Context } from '../../../src/exports/commands.ts';
import { decide } from '../../../src/exports/decide.ts';
import type { Event, Recorded } from '../../../src/exports/events.ts';
import { evolve } from '../../../src/exports/evolve.ts';
import { awaited, deciders } from '../../../src/exports/gates.ts';
import type { Directory, Person } from '../../../src/exports/ownership.ts';
import { read } from '../../../src/exports/receive.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import { HOUR_MS, MINUTE_MS, Status } from '../../../src/exports/words.ts';
import type { Shown } from '../../../src/flow/ports.ts';
import { EXAMPLE, load } from '../../support/config.ts';
import { withoutFarSides } from '../../support/far-sides.ts';
import { fixture, put, type RawExport } from '../../support/fixtures.ts';
import type { ConfigFile } from '../../support/house.ts';
import { T0 } from '../../support/manual-clock.ts';
import { withoutStaging } from '../../support/staging.ts';

/** Real exports of every type in every state, made by the core from the example configuration. */

const loaded = load(stringify(withoutStaging(withoutFarSides(parse(EXAMPLE) as ConfigFile))));
if (!loaded.ok) throw new Error('The example configuration does not load.');
const { config } = loaded;

export const catalog = createCatalog();

/** The example's people, linked to the sandbox's accounts by their e-mail addresses. */
export const directory: Directory = {
  ...config.directory,
  people: new Map(
    [...config.directory.people.values()].map((person): [string, Person] => {
      const employee = northwind.people.find((each) => each.email === person.email);
      const slack = employee ? { team: northwind.team.id, user: employee.id } : null;
      return [person.id, { ...person, slack }];
    }),
  ),
};

export function personNamed(name: string): Person {
  const person = [...directory.people.values()].find((each) => each.name.startsWith(name));
  if (!person) throw new Error(`Nobody is called ${name}.`);
  return person;
}

export const EXPORT_ID = '01936f2a-7b1c-7d00-8e4f-5a6b7c8d9e0f';
const sources = new Map([['pim', { can_refetch: false }]]);

export function context(now: number): Context {
  return { now, directory, catalog, sources };
}

/** An export with its whole history. */
export type Scene = { state: Export; recorded: readonly Recorded[] };

function grown(scene: Scene | null, events: readonly Event[], at: number, id: string): Scene {
  const recorded = [...(scene?.recorded ?? [])];
  let state = scene?.state ?? null;
  for (const event of events) {
    state = evolve(state, event, at, id);
    recorded.push({ export_id: id, n: recorded.length + 1, at, event });
  }
  if (!state) throw new Error('No events.');
  return { state, recorded };
}

export function readAt(raw: RawExport, now: number, number: number) {
  const sinks = [...config.sinks.values()].map((sink) => ({ name: sink.name, accepts: () => true }));
  return read(
    raw,
    {
      now,
      catalog,
      directory,
      policies: config.policies,
      sinks,
      source: { name: 'pim', types: null, can_refetch: false },
    },
    number,
  );
}

export function arrived(raw: RawExport, now = T0, id = EXPORT_ID): Scene {
  const got = readAt(raw, now, 1);
  const arrival = arrive(got, { id, source: 'pim', key: 'k-1' }, { open: null, newest: [] }, context(now));
  return grown(null, arrival.events, now, id);
}

export function after(scene: Scene, command: Command, now: number): Scene {
  const decision = decide(scene.state, command, context(now));
  if (isRefusal(decision))
    throw new Error(`${command.do} was refused: ${decision.refused} ${JSON.stringify(decision.facts)}`);
  return grown(scene, decision.events, now, scene.state.id);
}

export function and(scene: Scene, ...events: Event[]): Scene {
  return grown(scene, events, T0 + 5 * MINUTE_MS, scene.state.id);
}

/** As if its gate let people decide, whatever the example says. */
function decidable(scene: Scene): Scene {
  const { revision, route } = scene.state;
  if (!revision || revision.policy.gate.mode !== 'policy') return scene;
  const gate = {
    mode: 'single' as const,
    steps: [{ role: route.role }],
    ordered: false,
    reason: 'A person looks at it.',
  };
  const first = scene.recorded[0]?.event;
  if (first?.type !== 'received') throw new Error('It was not received.');
  const changed = { ...revision, policy: { ...revision.policy, gate, undo_ms: 20_000 } };
  return grown(null, [{ ...first, outcome: 'pending', revision: changed }], T0, scene.state.id);
}

/** Signed by somebody who may; `steps` times. */
export function acceptedBy(scene: Scene, times: number): Scene {
  let now = scene;
  for (let n = 0; n < times; n += 1) {
    const [by] = awaited(now.state, directory);
    if (by === undefined) return now;
    const command: Command = {
      do: 'accept',
      by,
      via: 'slack',
      seen: now.state.revision?.number ?? 0,
      confirm_stale: true,
    };
    now = after(now, command, T0 + (n + 1) * MINUTE_MS);
  }
  return now;
}

/** Every push of an export that goes out ends like this. */
function pushed(scene: Scene, outcome: Extract<Command, { do: 'record_push' }>['outcome']): Scene {
  let now = scene;
  for (const push of scene.state.pushes) {
    if (now.state.status !== 'delivering') break;
    now = after(now, { do: 'record_push', key: push.key, outcome, next_at: null }, T0 + 6 * MINUTE_MS);
  }
  return now;
}

export function out(scene: Scene): Scene {
  const all = acceptedBy(scene, 2);
  return all.state.status === 'accepted'
    ? grown(
        all,
        tick(all.state, false, context(all.state.undo_until ?? T0)),
        all.state.undo_until ?? T0,
        all.state.id,
      )
    : all;
}

/** The type's own example, as it stands in one state; null where a type cannot come there. */
export function sceneOf(type: string, status: Status, edit?: (raw: RawExport) => void): Scene {
  const fresh = decidable(arrived(fixture(type, edit ? { edit } : {})));
  const owner = fresh.state.route.owner;
  const decider = deciders(fresh.state, directory)[0] ?? owner;
  switch (status) {
    case 'quarantined':
      return arrived(
        fixture(type, {
          edit: (raw) => {
            edit?.(raw);
            raw['occurred_at'] = 'yesterday';
            delete raw.payload[Object.keys(raw.payload)[0] ?? ''];
          },
        }),
      );
    case 'pending':
      return fresh;
    case 'accepted': {
      const scene = acceptedBy(fresh, 2);
      return scene.state.status === 'accepted'
        ? scene
        : {
            ...scene,
            state: { ...scene.state, status: 'accepted', pushes: [], undo_until: T0 + 3 * MINUTE_MS },
          };
    }
    case 'delivering': {
      const scene = out(fresh);
      const [first] = scene.state.pushes;
      if (!first) return scene;
      const cause = 'the connection was reset';
      return and(scene, { type: 'push_retried', key: first.key, cause, next_at: T0 + 7 * MINUTE_MS });
    }
    case 'paused':
      return pushed(out(fresh), {
        kind: 'failed',
        exception_code: 'insufficient_inventory',
        message: 'Only 3 of 40 units of LIN-SHIRT-WHT-S are in stock.',
        metadata: { sku: 'LIN-SHIRT-WHT-S' },
      });
    case 'failed':
      return pushed(out(fresh), {
        kind: 'failed',
        exception_code: 'sink_rejected',
        message: 'The OMS answered 422: unknown discount kind.',
        metadata: {},
      });
    case 'delivered':
      return pushed(out(fresh), { kind: 'delivered', reference: 'oms-48213' });
    case 'rejected':
      return after(
        fresh,
        {
          do: 'reject',
          by: decider,
          seen: fresh.state.revision?.number ?? 0,
          reason: 'The discount is higher than agreed.',
        },
        T0 + 4 * MINUTE_MS,
      );
    case 'withdrawn':
      return and(fresh, {
        type: 'withdrawn',
        by: personNamed('Sofia').id,
        reason: 'Planned for next week instead.',
      });
    case 'expired':
      return and(fresh, { type: 'expired' });
    case 'superseded':
      return and(fresh, { type: 'superseded', newer: '01936f2a-7b1c-7d00-8e4f-5a6b7c8d9e10' });
    case 'rolled_back':
      return and(pushed(out(fresh), { kind: 'delivered', reference: null }), {
        type: 'rolled_back',
        by_export: '01936f2a-7b1c-7d00-8e4f-5a6b7c8d9e11',
      });
  }
}

/** Requested by Sofia, who holds no role. */
export function requested(raw: RawExport): void {
  const { source } = raw;
  if (typeof source === 'object' && source !== null && !Array.isArray(source)) {
    source['requested_by'] = personNamed('Sofia').id;
  }
}

export function shownOf({ state }: Scene, now = T0 + 2 * MINUTE_MS): Shown {
  return { state, directory, now };
}

export const TYPE_NAMES = catalog.all().map((type) => type.name);
export const STATUSES = Status.options;
export const LATER = T0 + 30 * HOUR_MS;

/** What one person does about a pending export, as a scene of its own. */
export const DURING = {
  locked: () =>
    after(
      sceneOf('promo_activation', 'pending', requested),
      { do: 'open_review', by: personNamed('Priya').id, take_over: false },
      T0 + MINUTE_MS,
    ),
  returned: () =>
    after(
      sceneOf('promo_activation', 'pending', requested),
      {
        do: 'request_changes',
        by: personNamed('Priya').id,
        seen: 1,
        reason: 'End it before the January sale.',
      },
      T0 + MINUTE_MS,
    ),
  edited: () => editedBy('Priya', '41.00'),
  undoable: () => acceptedBy(sceneOf('promo_activation', 'pending', requested), 2),
  acknowledged: () => {
    const paged = ticked(sceneOf('promo_activation', 'pending', requested), T0 + 16 * MINUTE_MS);
    return after(paged, { do: 'acknowledge', by: personNamed('Eli').id }, T0 + 16 * MINUTE_MS);
  },
  stoodIn: () => {
    const daniel = personNamed('Daniel').id;
    const late = and(sceneOf('promo_activation', 'pending'), { type: 'escalated', to: [daniel] });
    return after(
      late,
      { do: 'accept', by: daniel, via: 'slack', seen: 1, confirm_stale: true },
      T0 + MINUTE_MS,
    );
  },
} as const satisfies Record<string, () => Scene>;

/** Everything that time alone has made due. */
function ticked(scene: Scene, now: number): Scene {
  return after(scene, { do: 'tick', may_expire: false }, now);
}

/** The first line's price, typed over by somebody. */
export function editedBy(name: string, price: string): Scene {
  const scene = sceneOf('promo_activation', 'pending', requested);
  const raw = structuredClone(scene.state.raw) as RawExport;
  put(raw, 'payload.lines.0.after.price', price);
  const { envelope: _, ...repaired } = readAt(raw, T0, 2);
  return after(scene, { do: 'edit', by: personNamed(name).id, seen: 1, repaired }, T0 + MINUTE_MS);
}
