import { arrive } from '../exports/arrive.ts';
import type { Json } from '../exports/envelope.ts';
import { hashOf } from '../exports/hash.ts';
import { isOwn } from '../exports/own.ts';
import { read } from '../exports/receive.ts';
import { type Refusal, refuse } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import { lookAround } from '../exports/surroundings.ts';
import type { Delivery, IntakeDecision, IntakeResult, IntakeView } from '../store/port.ts';
import { contextOf, type Flow, readingOf } from './settings.ts';

/** What a sender is told: the id to ask for later, where it stands, and what is wrong with it. */
function answerFor(after: Export): Json {
  const problems = after.problems.map(({ code, path, message, severity }) => ({
    code,
    path,
    message,
    severity,
  }));
  return { export_id: after.id, state: after.status, ...(problems.length > 0 ? { problems } : {}) };
}

/**
 * Takes one export in. Resolves only after it is durable; the same key with the same body gives the
 * first answer again, with another body the refusal `conflict`.
 *
 * @param delivery claimed with it, so that a replay under another body is refused
 * @param only the export that it is a newer form of: where that waits no more, nothing is taken in
 * @param fallbackKey used when the body carries no usable idempotency key (the delivery's own id)
 */
export async function receive(
  flow: Flow,
  source: string,
  raw: { [key: string]: Json },
  fallbackKey: string,
  delivery?: Delivery,
  only?: string,
): Promise<IntakeResult> {
  const context = contextOf(flow);
  const understood = read(raw, readingOf(flow, source), 1);
  const sent = raw['idempotency_key'];
  const key = typeof sent === 'string' && sent.length > 0 && sent.length <= 200 ? sent : fallbackKey;
  const id = flow.ids.uuid();
  // Our own are told apart by their key alone: what is made again after a crash has a later instant in it.
  const body_hash = isOwn(source) ? hashOf({ key }) : hashOf(raw);
  const subjects = understood.revision?.subjects ?? [];
  const decide = (view: IntakeView): IntakeDecision | Refusal => {
    const known = {
      open: subjects.length > 0 ? view.openFor(subjects) : null,
      newest: subjects.map((subject) => view.newestFor(subject)),
    };
    if (only !== undefined && (known.open?.id !== only || known.open.status !== 'pending'))
      return refuse('not_waiting', { status: known.open?.status ?? 'decided', verb: 'renew' });
    const { export_id, events } = arrive(lookAround(understood, view), { id, source, key }, known, context);
    return { export_id, events, remember: { source, key, body_hash, answer: answerFor } };
  };
  return flow.ledger.intake(context.now, { source, key, body_hash }, decide, delivery);
}
