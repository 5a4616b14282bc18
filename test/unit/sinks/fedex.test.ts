import { describe, expect, it } from 'vitest';
import { FEDEX } from '../../../sandbox/sinks/carriers/fedex.ts';
import { labelReference } from '../../../src/sinks/carriers/reference.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ABROAD, aLabel, FAULTS, PARCEL } from './carrier-far-side.ts';
import { fedexFarSide, sent } from './fedex-far-side.ts';

const shipped = { requestedShipment: expect.anything() as unknown };

describe('a label', () => {
  it('is rated, then bought once for all parcels, under our own reference', async () => {
    const far = await fedexFarSide();
    const push = aLabel('fedex', { parcels: [PARCEL, PARCEL] });
    const reference = labelReference(push.key);
    expect(await far.open().push(push)).toEqual({
      kind: 'delivered',
      reference: '794953555010',
      facts: {
        carrier: 'fedex',
        service: 'FEDEX_GROUND',
        ship_date: '2026-11-24',
        reference,
        cost: { amount: '12.5', currency: 'USD' },
        tracking_number: '794953555010',
        tracking_numbers: ['794953555010', '7949535550101'],
        label_url: 'https://fedex.example/794953555010',
        label_urls: [
          'https://fedex.example/794953555010',
          'https://fedex.example/794953555010/0',
          'https://fedex.example/794953555010/1',
        ],
      },
    });
    expect(far.labels).toMatchObject([{ reference, tracking: '794953555010', parcels: 2, void: false }]);
    expect(far.seen.map(({ path }) => path)).toEqual([FEDEX.token, FEDEX.rate, FEDEX.ship]);
    expect(sent(far, FEDEX.ship)).toMatchObject({
      accountNumber: { value: '740561073' },
      labelResponseOptions: 'URL_ONLY',
      requestedShipment: {
        totalWeight: 4,
        recipients: [
          {
            contact: { personName: 'Camille Q. Example', phoneNumber: '2125550199' },
            address: { streetLines: ['350 Fifth Avenue', 'Floor 21'], postalCode: '10118-0110' },
          },
        ],
        requestedPackageLineItems: [
          {
            sequenceNumber: 1,
            weight: { units: 'LB', value: 2 },
            dimensions: { length: 12, width: 9, height: 4, units: 'IN' },
          },
          { sequenceNumber: 2 },
        ],
      },
    });
    expect(far.asked(FEDEX.ship)[0]?.headers['x-customer-transaction-id']).toBe(reference);
  });

  it('across a border is in kilograms, with its customs value', async () => {
    const far = await fedexFarSide();
    const outcome = await far.open().push(aLabel('fedex', ABROAD));
    expect(outcome).toMatchObject({
      kind: 'delivered',
      facts: { cost: { amount: '12.5', currency: 'EUR' } },
    });
    expect(sent(far, FEDEX.ship)['requestedShipment']).toMatchObject({
      totalWeight: 4.08,
      customsClearanceDetail: {
        totalCustomsValue: { amount: 79.84, currency: 'EUR' },
        commercialInvoice: { shipmentPurpose: 'SOLD' },
        commodities: [
          {
            quantity: 2,
            harmonizedCode: '62052000',
            countryOfManufacture: 'PT',
            weight: { units: 'KG', value: 1.85 },
          },
        ],
      },
      requestedPackageLineItems: [
        {
          weight: { units: 'KG', value: 1.85 },
          dimensions: { length: 40, width: 30, height: 15, units: 'CM' },
        },
      ],
    });
  });

  it('dearer than allowed is not bought', async () => {
    const far = await fedexFarSide(40.01);
    expect(await far.open().push(aLabel('fedex'))).toMatchObject({
      kind: 'failed',
      exception_code: 'label_pending',
      metadata: { quoted: { amount: '40.01', currency: 'USD' } },
    });
    expect(far.asked(FEDEX.ship)).toEqual([]);
  });

  it('priced in another currency than the limit is not bought', async () => {
    const far = await fedexFarSide();
    far.fail(FEDEX.rate, (response) =>
      response.writeHead(200).end(
        JSON.stringify({
          output: {
            rateReplyDetails: [
              {
                serviceType: 'FEDEX_GROUND',
                ratedShipmentDetails: [{ rateType: 'ACCOUNT', totalNetCharge: 1, currency: 'CAD' }],
              },
            ],
          },
        }),
      ),
    );
    expect(await far.open().push(aLabel('fedex'))).toMatchObject({ exception_code: 'currency_invalid' });
    expect(far.labels).toEqual([]);
  });

  it('is dated today when its day passed while people decided, in the zone it leaves from', async () => {
    const far = await fedexFarSide();
    const clock = new ManualClock(Date.UTC(2026, 10, 27, 2));
    await far.open({ time_zone: 'America/New_York' }, { clock }).push(aLabel('fedex'));
    expect(sent(far, FEDEX.ship)).toMatchObject({ requestedShipment: { shipDatestamp: '2026-11-26' } });
    await far.open().push(aLabel('fedex', { ship_date: '2026-12-24' }));
    expect(sent(far, FEDEX.ship)).toMatchObject({ requestedShipment: { shipDatestamp: '2026-12-24' } });
  });

  it.each([
    [
      'an unknown carrier',
      { carrier: { preferred: 'ups', service: null, alternates: [] } },
      'carrier_mismatch',
    ],
    [
      'no service',
      { carrier: { preferred: 'fedex', service: null, alternates: [] } },
      'carrier_service_unavailable',
    ],
    ['no weight', { parcels: [{ ...PARCEL, weight: null }] }, 'package_spec_invalid'],
    ['too many parcels', { parcels: Array.from({ length: 41 }, () => PARCEL) }, 'package_over_limit'],
    ['another form', { parcels: 'two' }, 'contract_mapping_error'],
  ])('with %s is refused before anything is sent', async (_, body, code) => {
    const far = await fedexFarSide();
    expect(await far.open().push(aLabel('fedex', body))).toMatchObject({
      kind: 'failed',
      exception_code: code,
    });
    expect(far.seen).toEqual([]);
  });

  it.each([
    ['no phone number', { phone: null }, 'contact_invalid'],
    ['a street of four lines', { line1: 'Straße '.repeat(16), line2: 'Hof '.repeat(20) }, 'address_invalid'],
  ])('to somebody with %s is refused before anything is sent', async (_, part, code) => {
    const far = await fedexFarSide();
    const push = aLabel('fedex');
    const to = push.body['ship_to'] as Record<string, string | null>;
    const body = { ...push.body, ship_to: { ...to, ...part } };
    expect(await far.open().push({ ...push, body })).toMatchObject({ kind: 'failed', exception_code: code });
    expect(far.seen).toEqual([]);
  });

  it('of an alternate carrier ships with its own default service', async () => {
    const far = await fedexFarSide();
    const carrier = { preferred: 'ups', service: 'ups_ground', alternates: ['fedex'] };
    await far.open({ default_service: 'GROUND_HOME_DELIVERY' }).push(aLabel('fedex', { carrier }));
    expect(sent(far, FEDEX.ship)).toMatchObject({
      requestedShipment: { serviceType: 'GROUND_HOME_DELIVERY' },
    });
  });

  it('made by the test system is refused unless that is meant', async () => {
    const far = await fedexFarSide();
    far.state.alerts = [
      { code: 'VIRTUAL.RESPONSE', message: 'This is a Virtual Response.', alertType: 'NOTE' },
    ];
    expect(await far.open().push(aLabel('fedex'))).toMatchObject({
      exception_code: 'sandbox_virtual_response',
    });
    expect(far.labels).toEqual([]);
    expect(await far.open({ sandbox: true }).push(aLabel('fedex'))).toMatchObject({ kind: 'delivered' });
  });

  it.each([
    [4, { label: 'AAAA' }],
    [100_001, { notes: [expect.stringMatching(/Reprint/u)] }],
  ])('that comes as %i bytes instead of an address keeps them when they are few', async (length, facts) => {
    const far = await fedexFarSide();
    const label = { contentType: 'LABEL', encodedLabel: 'A'.repeat(length) };
    const piece = { trackingNumber: '7', packageDocuments: [label] };
    const output = { transactionShipments: [{ masterTrackingNumber: '7', pieceResponses: [piece] }] };
    far.fail(FEDEX.ship, (response) => response.writeHead(200).end(JSON.stringify({ output })));
    const outcome = await far.open().push(aLabel('fedex'));
    expect(outcome).toMatchObject({ kind: 'delivered', reference: '7', facts });
    // FedEx told no price, so it is the quoted one.
    expect(outcome).toMatchObject({ facts: { cost: { amount: '12.5', currency: 'USD' } } });
    expect(JSON.stringify(outcome).length).toBeLessThan(2_000);
  });

  it('with a remark keeps the remark', async () => {
    const far = await fedexFarSide();
    far.state.alerts = [{ code: 'SHIP.RECIPIENT.POSTALCITY.MISMATCH', message: 'Postal-City\nMismatch.' }];
    expect(await far.open().push(aLabel('fedex'))).toMatchObject({
      kind: 'delivered',
      facts: { notes: ['Postal-City Mismatch.'] },
    });
  });

  it('refused beside a success is refused', async () => {
    const far = await fedexFarSide();
    const alerts = [{ code: 'COMMODITY.NOT.FOUND', message: 'No such commodity.', alertType: 'ERROR' }];
    far.fail(FEDEX.ship, (response) => response.writeHead(200).end(JSON.stringify({ output: { alerts } })));
    expect(await far.open().push(aLabel('fedex'))).toMatchObject({
      kind: 'failed',
      exception_code: 'customs_data_invalid',
    });
  });
});

