import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Asked, Carrier, JsonObject, Said } from '../../../sandbox/sinks/carriers/carrier.ts';
import type { PushRequest, Sink } from '../../../src/sinks/port.ts';
import { createSinks } from '../../../src/sinks/registry.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';
import { aPush, type Logged, logInto } from './far-side.ts';

export const CLIENT_SECRET = 'canary-client-secret-0001';

/** What goes wrong with a call: `effect` does what was asked and gives the answer that would have been. */
export type Fault = (response: ServerResponse, effect: () => Said) => void;

export function send(response: ServerResponse, { status, body, headers = {} }: Said): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export const FAULTS = {
  /** The connection ends with the effect done and no answer. */
  reset: (response, effect) => {
    effect();
    response.destroy();
  },
  /** The effect is done and the answer never comes. */
  silence: (_, effect) => {
    effect();
  },
  broken: (response, effect) => {
    effect();
    send(response, { status: 500, body: {} });
  },
  page: (response, effect) => {
    effect();
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
  },
  oversized: (response, effect) => {
    effect();
    response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(5 * 1024 * 1024)}"`);
  },
  throttled: (response) => send(response, { status: 429, body: {} }),
  throttledFor: (response) => send(response, { status: 429, body: {}, headers: { 'retry-after': '17' } }),
  expired: (response) => send(response, { status: 401, body: {} }),
} satisfies Record<string, Fault>;

/** A carrier on loopback: tokens, calls as they came, and faults for the next call of a path. */
export async function carrierFarSide(carrier: Carrier, tokenPath: string) {
  const seen: Asked[] = [];
  const faults: { path: string; fault: Fault }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const body = Buffer.concat(chunks).toString('utf8');
      const json = body.startsWith('{') ? (JSON.parse(body) as JsonObject) : {};
      const asked: Asked = { method, path, headers, body, json };
      seen.push(asked);
      const at = faults.findIndex((one) => path.startsWith(one.path));
      const fault = at === -1 ? undefined : faults.splice(at, 1)[0]?.fault;
      const effect = () =>
        path === tokenPath ? carrier.token(asked) : (carrier.answer(asked) ?? { status: 404, body: {} });
      if (fault) fault(response, effect);
      else send(response, effect());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    seen,
    /** The next call whose path begins so goes wrong. */
    fail: (path: string, fault: Fault) => faults.push({ path, fault }),
    asked: (path: string) => seen.filter((one) => one.path.startsWith(path)),
  };
}

/** A real sink of this kind, closed when the test ends. */
export function openCarrier(
  kind: 'fedex' | 'usps',
  settings: Record<string, unknown>,
  over: { clock?: ManualClock; secrets?: string[]; lines?: Logged[] } = {},
): Sink {
  const { clock = new ManualClock(), secrets = [CLIENT_SECRET], lines = [] } = over;
  const sinks = createSinks([{ name: kind, kind, settings: { allow_private: true, ...settings }, secrets }], {
    clock,
    ids: countingIds(),
    log: logInto(lines),
    version: '0.0.0',
  });
  const sink = sinks.get(kind);
  if (!sink) throw new Error('The sink did not open.');
  onTestFinished(() => sink.close());
  return sink;
}

/**
 * The sink as the ledger drives it: what a step keeps is there in the next attempt of the same key,
 * and a push that has more to do goes on. `steps` are the cursors it went through.
 */
export function driven(sink: Sink, steps: string[] = []): Sink {
  const kept = new Map<string, Pick<PushRequest, 'cursor' | 'facts'>>();
  const asKept = (request: PushRequest): PushRequest => ({ ...request, ...kept.get(request.key) });
  return {
    ...sink,
    async push(request) {
      for (;;) {
        const now = asKept(request);
        const outcome = await sink.push(now);
        if (outcome.kind === 'delivered') kept.delete(request.key);
        if (outcome.kind !== 'partial') return outcome;
        steps.push(outcome.cursor.replace(/:.*/u, ''));
        kept.set(request.key, { cursor: outcome.cursor, facts: { ...now.facts, ...outcome.facts } });
      }
    },
    reconcile: (request) => sink.reconcile(asKept(request)),
  };
}

const FROM = {
  name: 'Goods Out',
  company: 'Example Shop',
  line1: '1 Depot Road',
  line2: null,
  city: 'Memphis',
  region: 'TN',
  postal_code: '38116',
  country: 'US',
  phone: '+1 901 555 0100',
  email: null,
};
const TO = {
  ...FROM,
  name: 'Camille Q. Example',
  company: null,
  line1: '350 Fifth Avenue',
  line2: 'Floor 21',
  city: 'New York',
  region: 'NY',
  postal_code: '10118-0110',
  phone: '212-555-0199',
  email: 'camille@example.com',
};
export const PARCEL = {
  reference: '1',
  weight: { value: '2', unit: 'lb' },
  dimensions: { length: '12', width: '9', height: '4', unit: 'in' },
};

/** A push of `label.create` within the US; `body` replaces parts of it. */
export function aLabel(
  carrier: 'fedex' | 'usps',
  body: JsonObject = {},
  over: Partial<PushRequest> = {},
): PushRequest {
  const push = aPush({ ...over, operation: 'label.create' });
  return {
    ...push,
    sink: carrier,
    body: {
      order_id: '100482',
      shipment_reference: '100482-A',
      carrier: {
        preferred: carrier,
        service: carrier === 'fedex' ? 'fedex_ground' : 'ground_advantage',
        alternates: [],
      },
      ship_from: FROM,
      ship_to: TO,
      parcels: [PARCEL],
      ship_date: '2026-11-24',
      max_cost: { amount: '40.00', currency: 'USD' },
      customs: null,
      label_format: 'pdf',
      ...body,
    },
  };
}

/** A push of `label.void`. */
export function aVoid(carrier: 'fedex' | 'usps', ...numbers: string[]): PushRequest {
  return {
    ...aPush({ operation: 'label.void', key: 'push:01930000:void' }),
    sink: carrier,
    body: { tracking_numbers: numbers },
  };
}

/** A Swiss recipient of goods from Germany, with what customs asks. */
export const ABROAD: JsonObject = {
  ship_from: {
    ...FROM,
    line1: 'Lagerstrasse 12',
    city: 'Berlin',
    region: null,
    postal_code: '12099',
    country: 'DE',
    phone: '+49 30 55501000',
  },
  ship_to: {
    ...TO,
    line1: 'Musterweg 8',
    line2: null,
    city: 'Zürich',
    region: null,
    postal_code: '8004',
    country: 'CH',
    phone: '+41 44 555 01 00',
  },
  parcels: [
    {
      reference: '1',
      weight: { value: '1.85', unit: 'kg' },
      dimensions: { length: '40', width: '30', height: '15', unit: 'cm' },
    },
  ],
  customs: {
    contents: 'merchandise',
    items: [
      {
        description: 'Linen shirt',
        sku: 'LIN-SHIRT-WHT-M',
        quantity: 2,
        unit_value: '39.92',
        currency: 'EUR',
        origin_country: 'PT',
        hs_code: '62052000',
      },
    ],
  },
  max_cost: { amount: '40.00', currency: 'EUR' },
};
