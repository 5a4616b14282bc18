import { describe, expect, it } from 'vitest';
import { SHIPSTATION_CODES, VOID_CODES } from '../../../src/sinks/shipstation/codes.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { API_KEY, labelPush, openShipStation, shipStationSide, voidPush } from './shipstation-side.ts';

async function scene(settings: Record<string, unknown> = {}, secrets = [API_KEY]) {
  const clock = new ManualClock();
  const far = await shipStationSide(clock);
  return { clock, far, sink: openShipStation(far.url, { clock, settings, secrets }) };
}

describe('label.create', () => {
  it('reads back, makes the shipment, compares rates, and buys the one wanted', async () => {
    const { far, sink } = await scene();
    const outcome = await sink.push(labelPush());
    expect(outcome).toMatchObject({
      kind: 'delivered',
      reference: far.labels[0]?.label_id,
      facts: {
        carrier: 'ups',
        service: 'ups_ground',
        cost: { amount: '9.5', currency: 'USD' },
        tracking_number: far.labels[0]?.tracking_number,
        label_url: 'https://api.example.com/v2/downloads/1.pdf',
      },
    });
    expect(far.calls()).toEqual([
      expect.stringMatching(/^GET \/shipments\/external_shipment_id\/ML[0-9A-F]{24}$/u),
      'POST /shipments',
      'POST /rates',
      'POST /labels/rates/se-r1',
    ]);
    expect(new Set(far.seen.map((one) => one.headers['api-key']))).toEqual(new Set([API_KEY]));
  });

  it('says what is in the parcel, in its own units, with the goods for customs', async () => {
    const { far, sink } = await scene();
    const goods = {
      description: 'Mug',
      sku: null,
      quantity: 2,
      unit_value: '7.25',
      currency: 'USD',
      origin_country: 'PT',
      hs_code: '691110',
    };
    await sink.push(labelPush({ customs: { contents: 'merchandise', items: [goods] } }));
    const { shipments } = JSON.parse(far.seen[1]?.body ?? '{}') as { shipments: { packages: unknown[] }[] };
    expect(shipments[0]?.packages).toEqual([
      expect.objectContaining({
        weight: { value: 2.5, unit: 'pound' },
        dimensions: { unit: 'centimeter', length: 30, width: 20, height: 10 },
        products: [
          {
            description: 'Mug',
            quantity: 2,
            value: { amount: 7.25, currency: 'usd' },
            country_of_origin: 'PT',
            harmonized_tariff_code: '691110',
          },
        ],
      }),
    ]);
  });

  it('takes the cheapest service where none is named', async () => {
    const { far, sink } = await scene();
    far.rates([
      ['se-r1', 'ups_2nd_day_air', 11],
      ['se-r2', 'ups_ground', 8],
    ]);
    await sink.push(labelPush({ carrier: { preferred: 'ups', service: null, alternates: [] } }));
    expect(far.calls().at(-1)).toBe('POST /labels/rates/se-r2');
  });

  it('buys nothing above the highest cost, withdraws the shipment, and starts anew when asked again', async () => {
    const { far, sink } = await scene();
    far.rates([['se-r1', 'ups_ground', 11.6]]);
    expect(await sink.push(labelPush())).toMatchObject({
      kind: 'failed',
      exception_code: 'label_pending',
      metadata: {
        quoted: { amount: '12.1', currency: 'USD' },
        max_cost: { amount: '12.00', currency: 'USD' },
      },
    });
    expect(far.shipments.map((one) => one.shipment_status)).toEqual(['cancelled']);
    far.rates([['se-r1', 'ups_ground', 9]]);
    expect(await sink.push(labelPush())).toMatchObject({ kind: 'delivered' });
    expect(far.labels).toHaveLength(1);
    expect(far.shipments.map((one) => one.external_shipment_id.slice(26))).toEqual(['', '-2']);
  });

  it('buys nothing late in an attempt: the next one goes on with the same shipment', async () => {
    const { far, sink } = await scene();
    await sink.push(labelPush({ max_cost: { amount: '1', currency: 'USD' } }));
    for (const on of ['-2', 'POST /v2/shipments', 'POST /v2/rates']) far.trouble(on, 'slow');
    const first = await sink.push(labelPush());
    expect(first).toEqual({ kind: 'partial', cursor: far.shipments.at(-1)?.shipment_id });
    expect(far.labels).toEqual([]);
    expect(await sink.push(labelPush({}, { cursor: 'se-1' }))).toMatchObject({ kind: 'delivered' });
    expect(far.shipments.filter((one) => one.shipment_status !== 'cancelled')).toHaveLength(1);
  });

  it('reads a shipment back that is there after all, and waits for rates that are not', async () => {
    const { far, sink } = await scene();
    const conflict = { errors: [{ error_code: 'identifier_conflict', message: 'Taken.' }] };
    far.trouble('POST /v2/shipments', { status: 409, body: conflict });
    expect(await sink.push(labelPush())).toMatchObject({ kind: 'retry' });
    const working = { rate_response: { rates: [], status: 'working' } };
    far.trouble('POST /v2/rates', { status: 200, body: working });
    expect(await sink.push(labelPush())).toMatchObject({ kind: 'retry' });
    expect(await sink.push(labelPush())).toMatchObject({ kind: 'delivered' });
    expect(far.shipments).toHaveLength(1);
  });

  it.for([
    [
      'a carrier it has no account of',
      { carrier: { preferred: 'dhl', service: null, alternates: [] } },
      'carrier_mismatch',
    ],
    [
      'goods that are no merchandise',
      {
        customs: {
          contents: 'gift',
          items: [
            { description: 'Mug', quantity: 1, unit_value: '1', currency: 'USD', origin_country: 'PT' },
          ],
        },
      },
      'customs_data_invalid',
    ],
    [
      'a parcel without weight',
      { parcels: [{ reference: null, weight: null, dimensions: null }] },
      'package_spec_invalid',
    ],
    ['another currency', { max_cost: { amount: '12', currency: 'EUR' } }, 'currency_invalid'],
    [
      'a service without a rate',
      { carrier: { preferred: 'ups', service: 'teleport', alternates: [] } },
      'carrier_service_unavailable',
    ],
  ] as const)('leaves %s to a person', async ([, over, code]) => {
    const { far, sink } = await scene();
    expect(await sink.push(labelPush(JSON.parse(JSON.stringify(over))))).toMatchObject({
      kind: 'failed',
      exception_code: code,
    });
    expect(far.labels).toEqual([]);
  });

  it('uses an alternate that it has an account of, with its own service', async () => {
    const { far, sink } = await scene();
    await sink.push(labelPush({ carrier: { preferred: 'dhl', service: 'express', alternates: ['ups'] } }));
    const [, , rates] = far.seen;
    expect(JSON.parse(rates?.body ?? '{}')).toMatchObject({ rate_options: { carrier_ids: ['se-100'] } });
    expect(rates?.body).not.toContain('service_codes');
  });

  it('asks for a phone number where neither the address nor the settings have one', async () => {
    const clock = new ManualClock();
    const far = await shipStationSide(clock);
    const sink = openShipStation(far.url, { clock, settings: { fallback_phone: undefined } });
    expect(await sink.push(labelPush())).toMatchObject({ kind: 'failed', exception_code: 'contact_invalid' });
    expect(far.calls()).toHaveLength(1);
  });

  it('reads errors inside a success', async () => {
    const { far, sink } = await scene();
    const errors = [
      {
        error_source: 'carrier',
        error_type: 'business_rules',
        error_code: 'insufficient_funds',
        message: 'No money.',
      },
    ];
    far.trouble('POST /v2/labels', { status: 200, body: { errors } });
    expect(await sink.push(labelPush())).toMatchObject({
      kind: 'failed',
      exception_code: 'carrier_insufficient_funds',
      message: 'No money.',
    });
    far.trouble('POST /v2/shipments', {
      status: 200,
      body: { has_errors: true, shipments: [{ errors: ['No such carrier.'] }] },
    });
    expect(await sink.push(labelPush())).toMatchObject({
      exception_code: 'sink_rejected',
      message: 'No such carrier.',
    });
  });

  it.for(Object.entries(SHIPSTATION_CODES))('takes %s for %s', async ([code, ours]) => {
    const { far, sink } = await scene();
    const errors = [
      {
        error_source: 'ShipStation',
        error_type: 'validation',
        error_code: code,
        message: `Said ${API_KEY}.`,
      },
    ];
    far.trouble('POST /v2/labels', { status: 400, body: { errors } });
    const outcome = await sink.push(labelPush());
    if (ours === 'outcome_unknown') expect(outcome.kind).toBe('unknown');
    else if (ours === 'rate_limited') expect(outcome.kind).toBe('retry');
    else expect(outcome).toMatchObject({ kind: 'failed', exception_code: ours, message: 'Said [secret].' });
  });

  it('takes a label that comes with a complaint: it is paid for', async () => {
    const { far, sink } = await scene();
    const label = {
      label_id: 'se-9',
      status: 'completed',
      errors: [{ error_code: 'meter_failure', message: 'Odd.' }],
    };
    far.trouble('POST /v2/labels', { status: 200, body: label });
    expect(await sink.push(labelPush())).toMatchObject({ kind: 'delivered', reference: 'se-9' });
  });

  it('leaves a refusal that it does not know to a person', async () => {
    const { far, sink } = await scene();
    far.trouble('POST /v2/labels', {
      status: 422,
      body: { errors: [{ error_code: 'brand_new', message: 'Never seen.' }] },
    });
    expect(await sink.push(labelPush())).toMatchObject({
      kind: 'failed',
      exception_code: 'sink_rejected',
      message: 'Never seen.',
    });
  });
});