describe('a price', () => {
  it('that is older than ten minutes is asked for again before anything is bought', async () => {
    const far = await fedexFarSide();
    const clock = new ManualClock();
    const sink = far.open({}, { clock });
    far.fail(FEDEX.ship, FAULTS.throttled);
    const push = aLabel('fedex');
    expect(await sink.push(push)).toMatchObject({ kind: 'retry' });
    clock.advance(600_000);
    far.state.price = 41;
    expect(await sink.push(push)).toMatchObject({ exception_code: 'label_pending' });
    expect(far.labels).toEqual([]);
  });
});

describe('a rate budget', () => {
  it('is kept after FedEx says for how long it is closed', async () => {
    const far = await fedexFarSide();
    const clock = new ManualClock();
    const sink = far.open({}, { clock });
    far.fail(FEDEX.rate, FAULTS.throttledFor);
    expect(await sink.push(aLabel('fedex'))).toMatchObject({ kind: 'retry', after_ms: 17_000 });
    expect(await sink.push(aLabel('fedex'))).toMatchObject({ kind: 'retry', deferred: true });
    expect(far.asked(FEDEX.rate)).toHaveLength(1);
    clock.advance(17_000);
    expect(await sink.push(aLabel('fedex'))).toMatchObject({ kind: 'delivered' });
    expect(sent(far, FEDEX.ship)).toMatchObject(shipped);
  });
});
