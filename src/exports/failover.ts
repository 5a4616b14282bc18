import Big from 'big.js';
import { asked, isOpen, sentenceOf, typeOf } from './alternates.ts';
import type { Command, Context } from './commands.ts';
import type { Decision } from './decide.ts';
import type { Price } from './define.ts';
import { lapsed, planned, staleGroups } from './delivery.ts';
import type { Event } from './events.ts';
import type { Money } from './fields.ts';
import { freshness, staleFacts } from './freshness.ts';
import { names, resolvers } from './gates.ts';
import { compareAmounts } from './money.ts';
import { money, serviceName, short, systemName } from './phrases.ts';
import { refuse } from './refusals.ts';
import type { Alternate, Export, Push, Revision } from './state.ts';
import { troubleOf } from './trouble.ts';

type RecordQuote = Extract<Command, { do: 'record_quote' }>;
type UseAlternate = Extract<Command, { do: 'use_alternate' }>;

type Costs = { expected: Money; allowed: Money };

/** The push that would go to the next system; null when it is no longer on the route. */
export function alternatePush(state: Export, to: string, price: Price | null, context: Context): Push | null {
  const { revision } = state;
  if (!revision) return null;
  const push = planned(state, revision, context).find((each) => each.sink === to);
  return push ? asked(push, revision, typeOf(revision, context), price) : null;
}

/** How much more it costs than was expected; null when that cannot be told or it costs no more. */
function dearer(price: Price | null, expected: Money): Money | null {
  if (price === null || price.currency !== expected.currency) return null;
  if (compareAmounts(price.amount, expected.amount) <= 0) return null;
  return { amount: new Big(price.amount).minus(expected.amount).toFixed(2), currency: price.currency };
}

function isAbove(price: Price, limit: Money): boolean {
  return price.currency !== limit.currency || compareAmounts(price.amount, limit.amount) > 0;
}

/** Why a person must say yes first; null when the policy lets it go on by itself. */
function question(revision: Revision, price: Price | null, { expected, allowed }: Costs): string | null {
  const limit = money(allowed.amount, allowed.currency);
  if (price && isAbove(price, allowed)) return `That is above the ${limit} allowed.`;
  switch (revision.policy.failover?.approve ?? 'always') {
    case 'never':
      return null;
    case 'always':
      return 'By policy somebody agrees to every change of carrier.';
    case 'dearer':
      if (price === null) return 'It tells no price, so nobody knows what it costs.';
      if (!isAbove(price, expected)) return null;
      return 'By policy somebody agrees to what is dearer.';
  }
}

/** "USPS Priority 9.40 USD, 1.20 USD more than FedEx". */
function priceWords({ from, to, price, dearer: more }: Alternate): string {
  const next = short(systemName(to), 40);
  if (price === null) return `${next}, at a price it does not tell`;
  const service = price.service === null ? '' : ` ${short(serviceName(price.service, to), 40)}`;
  const than = more === null ? '' : `, ${money(more.amount, more.currency)} more than ${systemName(from)}`;
  return `${next}${service} ${money(price.amount, price.currency)}${than}`;
}

/** The price of the next system is in: it is sent the push, or somebody is asked. */
export function recordQuote(state: Export, { to, price }: RecordQuote, context: Context): Decision {
  const { alternate, revision } = state;
  if (state.status !== 'delivering' || alternate?.to !== to || !revision) return { events: [] };
  const stale = staleGroups(state, context.now);
  if (stale.length > 0) return { events: lapsed(state, stale, context) };
  const costs = typeOf(revision, context).alternates.costs(revision.payload);
  const next: Alternate = { ...alternate, price, dearer: dearer(price, costs.expected) };
  const why = question(revision, price, costs);
  if (why === null) return { events: goOn(state, next, null, context) };
  return { events: [{ type: 'paused', trouble: asking(state, next, why, context), alternate: next }] };
}

function asking(state: Export, next: Alternate, why: string, context: Context) {
  const from = short(systemName(next.from), 40);
  const to = short(systemName(next.to), 40);
  const message = `${from} refused: ${short(sentenceOf(next.message), 240)} The alternate is ${priceWords(next)}.`;
  const metadata = { from: next.from, to: next.to, code: next.code, price: next.price };
  const trouble = troubleOf(state, 'label_pending', message, metadata, null, context);
  return { ...trouble, remedy: `${why} Use ${to}, reject it, or resume once ${from} takes it after all.` };
}

/** Whoever owns the pending label agrees: their word is on record, and what was accepted still stands. */
export function useAlternate(state: Export, { by }: UseAlternate, context: Context): Decision {
  const { alternate } = state;
  if (state.status !== 'paused' || !alternate || state.pushes.some(isOpen)) {
    return refuse('not_waiting', { status: state.status, verb: 'use another carrier for' });
  }
  const allowed = resolvers(state, context.directory);
  if (!allowed.includes(by)) {
    return refuse('not_allowed', {
      verb: 'use another carrier for',
      allowed: names(allowed, context.directory),
    });
  }
  const [old] = freshness(state, context.now).filter((each) => each.stale);
  if (!old) return { events: goOn(state, alternate, by, context) };
  if (state.revision?.policy.gate.mode === 'policy') return refuse('stale_refused', staleFacts(state, old));
  return { events: [{ type: 'acceptance_lapsed', groups: staleGroups(state, context.now) }] };
}

function goOn(state: Export, next: Alternate, by: string | null, context: Context): readonly Event[] {
  const push = alternatePush(state, next.to, next.price, context);
  // The routes are stamped, so what was once in turn still is.
  if (!push) throw new Error(`There is no route to ${next.to}.`);
  const { from, to, code, message, price } = next;
  return [
    {
      type: 'failed_over',
      from,
      to,
      code,
      message,
      ...(price ? { cost: price } : {}),
      ...(next.dearer ? { dearer: next.dearer } : {}),
      by,
      push,
    },
  ];
}
