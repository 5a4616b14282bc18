import { describe, expect, it } from 'vitest';
import { USPS, uspsError, voiding } from '../../../sandbox/sinks/carriers/usps.ts';
import { labelReference } from '../../../src/sinks/carriers/reference.ts';
import { UspsSettings } from '../../../src/sinks/usps/settings.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { ABROAD, aLabel, aVoid, CLIENT_SECRET, FAULTS, PARCEL, send } from './carrier-far-side.ts';
import type { Logged } from './far-side.ts';
import { uspsFarSide } from './usps-far-side.ts';

const BIG = { ...PARCEL, weight: { value: '30', unit: 'lb' } };

describe('a label', () => {
  it('is rated, paid for with the second token, and comes with its image', async () => {
    const far = await uspsFarSide();
    const push = aLabel('usps');
    const reference = labelReference(push.key);
    expect(await far.open().push(push)).toEqual({
      kind: 'delivered',
      reference: '920559000666220211000',
      facts: {
        carrier: 'usps',
        service: 'USPS_GROUND_ADVANTAGE',
        ship_date: '2026-11-24',
        reference,
        cost: { amount: '7.75', currency: 'USD' },
        tracking_number: '920559000666220211000',
        tracking_numbers: ['920559000666220211000'],
        label_format: 'pdf',
        label: 'JVBERi0xLjQ=',
      },
    });
    expect(far.seen.map(({ path }) => path)).toEqual([USPS.token, USPS.rate, USPS.payment, USPS.label]);
    const [bought] = far.bought();
    expect(bought?.headers).toMatchObject({
      accept: 'application/vnd.usps.labels+json',
      'x-payment-authorization-token': 'canary-payment-1',
    });
    expect(bought?.json).toMatchObject({
      toAddress: {
        firstName: 'Camille Q.',
        lastName: 'Example',
        ZIPCode: '10118',
        ZIPPlus4: '0110',
        phone: '2125550199',
      },
      fromAddress: { firm: 'Example Shop', state: 'TN' },
      packageDescription: {
        mailClass: 'USPS_GROUND_ADVANTAGE',
        weight: 2,
        length: 12,
        width: 9,
        height: 4,
        processingCategory: 'MACHINABLE',
        mailingDate: '2026-11-24',
        customerReference: [
          { referenceNumber: reference },
          { referenceNumber: '100482-A', printReferenceNumber: true },
        ],
      },
    });
  });

  it('of several parcels is bought one by one, each told before the next', async () => {
    const far = await uspsFarSide();
    const push = aLabel('usps', { parcels: [PARCEL, PARCEL, BIG] });
    const steps: string[] = [];
    const outcome = await far.open({}, { steps }).push(push);
    expect(steps).toEqual(['quoted', '1', '2']);
    expect(outcome).toMatchObject({
      kind: 'delivered',
      facts: {
        cost: { amount: '23.25', currency: 'USD' },
        tracking_numbers: far.labels.map(({ tracking }) => tracking),
        labels: far.labels.map(({ tracking }) => ({ tracking_number: tracking, label: far.state.image })),
      },
    });
    expect(far.labels).toHaveLength(3);
    // Two of them are priced alike.
    expect(far.asked(USPS.rate)).toHaveLength(2);
    expect(far.labels[2]?.request).toMatchObject({
      imageInfo: { packageNumber: 3, totalPackages: 3 },
      packageDescription: {
        processingCategory: 'NONSTANDARD',
        customerReference: [{ referenceNumber: `${labelReference(push.key)}-3` }, {}],
      },
    });
  });

  it('that is dearer than allowed, over all parcels, is not bought', async () => {
    const far = await uspsFarSide(13.5);
    const push = aLabel('usps', { parcels: [PARCEL, PARCEL, PARCEL] });
    expect(await far.open().push(push)).toMatchObject({ kind: 'failed', exception_code: 'label_pending' });
    const euros = aLabel('usps', { max_cost: { amount: '40.00', currency: 'EUR' } });
    expect(await far.open().push(euros)).toMatchObject({ exception_code: 'currency_invalid' });
    expect(far.labels).toEqual([]);
  });

  it('larger than facts may hold is left out, and that is said', async () => {
    const far = await uspsFarSide();
    far.state.image = 'A'.repeat(100_001);
    const outcome = await far.open().push(aLabel('usps'));
    expect(outcome).toMatchObject({
      kind: 'delivered',
      facts: { notes: [expect.stringMatching(/Reprint/u)] },
    });
    expect(JSON.stringify(outcome).length).toBeLessThan(2_000);
  });

  it('in parts is read as well', async () => {
    const far = await uspsFarSide();
    far.fail(USPS.label, (response, effect) => {
      const { labelImage, ...metadata } = effect().body as { labelImage: string };
      const part = (name: string, type: string, body: string) =>
        `--b1\r\nContent-Disposition: form-data; name="${name}"\r\nContent-Type: ${type}\r\n\r\n${body}\r\n`;
      response
        .writeHead(200, { 'content-type': 'multipart/form-data; boundary=b1' })
        .end(
          `${part('labelMetadata', 'application/json', JSON.stringify(metadata))}${part('labelImage', 'application/pdf', labelImage)}--b1--`,
        );
    });
    expect(await far.open().push(aLabel('usps'))).toMatchObject({
      kind: 'delivered',
      reference: '920559000666220211000',
      facts: { label: 'JVBERi0xLjQ=' },
    });
  });

  it('is dated today when its day has passed', async () => {
    const far = await uspsFarSide();
    await far.open({}, { clock: new ManualClock(Date.UTC(2026, 10, 27, 2)) }).push(aLabel('usps'));
    expect(far.labels[0]?.request).toMatchObject({ packageDescription: { mailingDate: '2026-11-26' } });
  });

  it.each([
    ['abroad', ABROAD, 'carrier_mismatch'],
    ['of too many parcels', { parcels: Array.from({ length: 41 }, () => PARCEL) }, 'package_over_limit'],
    ['without dimensions', { parcels: [{ ...PARCEL, dimensions: null }] }, 'package_spec_invalid'],
    ['without weight', { parcels: [{ ...PARCEL, weight: null }] }, 'package_spec_invalid'],
    [
      'of an unknown class',
      { carrier: { preferred: 'usps', service: 'pigeon', alternates: [] } },
      'carrier_service_unavailable',
    ],
  ])('%s is refused before anything is sent', async (_, body, code) => {
    const far = await uspsFarSide();
    expect(await far.open().push(aLabel('usps', body))).toMatchObject({
      kind: 'failed',
      exception_code: code,
    });
    expect(far.seen).toEqual([]);
  });

  it.each([
    [{ postal_code: 'X' }, 'address_invalid'],
    [{ region: 'New York' }, 'address_invalid'],
    [{ line1: 'x'.repeat(51) }, 'address_invalid'],
  ])('to %j is refused before anything is sent', async (part, code) => {
    const far = await uspsFarSide();
    const push = aLabel('usps');
    const to = push.body['ship_to'] as Record<string, string | null>;
    const outcome = await far.open().push({ ...push, body: { ...push.body, ship_to: { ...to, ...part } } });
    expect(outcome).toMatchObject({ kind: 'failed', exception_code: code });
    expect(far.seen).toEqual([]);
  });
});

