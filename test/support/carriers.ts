import { z } from 'zod';
import type { Price } from '../../src/exports/define.ts';
import type { FailoverApproval } from '../../src/exports/policy.ts';
import { defineSink, type SinkKind } from '../../src/sinks/define.ts';
import type { Found, PushRequest, SinkOutcome } from '../../src/sinks/port.ts';
import { domestic } from './domestic.ts';
import type { ConfigFile, House } from './house.ts';

/** A carrier of our own: it answers what the test has told it to, and keeps what it was asked. */
export type Carrier = {
  /** What it answers to the requests to come, in order; after the last it makes every label. */
  answers: SinkOutcome[];
  price: Price | null;
  /** What is found when an effect is looked for. */
  found: Found;
  asked: PushRequest[];
  quotes: PushRequest[];
  /** Labels it has made, by key. */
  labels: string[];
};

export type Carriers = { fedex: Carrier; usps: Carrier; kind: SinkKind };

const usd = (amount: string): Price => ({ amount, currency: 'USD', service: 'priority' });

export const REFUSED: SinkOutcome = {
  kind: 'failed',
  exception_code: 'carrier_service_unavailable',
  message: 'Service not available to this destination.',
  metadata: {},
};

export const WRONG_ADDRESS: SinkOutcome = {
  kind: 'failed',
  exception_code: 'address_invalid',
  message: 'The street number was not found in this ZIP code.',
  metadata: {},
};

/** The two carriers, and the kind of sink that stands for them. */
export function fakeCarriers(): Carriers {
  const fresh = (): Carrier => ({
    answers: [],
    price: usd('9.40'),
    found: { kind: 'unknown' },
    asked: [],
    quotes: [],
    labels: [],
  });
  const known = { fedex: fresh(), usps: fresh() };
  const kind = defineSink({
    kind: 'carrier',
    secret: 'token',
    settings: z.strictObject({ of: z.enum(['fedex', 'usps']) }),
    create: ({ of }, { name }) => {
      const carrier = known[of];
      return {
        name,
        carriers: [of],
        limits: { concurrency: 1, rate_per_second: null },
        idempotent: false,
        accepts: (operation) => operation === 'label.create',
        async push(request) {
          carrier.asked.push(request);
          const answer = carrier.answers.shift();
          if (answer && answer.kind !== 'delivered') return answer;
          carrier.labels.push(request.key);
          return answer ?? made(of, request);
        },
        reconcile: async () => carrier.found,
        async quote(request) {
          carrier.quotes.push(request);
          return carrier.price;
        },
        close: async () => undefined,
      };
    },
  });
  return { ...known, kind };
}

function made(carrier: 'fedex' | 'usps', { key }: PushRequest): SinkOutcome {
  const tracking_number = carrier === 'usps' ? '9400136208303312345671' : '794644790138';
  return {
    kind: 'delivered',
    reference: tracking_number,
    facts: {
      carrier,
      service: carrier === 'usps' ? 'priority' : 'ground',
      cost: { amount: carrier === 'usps' ? '9.40' : '8.20', currency: 'USD' },
      tracking_number,
      label_url: `https://labels.example.com/${key}.pdf`,
    },
  };
}

/** Labels go to FedEx, and to USPS where that would not. */
export function withFailover(approve: FailoverApproval): (file: ConfigFile) => void {
  return (file) => {
    for (const name of ['fedex', 'usps']) {
      file.sinks[name] = { kind: 'carrier', secret_env: 'OMS_SECRET', settings: { of: name } } as never;
    }
    const policy = file.policies['shipping_label_request'];
    Object.assign(policy ?? {}, { routes: ['usps', 'fedex'], failover: { approve } });
  };
}

/** Sends a label request that Amara accepts, and gives its id and its card. */
export async function labelRequest(house: House, order: string) {
  const { body } = await house.sendFixture('shipping_label_request', domestic(order), 'wms');
  const amara = house.as('amara');
  const card = await amara.waitForMessage('#logistics', (message) => message.text.includes(order));
  await amara.click(card, 'accept');
  return { id: body.export_id ?? '', card, amara };
}
