import { z } from 'zod';
import type { Json } from '../exports/envelope.ts';
import { MINUTE_MS } from '../exports/words.ts';
import { createBudget } from './carriers/budget.ts';
import { createCarrierClient } from './carriers/client.ts';
import { type LabelRequest, type Price, readLabelRequest, tooDear } from './carriers/label-request.ts';
import { quotedAt, quoteStands } from './carriers/quote-cursor.ts';
import { labelReference } from './carriers/reference.ts';
import { clientCredentials, createTokenCache } from './carriers/token.ts';
import { type Voided, voidLabels } from './carriers/void.ts';
import { defineSink, type SinkContext } from './define.ts';
import { boughtOf, trackedOf } from './fedex/answers.ts';
import { createFedexCalls, quoteFrom, told } from './fedex/calls.ts';
import { probeFedex } from './fedex/probe.ts';
import { FedexSettings, fedexBase } from './fedex/settings.ts';
import { shipmentOf } from './fedex/shipment.ts';
import type { Found, PushRequest, Sink, SinkOutcome } from './port.ts';
import { failed } from './shared/ending.ts';
import { createRedact } from './signing.ts';

/** With URLs instead of bytes an answer stays small, but forty parcels with their rates are not. */
const LONGEST_ANSWER = 4 * 1024 * 1024;
/** FedEx blocks an address that asks for tokens too often for about this long, with 403. */
const THROTTLE_MS = 10 * MINUTE_MS;

function createFedex(settings: FedexSettings, context: SinkContext): Sink {
  const { name, secrets, clock } = context;
  const { timeout_ms, allow_private, concurrency, carrier } = settings;
  const base = fedexBase(settings);
  const http = context.http({
    timeout_ms,
    allow_private,
    concurrency,
    longest_answer_bytes: LONGEST_ANSWER,
  });
  const tokens = createTokenCache(
    clock,
    clientCredentials({
      http,
      clock,
      url: new URL('/oauth/token', base),
      client_id: settings.client_id,
      secrets,
      form: 'urlencoded',
      throttle: { statuses: [403], wait_ms: THROTTLE_MS },
    }),
  );
  // FedEx allows 1,400 calls in 10 seconds to a project.
  const budget = createBudget(clock, { calls: 1_200, window_ms: 10_000 });
  const client = createCarrierClient({ http, clock, base, tokens, budget });
  const reading = () => ({ now: clock.now(), redact: createRedact([...secrets, ...tokens.known()]) });
  const calls = createFedexCalls(client, settings, reading);

  const priced = async (label: LabelRequest, reference: string) => {
    const shipment = shipmentOf(label, settings, reference, clock.now());
    if (!shipment.ok) return shipment;
    const rated = await calls.rate(shipment.value.rate, reference);
    if (!rated.ok) return rated;
    const price = quoteFrom(rated, shipment.value, label.max_cost.currency, reading());
    return price.ok ? { ok: true as const, shipment: shipment.value, quote: price.quote } : price;
  };

  const create = async (request: PushRequest): Promise<SinkOutcome> => {
    const label = readLabelRequest(request);
    if (!label.ok) return label.outcome;
    const reference = labelReference(request.key);
    const now = clock.now();
    if (!quoteStands(request.cursor, now)) {
      const price = await priced(label.value, reference);
      if (!price.ok) return price.outcome;
      const { amount, currency, service } = price.quote;
      const dear = tooDear('FedEx', { amount, currency }, label.value.max_cost);
      return (
        dear ?? {
          kind: 'partial',
          cursor: quotedAt(now),
          facts: { carrier, service, quoted: { amount, currency } },
        }
      );
    }
    const shipment = shipmentOf(label.value, settings, reference, now);
    if (!shipment.ok) return shipment.outcome;
    const { service, ship_date } = shipment.value;
    const shipped = await calls.ship(shipment.value, reference);
    if (!shipped.ok) return shipped.outcome;
    const { currency } = label.value.max_cost;
    const quoted = quotedPrice(request);
    const bought = boughtOf(shipped.answer, { carrier, service, ship_date, reference, currency, quoted });
    if (bought) return { kind: 'delivered', reference: bought.tracking_number, facts: bought.facts };
    const refused = told(shipped, { ...reading(), writes: true });
    return refused ?? { kind: 'unknown', cause: 'FedEx answered a success without a label.' };
  };

  const cancel = async (number: string, reference: string): Promise<Voided> => {
    const cancelled = await calls.cancel(number, reference);
    if (!cancelled.ok) {
      const { outcome } = cancelled;
      const already = outcome.kind === 'failed' && outcome.exception_code === 'label_already_voided';
      return already ? { ok: true } : { ok: false, outcome };
    }
    if (cancelled.answer.output?.cancelledShipment === true) return { ok: true };
    const outcome = told(cancelled, { ...reading(), writes: true });
    return { ok: false, outcome: outcome ?? failed('label_void_rejected', `FedEx did not void ${number}.`) };
  };

  return {
    name,
    carriers: [carrier],
    limits: { concurrency, rate_per_second: null },
    idempotent: false,
    accepts: (operation) => operation === 'label.create' || operation === 'label.void',
    push: (request) =>
      request.operation === 'label.void'
        ? voidLabels(request, clock, (number) => cancel(number, labelReference(request.key)))
        : create(request),
    async reconcile(request): Promise<Found> {
      // A label that is void already answers so, and nothing is bought before a price is kept.
      if (request.operation === 'label.void' || request.cursor === null) return { kind: 'absent' };
      const reference = labelReference(request.key);
      const found = await calls.find(reference);
      // FedEx shows a label only once it has manifested it, so that nothing found proves nothing.
      const standing = found.ok ? trackedOf(found.answer) : [];
      const [first] = standing;
      if (!first) return { kind: 'unknown' };
      const note =
        'The answer to the purchase was lost. Its cost is the quoted one. Print the label from FedEx Ship Manager.';
      const facts: { [key: string]: Json } = {
        carrier,
        reference,
        tracking_number: first.tracking_number,
        tracking_numbers: [...new Set(standing.map(({ tracking_number }) => tracking_number))],
        notes: [note],
      };
      if (first.service !== null) facts['service'] = first.service;
      const paid = quotedPrice(request);
      if (paid) facts['cost'] = paid;
      return { kind: 'delivered', reference: first.tracking_number, facts };
    },
    async quote(request) {
      const label = readLabelRequest(request);
      if (!label.ok) return null;
      const price = await priced(label.value, labelReference(request.key));
      return price.ok ? price.quote : null;
    },
    probe: () => probeFedex(calls, tokens, settings),
    close: () => http.close(),
  };
}

const Quoted = z.object({ quoted: z.object({ amount: z.string(), currency: z.string() }) });

/** What an earlier attempt was quoted and has kept. */
function quotedPrice({ facts }: PushRequest): Price | null {
  const read = Quoted.safeParse(facts);
  return read.success ? read.data.quoted : null;
}

/** Labels bought from FedEx itself (Ship, Rate and Track APIs v1). */
export const fedex = defineSink({
  kind: 'fedex',
  secret: 'token',
  settings: FedexSettings,
  create: createFedex,
});