describe('label.void', () => {
  it('voids a label by its tracking number, and one that is void already not again', async () => {
    const { far, sink } = await scene();
    await sink.push(labelPush());
    const number = far.labels[0]?.tracking_number ?? '';
    expect(await sink.push(voidPush([number]))).toMatchObject({ kind: 'delivered' });
    expect(await sink.push(voidPush([number]))).toMatchObject({ kind: 'delivered' });
    expect(far.calls().filter((call) => call.startsWith('PUT'))).toHaveLength(1);
  });

  it('says that there is no such label', async () => {
    const { sink } = await scene();
    expect(await sink.push(voidPush(['1Z0']))).toMatchObject({
      kind: 'failed',
      exception_code: 'label_void_rejected',
    });
  });

  it.for([...Object.entries(VOID_CODES), ['brand_new', 'label_void_rejected']] as const)(
    'takes a void that is not approved for %s',
    async ([reason_code, ours]) => {
      const { far, sink } = await scene();
      await sink.push(labelPush());
      far.trouble('PUT /v2/labels', { status: 200, body: { approved: false, message: 'No.', reason_code } });
      const outcome = await sink.push(voidPush([far.labels[0]?.tracking_number ?? '']));
      expect(outcome).toMatchObject({ kind: 'failed', exception_code: ours, message: 'No.' });
    },
  );
});

