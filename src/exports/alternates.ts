import type { Context, PushOutcome } from './commands.ts';
import type { AnyExportType, Price } from './define.ts';
import type { Event } from './events.ts';
import { short, systemName } from './phrases.ts';
import type { RetryPolicy } from './policy.ts';
import type { Export, Push, Revision } from './state.ts';
import { ruleOf, troubleOf } from './trouble.ts';
import { MINUTE_MS } from './words.ts';

type Alternating = AnyExportType & Required<Pick<AnyExportType, 'alternates'>>;

/** Looks for what may have taken effect, before somebody is asked to: about six minutes in all. */
const LOOKED_FOR: RetryPolicy = { max_attempts: 12, first_delay_ms: 1000, max_delay_ms: MINUTE_MS };

/** Tries at a system that has an alternate, before that is asked: about half a minute in all. */
const SOON: RetryPolicy = { max_attempts: 6, first_delay_ms: 1000, max_delay_ms: MINUTE_MS };

/** Whether anything that was sent may still take effect: until it cannot, nobody else is asked for the same. */
export function isOpen({ status }: Push): boolean {
  return status === 'waiting' || status === 'retrying' || status === 'unknown';
}

/** The export's type, which must still say how its sinks stand in for each other. */
export function typeOf(revision: Revision, context: Context): Alternating {
  const type = context.catalog.get(revision.export_type);
  if (!type?.alternates) throw new Error(`The type ${revision.export_type} has no alternates any more.`);
  return { ...type, alternates: type.alternates };
}

/** The push as its own system is asked for it. */
export function asked(push: Push, revision: Revision, type: Alternating, price: Price | null): Push {
  const name = revision.policy.failover?.as[push.sink] ?? null;
  return { ...push, operation: type.alternates.operation(push.operation, revision.payload, name, price) };
}

/** Of systems that are alternatives only the first is sent anything; what was delivered stays. */
export function firstTries(pushes: readonly Push[], revision: Revision, context: Context): readonly Push[] {
  if (!revision.policy.failover) return pushes;
  const done = pushes.find((push) => push.status === 'delivered');
  const first = done ?? pushes[0];
  if (!first) return [];
  return [first.status === 'delivered' ? first : asked(first, revision, typeOf(revision, context), null)];
}

/** Without the tries that another system has taken over. */
export function withoutOvertaken(state: Export): Export {
  return { ...state, pushes: state.pushes.filter((push) => !isOvertaken(state, push)) };
}

/** It failed, and a later one was sent in its place. */
export function isOvertaken({ pushes, revision }: Pick<Export, 'pushes' | 'revision'>, push: Push): boolean {
  return Boolean(revision?.policy.failover) && push.status === 'failed' && pushes.at(-1) !== push;
}

/** A cursor in digits counts pieces that stand already, such as labels that are paid for. */
function standsInPart({ status, cursor }: Push): boolean {
  return status !== 'delivered' && /^\d+$/.test(cursor ?? '');
}

/**
 * The next system in turn that has not been tried with these values; null when none is left, or when
 * another one would do again what stands in part.
 */
export function nextInTurn({ pushes, revision }: Export, after: Push): string | null {
  if (standsInPart(after)) return null;
  const turns = revision?.policy.routes[after.operation.name] ?? [];
  const tried = new Set(pushes.map((push) => push.sink));
  return turns.find((sink) => !tried.has(sink)) ?? null;
}

/** A system that another can stand in for is given up on sooner, and an order whose label may exist comes to a person sooner. */
export function retryOf(state: Export, revision: Revision, push: Push, outcome: string): RetryPolicy {
  const { failover, retry } = revision.policy;
  if (!failover) return retry;
  const lost = outcome === 'unknown' || push.status === 'unknown';
  if (!lost && nextInTurn(state, push) === null) return retry;
  const sooner = lost ? LOOKED_FOR : SOON;
  return retry.max_attempts <= sooner.max_attempts ? retry : sooner;
}

/**
 * A try that failed after one whose answer was lost says nothing about the lost one: it stays unknown
 * until the far side has told what became of it, so that no alternate begins beside it.
 */
export function stillOpen(state: Export, push: Push, outcome: PushOutcome): PushOutcome {
  const guarded = state.revision?.policy.failover && push.status === 'unknown';
  return guarded && outcome.kind === 'retry' ? { kind: 'unknown', cause: outcome.cause } : outcome;
}

/**
 * What follows when one of several alternatives refuses: the next one's price is asked, or, when none
 * is left, logistics takes over. Null where that is no matter of alternatives, so that the failure's
 * own rule applies: addresses, contacts and customs are as wrong for the next one, and an outcome that
 * nobody knows may be a label that is paid for.
 */
export function afterRefusal(state: Export, failed: Event, context: Context): readonly Event[] | null {
  if (failed.type !== 'push_failed' || !state.revision?.policy.failover) return null;
  const push = state.pushes.find((each) => each.key === failed.key);
  if (!push || !ruleOf(state, failed.exception_code, context).alternate) return null;
  if (state.pushes.some(isOpen)) return null;
  const { exception_code: code, message } = failed;
  const to = nextInTurn(state, push);
  if (to !== null) return [{ type: 'alternate_sought', from: push.sink, to, code, message }];
  if (state.pushes.length < 2) return null;
  return [{ type: 'paused', trouble: exhausted(state, failed, push, context) }];
}

/** Nobody would: whoever owns pending labels hears what each of them said. */
function exhausted(
  state: Export,
  { exception_code, metadata }: Extract<Event, { type: 'push_failed' }>,
  last: Push,
  context: Context,
) {
  const tries = state.pushes.map((push) => ({
    sink: push.sink,
    code: push.exception_code,
    message: push.detail,
  }));
  const said = tries.map(
    (each) => `${short(systemName(each.sink), 40)}: ${short(sentenceOf(each.message), 160)}`,
  );
  const message = `Nobody made it. ${said.join(' ')}`;
  const trouble = troubleOf(
    state,
    'label_pending',
    message,
    { ...metadata, tries, last_code: exception_code },
    null,
    context,
  );
  const last_rule = ruleOf(state, exception_code, context);
  return {
    ...trouble,
    remedy: `No other carrier is left after ${systemName(last.sink)}. ${last_rule.remedy}`,
  };
}

/** Ends in a full stop, whatever the far side wrote. */
export function sentenceOf(text: string | null): string {
  const words = (text ?? '').trim();
  return words === '' ? 'no reason given.' : /[.!?…]$/.test(words) ? words : `${words}.`;
}