describe('a later parcel that is refused', () => {
  const several = aLabel('usps', { parcels: [PARCEL, PARCEL] });
  const refuseSecond = (far: Awaited<ReturnType<typeof uspsFarSide>>) => {
    far.fail(USPS.label, (response, effect) => send(response, effect()));
    far.fail(USPS.label, (response) => send(response, uspsError(400, '160307')));
  };

  it('takes the earlier ones back, and all are bought once it is corrected', async () => {
    const far = await uspsFarSide();
    const steps: string[] = [];
    const sink = far.open({}, { steps });
    refuseSecond(far);
    const outcome = await sink.push(several);
    expect(steps).toEqual(['quoted', '1', 'undo']);
    expect(outcome).toMatchObject({ kind: 'failed', exception_code: 'address_invalid' });
    expect(outcome.kind === 'failed' && outcome.message).toMatch(/^Parcel 2: .* were voided\.$/u);
    expect(far.labels).toMatchObject([{ void: true }]);
    // Sent again by a person, from where it was.
    expect(await sink.push(several)).toMatchObject({ kind: 'delivered' });
    expect(far.labels.map((label) => label.void)).toEqual([true, false, false]);
  });

  it('names the labels that stand when USPS does not take them back', async () => {
    const far = await uspsFarSide();
    refuseSecond(far);
    const tracking = '920559000666220211000';
    far.fail(voiding(tracking), (response) => send(response, uspsError(400, '160301', 'Not eligible')));
    expect(await far.open().push(several)).toMatchObject({
      kind: 'failed',
      exception_code: 'partial_failure',
      metadata: { standing: [tracking], lines: [{ code: 'address_invalid' }, { sku: tracking }] },
    });
  });
});