describe('the account', () => {
  it('quotes by estimate, names nobody, and makes nothing', async () => {
    const { far, sink } = await scene();
    expect(await sink.quote?.(labelPush())).toEqual({
      amount: '9.5',
      currency: 'USD',
      service: 'ups_ground',
    });
    expect(far.seen[0]?.body).not.toContain('Recipient');
    expect(far.shipments).toEqual([]);
    const [parcel] = labelPush().body['parcels'] as { [key: string]: string }[];
    expect(await sink.quote?.(labelPush({ parcels: [parcel ?? {}, parcel ?? {}] }))).toMatchObject({
      amount: '19',
    });
    far.rates([]);
    expect(await sink.quote?.(labelPush())).toBeNull();
  });

  it('finds what is missing', async () => {
    const { far, sink } = await scene({
      carriers: { ups: { carrier_id: 'se-100' }, usps: { carrier_id: 'se-200' } },
    });
    expect(await sink.probe?.()).toEqual([
      { name: 'API key', problem: null, detail: null },
      { name: 'carrier ups', problem: null, detail: 'UPS' },
      {
        name: 'carrier usps',
        problem: 'The account se-200 is not there. Copy its id from the list of carriers.',
        detail: null,
      },
      { name: 'warehouses', problem: null, detail: '1' },
    ]);
    far.trouble('GET /v2/carriers', {
      status: 401,
      body: { errors: [{ error_code: 'unauthorized', message: 'Bad key.' }] },
    });
    expect(await sink.probe?.()).toEqual([
      { name: 'API key', problem: expect.stringMatching(/^Bad key\. Put credentials/u), detail: null },
    ]);
  });

  it('warns of a test key', async () => {
    const { sink } = await scene({}, ['TEST_abc']);
    expect((await sink.probe?.())?.[0]?.problem).toBe(
      'This is a test key: its labels ship nothing. Use a live one.',
    );
  });

  it('tries the older key while the newer one is not taken yet', async () => {
    const { far, sink } = await scene({}, ['new-key-0002', API_KEY]);
    far.trouble('GET /v2/carriers', { status: 401 });
    expect((await sink.probe?.())?.[0]?.problem).toBeNull();
    expect(far.seen.map((one) => one.headers['api-key']).slice(0, 2)).toEqual(['new-key-0002', API_KEY]);
  });

  it('keeps ahead of the calls allowed, and rests as long as it is told', async () => {
    const { clock, far, sink } = await scene({ calls_per_minute: 5 });
    await sink.push(labelPush());
    const other = labelPush({}, { key: 'push:other' });
    // One call is left; the shipment is not even made.
    expect(await sink.push(other)).toMatchObject({ kind: 'retry', after_ms: 60_000, deferred: true });
    expect(far.shipments).toHaveLength(1);
    clock.advance(60_000);
    far.trouble('GET /v2/shipments', { status: 429, headers: { 'retry-after': '7' } });
    expect(await sink.push(other)).toMatchObject({ kind: 'retry', after_ms: 7_000 });
    expect(await sink.push(other)).toMatchObject({ kind: 'retry', after_ms: 7_000, deferred: true });
    clock.advance(7_000);
    expect(await sink.push(other)).toMatchObject({ kind: 'delivered' });
  });

  it('takes labels and nothing else', async () => {
    const { sink } = await scene();
    expect(
      ['label.create', 'label.void', 'label.record', 'return.open', 'price.set'].map((one) =>
        sink.accepts(one),
      ),
    ).toEqual([true, true, false, false, false]);
    expect(await sink.push(labelPush({}, { operation: 'label.record' }))).toMatchObject({
      exception_code: 'unsupported_capability',
    });
  });
});
