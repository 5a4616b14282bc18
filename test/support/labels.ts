import type { Arrival } from '../../src/exports/arrive.ts';
import { arrive } from '../../src/exports/arrive.ts';
import { createCatalog } from '../../src/exports/catalog.ts';
import type { Command, Context, PushOutcome } from '../../src/exports/commands.ts';
import { decide } from '../../src/exports/decide.ts';
import type { Price } from '../../src/exports/define.ts';
import type { Event } from '../../src/exports/events.ts';
import type { Directory } from '../../src/exports/ownership.ts';
import type { FailoverApproval } from '../../src/exports/policy.ts';
import { type Reading, read } from '../../src/exports/receive.ts';
import { isRefusal } from '../../src/exports/refusals.ts';
import type { SinkFacts } from '../../src/exports/stamp.ts';
import type { Export } from '../../src/exports/state.ts';
import type { Role } from '../../src/exports/words.ts';
import * as core from './core.ts';
import { fixture, type RawExport } from './fixtures.ts';
import { T0 } from './manual-clock.ts';

/** The core with the real types, and somebody for every role. */
export const catalog = createCatalog();

const OWNERS: readonly (readonly [Role, string])[] = [
  ['logistics', core.ALICE],
  ['engineering', core.BOB],
  ['operations', core.CAROL],
  ['supply_chain', core.SAM],
  ['merchandising', core.DAN],
  ['marketing_ops', core.MAYA],
  ['remediation', core.REM],
];

/** Who owns each role's failures. */
export const ownerOf = new Map<Role, string>(OWNERS);

export const directory: Directory = {
  ...core.directory,
  roles: new Map(
    OWNERS.map(([role, owner]) => [
      role,
      { members: [owner], channel: `C_${role.toUpperCase()}`, default_owner: owner },
    ]),
  ),
};

export const CARRIERS: readonly SinkFacts[] = ['usps', 'dhl', 'fedex'].map((name) => ({
  name,
  accepts: (operation) => operation === 'label.create',
}));

export function context(now = T0): Context {
  return core.context(now, { directory, catalog });
}

export type Asked = {
  approve?: FailoverApproval | null;
  routes?: readonly string[];
  sinks?: readonly SinkFacts[];
  edit?: (raw: RawExport) => void;
};

export function readingOf({ approve = 'never', routes, sinks = CARRIERS }: Asked): Reading {
  return {
    now: T0,
    catalog,
    directory,
    policies: new Map([
      [
        'shipping_label_request',
        {
          routes: routes ?? sinks.map((sink) => sink.name),
          ...(approve === null ? {} : { failover: { approve } }),
        },
      ],
    ]),
    sinks,
    source: { name: 'wms', types: null, can_refetch: false },
  };
}

/** A label request that policy has accepted, so that its first push is due. */
export function label(asked: Asked = {}): Export {
  const raw = fixture('shipping_label_request', asked.edit ? { edit: asked.edit } : {});
  const from = { id: core.guid(1000), source: 'wms', key: 'k-1' };
  const arrival: Arrival = arrive(
    read(raw, readingOf(asked), 1),
    from,
    { open: null, newest: [] },
    context(),
  );
  return core.fold(null, arrival.events, T0);
}

/** The events a command makes; a refusal is an error. */
export function made(state: Export, command: Command, now = T0): readonly Event[] {
  const decision = decide(state, command, context(now));
  if (isRefusal(decision)) throw new Error(`${command.do} was refused: ${decision.refused}`);
  return decision.events;
}

export function after(state: Export, command: Command, now = T0): Export {
  return core.fold(state, made(state, command, now), now, state.id);
}

export const NO_SERVICE: PushOutcome = {
  kind: 'failed',
  exception_code: 'carrier_service_unavailable',
  message: 'The service is not available to this destination.',
  metadata: {},
};

export function failure(exception_code: string, message = 'No.'): PushOutcome {
  return { kind: 'failed', exception_code, message, metadata: {} };
}

/** What the newest push came to; tries go on unless `last`. */
export function pushed(state: Export, outcome: PushOutcome, last = false, now = T0): Export {
  const key = state.pushes.at(-1)?.key ?? '';
  return after(state, { do: 'record_push', key, outcome, next_at: last ? null : now + 1_000 }, now);
}

export function quoted(state: Export, price: Price | null): Export {
  return after(state, { do: 'record_quote', to: state.alternate?.to ?? '', price });
}

export const eur = (amount: string, service: string | null = 'priority'): Price => ({
  amount,
  currency: 'EUR',
  service,
});

/** What each system was asked, in order. */
export const tries = (state: Export): string[] => state.pushes.map((push) => `${push.sink} ${push.status}`);