describe('tokens', () => {
  it('are both renewed once when they are taken no more', async () => {
    const far = await uspsFarSide();
    const sink = far.open();
    await sink.push(aLabel('usps', {}, { key: 'a' }));
    far.revoke();
    expect(await sink.push(aLabel('usps', {}, { key: 'b' }))).toMatchObject({ kind: 'delivered' });
    // A 401 of a purchase does not say which of the two it means, so both are renewed.
    expect([far.state.tokens, far.state.payments]).toEqual([3, 2]);
    expect(far.seen[0]).toMatchObject({
      headers: { 'content-type': 'application/json' },
      json: { grant_type: 'client_credentials', client_id: 'app-1', client_secret: CLIENT_SECRET },
    });
  });

  it('name the account that pays', async () => {
    const far = await uspsFarSide();
    await far.open().push(aLabel('usps'));
    const party = {
      CRID: '12345678',
      MID: '901234567',
      manifestMID: '901234568',
      accountType: 'EPS',
      accountNumber: '1000123456',
    };
    expect(far.asked(USPS.payment)[0]?.json).toEqual({
      roles: [
        { roleName: 'PAYER', ...party },
        { roleName: 'LABEL_OWNER', ...party },
      ],
    });
  });

  it('for payment that are refused name the account', async () => {
    const far = await uspsFarSide();
    far.fail(USPS.payment, (response) => send(response, uspsError(400, 'X', 'No such CRID')));
    expect(await far.open().push(aLabel('usps'))).toMatchObject({
      kind: 'failed',
      exception_code: 'carrier_account_invalid',
      message: 'toAddress: No such CRID',
    });
    expect(far.labels).toEqual([]);
  });

  it('are in no outcome and no log', async () => {
    const far = await uspsFarSide();
    const lines: Logged[] = [];
    const sink = far.open({}, { lines });
    far.fail(USPS.label, (response) =>
      send(response, uspsError(400, 'X', `canary-token-1 canary-payment-1 ${CLIENT_SECRET}`)),
    );
    const outcome = await sink.push(aLabel('usps'));
    expect(outcome).toMatchObject({ message: 'toAddress: [secret] [secret] [secret]' });
    expect(JSON.stringify([outcome, lines])).not.toMatch(/canary/u);
  });
});

describe('the hourly budget', () => {
  it('is never overdrawn, and a purchase waits until it has room for all its calls', async () => {
    const far = await uspsFarSide();
    const clock = new ManualClock();
    const sink = far.open({ calls_per_hour: 5 }, { clock });
    const label = (key: string) => aLabel('usps', {}, { key });
    await sink.push(label('a'));
    clock.advance(60_000);
    await sink.push(label('b'));
    expect(await sink.push(label('c'))).toEqual({
      kind: 'retry',
      after_ms: 3_540_000,
      cause: 'The calls allowed for now are used up.',
      deferred: true,
    });
    expect(far.labels).toHaveLength(2);
    clock.advance(3_540_000);
    expect(await sink.push(label('c'))).toMatchObject({ kind: 'delivered' });
  });

  it('is closed for as long as USPS says', async () => {
    const far = await uspsFarSide();
    const clock = new ManualClock();
    const sink = far.open({}, { clock });
    far.fail(USPS.rate, FAULTS.throttledFor);
    expect(await sink.push(aLabel('usps'))).toMatchObject({ kind: 'retry', after_ms: 17_000 });
    expect(await sink.push(aLabel('usps'))).toMatchObject({ kind: 'retry', deferred: true });
    expect(far.asked(USPS.rate)).toHaveLength(1);
  });
});

describe('voiding', () => {
  it('takes labels back, and a void one counts as done', async () => {
    const far = await uspsFarSide();
    const sink = far.open();
    await sink.push(aLabel('usps'));
    const gone = aVoid('usps', '920559000666220211000');
    for (const _ of [1, 2])
      expect(await sink.push(gone)).toMatchObject({
        kind: 'delivered',
        facts: { voided: ['920559000666220211000'] },
      });
    expect(far.labels).toMatchObject([{ void: true }]);
    far.fail(USPS.label, (response) =>
      send(
        response,
        uspsError(400, '00000XX', 'A refund request for this order has already been submitted today'),
      ),
    );
    expect(await sink.push(gone)).toMatchObject({ kind: 'delivered' });
    expect(await sink.push(aVoid('usps', '1'))).toMatchObject({ exception_code: 'label_void_rejected' });
  });
});

describe('a quote and a probe', () => {
  it('buy nothing', async () => {
    const far = await uspsFarSide();
    const sink = far.open();
    expect(await sink.quote?.(aLabel('usps', { parcels: [PARCEL, BIG] }))).toEqual({
      amount: '14.5',
      currency: 'USD',
      service: 'USPS_GROUND_ADVANTAGE',
    });
    expect(await sink.probe?.()).toEqual([
      { name: 'token', problem: null, detail: 'live' },
      { name: 'payment authorisation', problem: null, detail: 'granted' },
      { name: 'prices', problem: null, detail: '7.25 USD' },
    ]);
    expect(far.labels).toEqual([]);
    far.fail(USPS.rate, FAULTS.broken);
    expect(await sink.quote?.(aLabel('usps'))).toBeNull();
  });
});

describe('settings', () => {
  const least = { client_id: 'a', crid: '1', mid: '2', manifest_mid: '3', account_number: '4' };
  it('have defaults', () => {
    expect(UspsSettings.parse({ ...least, services: { saver: 'MEDIA_MAIL' } })).toMatchObject({
      services: { saver: 'MEDIA_MAIL' },
      calls_per_hour: 60,
      time_zone: 'America/New_York',
    });
  });
  it.each([
    [{ crid: 'x' }],
    [{ base_url: 'http://usps.example' }],
    [{ default_service: 'PIGEON' }],
    [{ odd: 1 }],
  ])('refuse %j', (part) => expect(UspsSettings.safeParse({ ...least, ...part }).success).toBe(false));
});
