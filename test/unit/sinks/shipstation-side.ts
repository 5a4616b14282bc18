import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Json } from '../../../src/exports/envelope.ts';
import type { PushRequest, Sink } from '../../../src/sinks/port.ts';
import { createSinks } from '../../../src/sinks/registry.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';
import { aPush, farSide, json, logInto, type Seen } from './far-side.ts';

export const API_KEY = 'canary-key-0001';
export const TIMEOUT_MS = 18_000;

type Shipment = { shipment_id: string; external_shipment_id: string; shipment_status: string };
type FakeLabel = {
  label_id: string;
  shipment_id: string;
  status: string;
  voided: boolean;
  tracking_number: string;
};

/** `before`: nothing happened there. `after`: the effect stands, and the answer is lost or makes no sense. */
export type Trouble =
  | 'reset_before'
  | 'reset_after'
  | 'hang_before'
  | 'hang_after'
  | 'html_after'
  | 'oversized_after'
  | 'slow'
  | { after: number; body?: unknown }
  | { status: number; body?: unknown; headers?: Record<string, string> };

type Asked = { shipments?: { external_shipment_id: string }[]; shipment_id?: string };

const usd = (amount: number) => ({ currency: 'usd', amount });

function rate(id: string, service: string, amount: number) {
  return {
    rate_id: id,
    carrier_id: 'se-100',
    service_code: service,
    service_type: service,
    shipping_amount: usd(amount),
    insurance_amount: usd(0),
    confirmation_amount: usd(0),
    other_amount: usd(0.5),
    validation_status: 'valid',
    error_messages: [],
  };
}

/** A small ShipStation with shipments and labels of its own; `trouble` answers the next call to a path. */
export async function shipStationSide(clock: ManualClock) {
  const shipments: Shipment[] = [];
  const labels: FakeLabel[] = [];
  const planned: { on: string; trouble: Trouble }[] = [];
  let rates: readonly ReturnType<typeof rate>[] = [
    rate('se-r1', 'ups_ground', 9),
    rate('se-r2', 'ups_next_day_air', 30),
  ];
  let ratedShipment = '';
  let labelStatus = 'completed';
  let serial = 100;
  let hidden = false;

  const shown = (label: FakeLabel) => ({
    ...label,
    carrier_id: 'se-100',
    service_code: 'ups_ground',
    shipment_cost: usd(9.5),
    insurance_cost: usd(0),
    is_return_label: false,
    ship_date: '2026-11-24T00:00:00Z',
    label_download: {
      pdf: 'https://api.example.com/v2/downloads/1.pdf',
      href: 'https://api.example.com/v2/downloads/1.pdf',
    },
    packages: [{ tracking_number: label.tracking_number }],
  });
  const buy = () => {
    const label = {
      label_id: `se-l${String((serial += 1))}`,
      shipment_id: ratedShipment,
      status: labelStatus,
      voided: false,
      tracking_number: `1Z${String(serial)}`,
    };
    labels.push(label);
    const shipment = shipments.find((one) => one.shipment_id === ratedShipment);
    if (shipment && !hidden && labelStatus === 'completed') shipment.shipment_status = 'label_purchased';
    return shown(label);
  };

  const missing = {
    errors: [
      {
        error_source: 'ShipStation',
        error_type: 'validation',
        error_code: 'unspecified',
        message: 'Not there.',
      },
    ],
  };
  /** Does what is asked for; the effect stands whatever becomes of the answer. */
  const apply = (seen: Seen): [number, unknown] => {
    const url = new URL(seen.path, 'http://fake.invalid');
    const path = url.pathname.replace('/v2', '');
    const body: Asked = seen.body === '' ? {} : (JSON.parse(seen.body) as Asked);
    const [, external] = /^\/shipments\/external_shipment_id\/(.+)$/u.exec(path) ?? [];
    if (external !== undefined) {
      const shipment = shipments.find((one) => one.external_shipment_id === external);
      return shipment ? [200, shipment] : [404, missing];
    }
    if (path === '/shipments') {
      const [one] = body.shipments ?? [];
      const shipment = {
        shipment_id: `se-s${String((serial += 1))}`,
        external_shipment_id: one?.external_shipment_id ?? '',
        shipment_status: 'pending',
      };
      shipments.push(shipment);
      return [200, { has_errors: false, shipments: [{ ...shipment, errors: null }] }];
    }
    const [, cancelled] = /^\/shipments\/([^/]+)\/cancel$/u.exec(path) ?? [];
    if (cancelled !== undefined) {
      for (const one of shipments) if (one.shipment_id === cancelled) one.shipment_status = 'cancelled';
      return [204, null];
    }
    if (path === '/rates') {
      ratedShipment = body.shipment_id ?? '';
      return [200, { shipment_id: ratedShipment, rate_response: { rates, invalid_rates: [], errors: [] } }];
    }
    if (path === '/rates/estimate') return [200, rates];
    if (path.startsWith('/labels/rates/')) return [200, buy()];
    if (path === '/labels') {
      const found = (hidden ? [] : labels).filter(
        (one) =>
          one.shipment_id === url.searchParams.get('shipment_id') ||
          one.tracking_number === url.searchParams.get('tracking_number'),
      );
      return [200, { labels: found.map(shown) }];
    }
    const [, voided] = /^\/labels\/([^/]+)\/void$/u.exec(path) ?? [];
    if (voided !== undefined) {
      for (const one of labels) if (one.label_id === voided) one.voided = true;
      return [200, { approved: true, message: 'Request for refund submitted.' }];
    }
    if (path === '/carriers')
      return [
        200,
        { carriers: [{ carrier_id: 'se-100', friendly_name: 'UPS', requires_funded_amount: false }] },
      ];
    if (path === '/warehouses') return [200, { warehouses: [{ warehouse_id: 'se-1', name: 'Austin' }] }];
    return [404, missing];
  };

  const far = await farSide((response, request, seen) => {
    const say = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      body === null
        ? response.writeHead(status, headers).end()
        : json(status, body, headers)(response, request, seen);
    const at = planned.findIndex(({ on }) => `${seen.method} ${seen.path}`.includes(on));
    const trouble = planned[at]?.trouble;
    if (trouble === undefined) return void say(...apply(seen));
    planned.splice(at, 1);
    if (typeof trouble === 'object' && 'status' in trouble && trouble.status === 400) hidden = false;
    disturb(trouble, response, say, () => apply(seen), clock);
  });

  return {
    url: `http://127.0.0.1:${String(far.port)}/v2`,
    seen: far.seen,
    shipments,
    labels,
    calls: () => far.seen.map(({ method, path }) => `${method} ${path.replace('/v2', '')}`),
    /** The next call whose "METHOD /path" holds `on` goes wrong. */
    trouble: (on: string, trouble: Trouble) => planned.push({ on, trouble }),
    rates: (next: readonly (readonly [string, string, number])[]) => {
      rates = next.map((one) => rate(...one));
    },
    /** What is bought does not show until something else is refused, as on a far side whose lists lag. */
    hide: () => {
      hidden = true;
    },
    labelsAre: (status: string) => {
      labelStatus = status;
    },
  };
}

