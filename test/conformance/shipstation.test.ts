import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../src/exports/envelope.ts';
import { SHIPSTATION_CODES, VOID_CODES } from '../../src/sinks/shipstation/codes.ts';
import { farSide, json, type Seen } from '../unit/sinks/far-side.ts';
import { labelPush, openShipStation, voidPush } from '../unit/sinks/shipstation-side.ts';
import { loadSpec, type OpenApiSpec, SPECS_HERE, specPath } from './support/openapi.ts';
import { reportConformance } from './support/report.ts';

const USD = { currency: 'usd', amount: 2 };
const LABEL = {
  label_id: 'se-7',
  shipment_id: 'se-5',
  status: 'completed',
  voided: false,
  is_return_label: false,
};

/** What of an answer must fit the sink's settings; everything else is the specification's own example. */
const OWN: Readonly<Record<string, (example: Json) => Json>> = {
  'POST /shipments': (example) => {
    const known = z.looseObject({ shipments: z.array(z.looseObject({})) }).parse(example);
    return z.json().parse({ has_errors: false, shipments: [{ ...known.shipments[0], errors: [] }] });
  },
  'POST /rates': (example) => {
    const known = z
      .looseObject({ rate_response: z.looseObject({ rates: z.array(z.json()) }) })
      .parse(example);
    const [one] = z.array(z.looseObject({})).parse(known.rate_response.rates);
    const money = {
      shipping_amount: USD,
      insurance_amount: USD,
      confirmation_amount: USD,
      other_amount: USD,
    };
    const fit = { ...one, ...money, tax_amount: USD, carrier_id: 'se-100', service_code: 'ups_ground' };
    const rate = { ...fit, validation_status: 'valid', error_messages: [] };
    return z.json().parse({ rate_response: { ...known.rate_response, rates: [rate], errors: [] } });
  },
  'POST /labels/rates/{rate_id}': () => LABEL,
  'GET /carriers': () => ({ errors: [] }),
  'PUT /labels/{label_id}/void': () => ({ approved: true }),
  'GET /labels': (example) => {
    const known = z.looseObject({ labels: z.array(z.looseObject({})) }).parse(example);
    return z.json().parse({ labels: [{ ...known.labels[0], ...LABEL }] });
  },
};

/** A server that takes only what the specification allows and answers with its examples. */
async function official(spec: OpenApiSpec) {
  const used = new Set<string>();
  const wrong: string[] = [];
  const refusals: { on: string; status: number; code: string }[] = [];
  const bought: string[] = [];
  const answer = (operation: string, seen: Seen): [number, Json] => {
    const short = operation.replace('/v2', '');
    const refusal = refusals.find(({ on }) => on === short);
    if (refusal) {
      const example = z
        .looseObject({ errors: z.array(z.looseObject({})) })
        .parse(spec.example(operation, 400));
      const errors = [{ ...example.errors[0], error_code: refusal.code }];
      const body = z.json().parse({ ...example, errors });
      wrong.push(...spec.answerProblems(operation, 400, body).filter((one) => !one.includes('/errors/0/')));
      return [refusal.status, body];
    }
    if (short.startsWith('GET /shipments/external')) return [404, spec.example(operation, 404)];
    // Nothing was bought where a purchase is refused.
    if (short === 'GET /labels' && refusals.length > 0) return [200, { labels: [] }];
    if (short.startsWith('POST /labels')) bought.push(seen.path);
    const example = spec.example(operation, short.endsWith('/cancel') ? 204 : 200);
    const own = OWN[short]?.(example);
    return [200, own === undefined ? example : Object.assign({}, example, own)];
  };
  const far = await farSide((response, request, seen) => {
    const { operation, problems } = spec.check(seen);
    wrong.push(...problems.map((problem) => `${seen.method} ${seen.path}: ${problem}`));
    if (operation === null) return json(400, {})(response, request, seen);
    used.add(operation);
    json(...answer(operation, seen))(response, request, seen);
  });
  return { url: `http://127.0.0.1:${String(far.port)}/v2`, used, wrong, refusals, bought };
}

