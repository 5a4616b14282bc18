import { toIso } from '../clock.ts';
import type { Catalog, Reversal } from './define.ts';
import { Envelope, type Json } from './envelope.ts';
import type { Recorded } from './events.ts';
import { evolve } from './evolve.ts';
import { canonicalSku } from './identifiers.ts';
import { OWN_SOURCE } from './own.ts';
import type { PersonId } from './ownership.ts';
import { short } from './phrases.ts';
import { cohort } from './rollout.ts';
import type { Export } from './state.ts';

type Payload = { [key: string]: Json };

/** What all sinks told of an export, maps such as `discounts` taken together. */
function toldOf(pushes: Export['pushes']): Payload {
  const all: Payload = {};
  for (const [name, value] of pushes.flatMap(({ facts }) => Object.entries(facts))) {
    const known = all[name];
    all[name] = isMap(known) && isMap(value) ? { ...known, ...value } : value;
  }
  return all;
}

function isMap(value: Json | undefined): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What takes an export back, for the canonical SKUs named or for all of them. Null when its type
 * cannot, or when there is nothing to put back.
 */
export function reversalOf(
  { revision, raw, pushes }: Pick<Export, 'revision' | 'raw' | 'pushes'>,
  skus: ReadonlySet<string> | null,
  catalog: Catalog,
): Reversal | null {
  const type = revision ? catalog.get(revision.export_type) : undefined;
  if (!revision || !type?.reverse) return null;
  return type.reverse(type.payload.parse(revision.payload), skus, Envelope.parse(raw), toldOf(pushes));
}

/**
 * The whole export as Meshline sends it to take `state` back. The same for the same `at` and `key`,
 * so that sending it twice stores it once.
 *
 * @param at when somebody asked for it, ms; it counts as newer than what it takes back
 */
export function reversalExport(
  state: Export,
  back: Reversal,
  { by, at, key }: { by: PersonId; at: number; key: string },
): { [key: string]: Json } {
  const campaign = state.revision?.campaign_id ?? null;
  return {
    ...back,
    owner_id: state.route.owner,
    owner_role: state.route.role,
    ...(campaign === null ? {} : { campaign_id: campaign }),
    source: {
      system: OWN_SOURCE,
      reference: short(`rollback of ${state.source.reference}`, 200),
      requested_by: by,
      reverses: state.id,
    },
    idempotency_key: key,
    occurred_at: toIso(Math.max(at, state.occurred_at + 1)),
  };
}

const skuOf = (line: Json) =>
  typeof line === 'object' && line !== null && !Array.isArray(line) && typeof line['sku'] === 'string'
    ? canonicalSku(line['sku'])
    : null;

/**
 * The present payload with exactly the lines that were sent, in stages or at once, each as it was sent
 * last: an earlier revision may have reached further, and held SKUs that the present one no longer has.
 */
export function touchedPayload(id: string, history: readonly Recorded[]): Payload | null {
  let state: Export | null = null;
  const touched = new Map<string, Json>();
  for (const [index, { event, at }] of history.entries()) {
    const now: Export = evolve(state, event, at, id);
    state = now;
    const percent = sentBy(event, history[index + 1]?.event);
    if (percent === null) continue;
    for (const line of linesOf(now)) {
      const sku = skuOf(line);
      if (sku !== null && cohort(sku) < percent) touched.set(sku, line);
    }
  }
  const payload = state?.revision?.payload;
  return payload && touched.size > 0 ? { ...payload, lines: [...touched.values()] } : null;
}

/** Up to which percent of the SKUs an event has sent; null when it sends nothing. */
function sentBy(event: Recorded['event'], next: Recorded['event'] | undefined): number | null {
  if (event.type === 'rollout_stage_begun') return event.stages[event.stage - 1]?.percent ?? 0;
  return event.type === 'delivery_begun' && next?.type !== 'rollout_stage_begun' ? 100 : null;
}

function linesOf({ revision }: Export): readonly Json[] {
  const lines = revision?.payload['lines'];
  return Array.isArray(lines) ? lines : [];
}