function disturb(
  trouble: Trouble,
  response: ServerResponse,
  say: (status: number, body: unknown, headers?: Record<string, string>) => void,
  apply: () => [number, unknown],
  clock: ManualClock,
): void {
  if (typeof trouble !== 'string') {
    if ('after' in trouble) {
      apply();
      return say(trouble.after, trouble.body ?? { errors: [] });
    }
    return say(trouble.status, trouble.body ?? { errors: [] }, trouble.headers);
  }
  const applied: [number, unknown] = trouble.endsWith('before') ? [0, null] : apply();
  switch (trouble) {
    case 'slow':
      clock.advance(15_000);
      return say(...applied);
    case 'reset_before':
    case 'reset_after':
      response.socket?.destroy();
      return;
    case 'hang_before':
    case 'hang_after':
      clock.advance(TIMEOUT_MS);
      return;
    case 'html_after':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please sign in</html>');
      return;
    case 'oversized_after':
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"x":"${'x'.repeat(5_000_000)}"}`);
  }
}

/** A real ShipStation sink named `shipping`, closed when the test ends. */
export function openShipStation(
  url: string,
  over: { clock?: ManualClock; settings?: Record<string, unknown>; secrets?: string[] } = {},
): Sink {
  const { clock = new ManualClock(), settings = {}, secrets = [API_KEY] } = over;
  const configured = {
    base_url: url,
    allow_private: true,
    timeout_ms: TIMEOUT_MS,
    fallback_phone: '+1 512 555 0100',
    carriers: { ups: { carrier_id: 'se-100', services: { ground: 'ups_ground' } } },
    ...settings,
  };
  const sinks = createSinks([{ name: 'shipping', kind: 'shipstation', settings: configured, secrets }], {
    clock,
    ids: countingIds(),
    log: logInto([]),
    version: '0.0.0',
  });
  const sink = sinks.get('shipping');
  if (!sink) throw new Error('The sink did not open.');
  onTestFinished(() => sink.close());
  return sink;
}

const place = (name: string, city: string) => ({
  name,
  company: null,
  line1: '500 Main Street',
  line2: null,
  city,
  region: 'TX',
  postal_code: '78701',
  country: 'US',
  phone: null,
  email: null,
});

export const LABEL: { [key: string]: Json } = {
  order_id: 'SO-1',
  shipment_reference: 'SO-1-A',
  carrier: { preferred: 'ups', service: 'ground', alternates: [] },
  ship_from: place('Warehouse', 'Austin'),
  ship_to: { ...place('A. Recipient', 'Dallas'), phone: '+1 512 555 0199' },
  parcels: [
    {
      reference: 'P1',
      weight: { value: '2.5', unit: 'lb' },
      dimensions: { length: '30', width: '20', height: '10', unit: 'cm' },
    },
  ],
  ship_date: '2026-11-24',
  max_cost: { amount: '12.00', currency: 'USD' },
  customs: null,
  label_format: 'pdf',
};

export function labelPush(
  over: { [key: string]: Json } = {},
  request: Partial<PushRequest> = {},
): PushRequest {
  return aPush({
    key: 'push:01930001:label:shipping',
    sink: 'shipping',
    operation: 'label.create',
    body: { ...LABEL, ...over },
    ...request,
  });
}

export function voidPush(numbers: readonly string[], request: Partial<PushRequest> = {}): PushRequest {
  return aPush({
    key: 'push:01930002:void:shipping',
    sink: 'shipping',
    operation: 'label.void',
    body: { tracking_numbers: [...numbers] },
    ...request,
  });
}