const goods = {
  description: 'Mug',
  sku: 'MUG-1',
  quantity: 2,
  unit_value: '7.25',
  currency: 'USD',
  origin_country: 'PT',
  hs_code: '691110',
};
const PUSHES = [
  labelPush(),
  labelPush({ label_format: 'zpl', carrier: { preferred: 'ups', service: null, alternates: [] } }),
  labelPush({ customs: { contents: 'merchandise', items: [goods] } }),
  voidPush(['1Z1']),
];

describe.skipIf(!SPECS_HERE)('the ShipStation sink and the official API', () => {
  const counted = new Set<string>();
  let codes = 0;
  afterAll(() => reportConformance('shipstation', { operations: counted.size, error_codes: codes }));
  const v2 = () => loadSpec('shipstation/openapi-v2.yaml');

  it('sends requests as specified, and reads the answers shown', async () => {
    const server = await official(v2());
    const sink = openShipStation(server.url);
    for (const push of PUSHES) expect(await sink.push(push)).toMatchObject({ kind: 'delivered' });
    expect(server.bought).toHaveLength(3);
    expect(await sink.quote?.(labelPush())).toBeNull();
    expect(await sink.reconcile(labelPush())).toEqual({ kind: 'absent' });
    expect((await sink.probe?.())?.[0]).toEqual({ name: 'API key', problem: null, detail: null });
    expect(await sink.push(labelPush({ max_cost: { amount: '1', currency: 'USD' } }))).toMatchObject({
      kind: 'failed',
    });
    expect(server.wrong).toEqual([]);
    expect([...server.used].toSorted()).toEqual([
      'GET /v2/carriers',
      'GET /v2/labels',
      'GET /v2/shipments/external_shipment_id/{external_shipment_id}',
      'GET /v2/warehouses',
      'POST /v2/labels/rates/{rate_id}',
      'POST /v2/rates',
      'POST /v2/rates/estimate',
      'POST /v2/shipments',
      'PUT /v2/labels/{label_id}/void',
      'PUT /v2/shipments/{shipment_id}/cancel',
    ]);
    for (const operation of server.used) counted.add(operation);
  });

  it('reads every error code in the form specified as the table of carrier exceptions says', async () => {
    const Rows = z.object({
      rows: z.array(
        z.object({ carrier: z.string(), code: z.string(), http: z.string(), exception_code: z.string() }),
      ),
    });
    const { rows } = Rows.parse(JSON.parse(readFileSync(specPath('carrier-exceptions.json'), 'utf8')));
    const ours = rows.filter(({ carrier }) => carrier === 'shipstation');
    const server = await official(v2());
    const sink = openShipStation(server.url, { settings: { calls_per_minute: 10_000 } });
    for (const { code, http, exception_code } of ours) {
      server.refusals.splice(0, 1, {
        on: 'POST /labels/rates/{rate_id}',
        status: Number(http.slice(0, 3)),
        code,
      });
      const outcome = await sink.push(labelPush());
      if (exception_code === 'carrier_outcome_unknown') expect(outcome.kind, code).toBe('unknown');
      else if (exception_code === 'rate_limited') expect(outcome.kind, code).toBe('retry');
      else expect(outcome, code).toMatchObject({ kind: 'failed', exception_code });
      codes += 1;
    }
    expect(ours.map(({ code }) => code).toSorted()).toEqual(Object.keys(SHIPSTATION_CODES).toSorted());
    const voids = rows.filter(({ carrier }) => carrier === 'shipstation-void');
    expect(Object.fromEntries(voids.map(({ code, exception_code }) => [code, exception_code]))).toEqual(
      VOID_CODES,
    );
    codes += voids.length;
    expect(server.wrong).toEqual([]);
  });
});
