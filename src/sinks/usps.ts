import { money } from '../exports/phrases.ts';
import { HOUR_MS } from '../exports/words.ts';
import { createBudget } from './carriers/budget.ts';
import { createCarrierClient, usedUp } from './carriers/client.ts';
import { readLabelRequest } from './carriers/label-request.ts';
import { labelReference } from './carriers/reference.ts';
import { clientCredentials, createTokenCache } from './carriers/token.ts';
import { voidLabels } from './carriers/void.ts';
import { defineSink, type SinkContext } from './define.ts';
import type { Finding, PushRequest, Sink, SinkOutcome } from './port.ts';
import { troubled } from './shared/problem.ts';
import { createRedact } from './signing.ts';
import { buyLabels, priceAll, pricings, UNDO } from './usps/buy.ts';
import { createUspsCalls } from './usps/calls.ts';
import { UspsSettings, uspsBase } from './usps/settings.ts';
import { shipmentOf } from './usps/shipment.ts';

/** A label comes within the answer. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

function createUsps(settings: UspsSettings, context: SinkContext): Sink {
  const { name, secrets, clock } = context;
  const { timeout_ms, allow_private, concurrency, carrier } = settings;
  const base = uspsBase(settings);
  const http = context.http({
    timeout_ms,
    allow_private,
    concurrency,
    longest_answer_bytes: LONGEST_ANSWER,
  });
  const url = new URL('/oauth2/v3/token', base);
  const tokens = createTokenCache(
    clock,
    clientCredentials({ http, clock, url, client_id: settings.client_id, secrets, form: 'json' }),
  );
  const budget = createBudget(clock, { calls: settings.calls_per_hour, window_ms: HOUR_MS });
  const client = createCarrierClient({ http, clock, base, tokens, budget });
  const known = () => [...secrets, ...tokens.known(), ...calls.payment.known()];
  const reading = () => ({ now: clock.now(), redact: createRedact(known()) });
  const calls = createUspsCalls(client, clock, settings, reading);

  const prepare = (request: PushRequest) => {
    const label = readLabelRequest(request);
    if (!label.ok) return label;
    const reference = labelReference(request.key);
    const shipment = shipmentOf(label.value, settings, reference, clock.now());
    if (!shipment.ok) return shipment;
    return { ok: true as const, label: label.value, shipment: shipment.value, reference };
  };

  const create = async (request: PushRequest): Promise<SinkOutcome> => {
    const made = prepare(request);
    if (!made.ok) return made.outcome;
    const { label, shipment, reference } = made;
    return await buyLabels({ request, label, shipment, carrier, reference }, { calls, clock, budget });
  };

  return {
    name,
    carriers: [carrier],
    limits: { concurrency, rate_per_second: null },
    idempotent: false,
    accepts: (operation) => operation === 'label.create' || operation === 'label.void',
    push: (request) =>
      request.operation === 'label.void' ? voidLabels(request, clock, calls.cancel) : create(request),
    // USPS finds no label by our reference. Nothing is bought before a price is kept, and voiding is
    // safe to repeat: a void label says so.
    async reconcile({ operation, cursor }) {
      return await Promise.resolve(
        operation === 'label.void' || cursor === null || cursor === UNDO
          ? { kind: 'absent' }
          : { kind: 'unknown' },
      );
    },
    async quote(request) {
      const made = prepare(request);
      if (!made.ok || budget.take(pricings(made.shipment)) !== null) return null;
      const price = await priceAll(made.shipment, calls, clock);
      return price.ok ? { ...price.value, service: made.shipment.service } : null;
    },
    async probe(): Promise<readonly Finding[]> {
      const token = await tokens.get();
      if (!token.ok) return [troubled('token', token.outcome)];
      const live = settings.sandbox ? TEST_SYSTEM : { name: 'token', problem: null, detail: 'live' };
      const wait = budget.take(2);
      if (wait !== null) return [live, troubled('calls', usedUp(wait))];
      const payment = await calls.payment.get();
      const rate = await calls.rate(SAMPLE);
      return [
        live,
        payment.ok
          ? { name: 'payment authorisation', problem: null, detail: 'granted' }
          : troubled('payment authorisation', payment.outcome),
        rate.ok
          ? { name: 'prices', problem: null, detail: money(rate.value.amount, rate.value.currency) }
          : troubled('prices', rate.outcome),
      ];
    },
    close: () => http.close(),
  };
}

const TEST_SYSTEM: Finding = {
  name: 'token',
  problem: 'This is the test system of USPS: its labels ship nothing. Take sandbox out to go live.',
  detail: null,
  level: 'notice',
};

/** One pound within New York: a price, and nothing is bought. */
const SAMPLE = {
  originZIPCode: '10001',
  destinationZIPCode: '10002',
  weight: 1,
  length: 10,
  width: 8,
  height: 4,
  mailClass: 'USPS_GROUND_ADVANTAGE',
  processingCategory: 'MACHINABLE',
  rateIndicator: 'SP',
  destinationEntryFacilityType: 'NONE',
  priceType: 'RETAIL',
};

/** Labels bought from USPS itself (Labels, Prices and Payments APIs v3), within the US. */
export const usps = defineSink({
  kind: 'usps',
  secret: 'token',
  settings: UspsSettings,
  create: createUsps,
});
