import type { Kept } from './catalogue.ts';
import { mayMapSkus } from './catalogue-decide.ts';
import type { Command, Context } from './commands.ts';
import type { Decision } from './decide.ts';
import { assertAccepted, lapsed, staleGroups } from './delivery.ts';
import type { Json } from './envelope.ts';
import type { Event } from './events.ts';
import { freshness, staleFacts } from './freshness.ts';
import { names } from './gates.ts';
import { canonicalSku } from './identifiers.ts';
import { refuse } from './refusals.ts';
import { skusIn } from './skus.ts';
import type { Export, Push, Trouble } from './state.ts';
import { nextTry } from './tries.ts';
import { SKU_MAPPING_FAILED } from './trouble.ts';

/** A SKU that a system could not place, what we call it there now, and what that system itself proposes. */
export type Unmapped = { sku: string; alias: string | null; suggestion: string | null };

/** The trouble, when the export waits for names of SKUs at one system. */
export function mappingTrouble({
  status,
  trouble,
}: Pick<Export, 'status' | 'trouble'>): (Trouble & { sink: string }) | null {
  if (status !== 'paused' || trouble?.code !== SKU_MAPPING_FAILED || trouble.sink === null) return null;
  return { ...trouble, sink: trouble.sink };
}

/** The pushes of a system that are to go out again once it knows the SKUs. */
function misplaced(state: Export, sink: string): readonly Push[] {
  const failed = state.pushes.filter(
    (push) => push.status === 'failed' && push.exception_code === SKU_MAPPING_FAILED,
  );
  // It had taken them, and said later that it could not place their SKUs.
  const taken = () => state.pushes.filter((push) => push.sink === sink && push.status === 'delivered');
  return failed.some((push) => push.sink === sink) ? failed : [...failed, ...taken()];
}

/** Canonical SKUs that the system must know by a name of its own before the export can go on. */
export function unplacedSkus(state: Export): readonly string[] {
  const trouble = mappingTrouble(state);
  if (!trouble) return [];
  const pushes = misplaced(state, trouble.sink).filter((push) => push.sink === trouble.sink);
  const sent = pushes.flatMap((push) => skusIn(push.operation.body));
  const said = new Set(told(trouble.metadata));
  const named = sent.filter((sku) => said.has(sku));
  return [...new Set(named.length > 0 ? named : sent)];
}

/**
 * What is left to be mapped: what got a name since the export was stopped is done. Where the system
 * named no SKU, those that have a name already are taken to be known.
 */
export function unmapped(state: Export, aliases: Readonly<Record<string, Kept>>): readonly Unmapped[] {
  const trouble = mappingTrouble(state);
  if (!trouble) return [];
  const precise = told(trouble.metadata).length > 0;
  return unplacedSkus(state).flatMap((sku) => {
    const kept = aliases[sku];
    if (kept && (!precise || kept.at >= trouble.at)) return [];
    return [{ sku, alias: kept?.alias ?? null, suggestion: suggestionFor(trouble.metadata, sku) }];
  });
}

function told(metadata: Trouble['metadata']): readonly string[] {
  const { skus, sku } = metadata;
  const all = Array.isArray(skus) ? skus : [sku];
  return all.flatMap((each) => (typeof each === 'string' ? [canonicalSku(each)] : []));
}

/** `candidates`: the far side's own SKUs by ours, one or several; the first is proposed. */
function suggestionFor({ candidates }: Trouble['metadata'], sku: string): string | null {
  if (typeof candidates !== 'object' || candidates === null || Array.isArray(candidates)) return null;
  const found = Object.entries(candidates).find(([ours]) => canonicalSku(ours) === sku)?.[1];
  const first: Json | undefined = Array.isArray(found) ? found[0] : found;
  return typeof first === 'string' && first.trim() !== '' ? first.trim() : null;
}

/**
 * Goes on with the values that were accepted: what a system calls a SKU is addressing and not part of
 * them, so nobody signs again. What was refused or is to be redone gets a key of its own, because a
 * system answers a key that it knows with its first answer.
 */
export function continueMapped(
  state: Export,
  { by }: Extract<Command, { do: 'continue_mapped' }>,
  context: Context,
): Decision {
  const trouble = mappingTrouble(state);
  const { revision } = state;
  if (!trouble || !revision) return refuse('not_waiting', { status: state.status, verb: 'map SKUs for' });
  const allowed = mayMapSkus(context.directory);
  if (!allowed.includes(by)) {
    return refuse('not_yours_to_change', { what: 'map SKUs', allowed: names(allowed, context.directory) });
  }
  assertAccepted(state, revision);
  const event = (tries: Record<string, string>): Event => ({
    type: 'mapping_completed',
    by,
    system: trouble.sink,
    tries,
  });
  const groups = staleGroups(state, context.now);
  if (groups.length > 0) {
    const worst = freshness(state, context.now).find((each) => each.stale);
    if (worst && revision.policy.gate.mode === 'policy')
      return refuse('stale_refused', staleFacts(state, worst));
    return { events: [event({}), ...lapsed(state, groups, context)] };
  }
  const again = new Set(misplaced(state, trouble.sink).map((push) => push.key));
  const going = state.pushes.filter(
    (push) => again.has(push.key) || (push.status !== 'delivered' && push.status !== 'failed'),
  );
  const tries = going.map(({ key }) => [key, again.has(key) ? nextTry(key) : key] as const);
  return { events: [event(Object.fromEntries(tries))] };
}
