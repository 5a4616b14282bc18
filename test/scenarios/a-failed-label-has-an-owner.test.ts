import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  HOOK_SECRETS,
  type Platform,
  post,
  rsaKeys,
  shipstationHook,
  startPlatform,
} from '../support/hooks.ts';
import { type House, openHouse } from '../support/house.ts';

const keys = rsaKeys();
const strangers = rsaKeys();

let house: House;
let platform: Platform;
let labels: { [key: string]: unknown }[];

beforeEach(async () => {
  labels = [];
  platform = await startPlatform(({ path }) => {
    if (path === '/jwks') return { json: keys.jwks };
    if (path === '/v2/labels?batch_id=se-1') {
      return {
        json: { labels: labels.slice(0, 1), links: { next: { href: `${platform.url}/v2/labels?page=2` } } },
      };
    }
    if (path === '/v2/labels?page=2') return { json: { labels: labels.slice(1), links: { next: {} } } };
    return null;
  });
  house = await openHouse({
    env: HOOK_SECRETS,
    configure(file) {
      file.sources['labels'] = {
        kind: 'shipstation',
        api_token_env: 'SHIPSTATION_KEY',
        settings: { jwks_url: `${platform.url}/jwks`, hosts: [platform.host], allow_private: true },
        rules: [{ when: 'label_failed', then: 'exception_notify' }],
      };
    },
  });
});
afterEach(async () => {
  await house.close();
  await platform.close();
});

const made = () => house.meshline.flow.ledger.list({ source: 'labels', limit: 10 });
const send = (payload: unknown, key = keys.privateKey, at = house.clock.now()) =>
  post(house.meshline.url, 'labels', shipstationHook(payload, { at, key }));
const pointer = () => ({
  resource_url: `${platform.url}/v2/labels?batch_id=se-1`,
  resource_type: 'LABEL_CREATED_V2',
});
const tracked = (data: unknown) => ({ resource_type: 'API_TRACK', resource_url: null, data });

it('follows the pages of a pointer and tells logistics of each label that failed', async () => {
  labels = [
    { label_id: 'se-11', status: 'completed', shipment_id: 'se-21' },
    {
      label_id: 'se-12',
      status: 'error',
      shipment_id: 'se-22',
      external_order_id: '100482',
      carrier_code: 'fedex',
    },
  ];
  expect((await send(pointer())).status).toBe(202);
  await expect.poll(made, { timeout: 5000 }).toHaveLength(1);
  const found = await house.meshline.flow.ledger.get((await made())[0]?.id ?? '');
  expect(found).toMatchObject({ status: 'pending', route: { role: 'logistics' } });
  expect(found?.raw).toMatchObject({
    exception_code: 'label_pending',
    exception_metadata: { carrier: 'fedex' },
  });
  expect(found?.revision?.payload).toMatchObject({
    affected: [
      { kind: 'order', reference: '100482' },
      { kind: 'shipment', reference: 'se-22' },
    ],
  });
  expect(platform.asked.filter(({ path }) => path === '/jwks')).toHaveLength(1);
  expect(platform.asked.at(-1)?.headers['api-key']).toBe(HOOK_SECRETS.SHIPSTATION_KEY);
  expect(await (await send(pointer())).json()).toEqual({ outcome: 'repeat' });
});

it('reads tracking exceptions into the codes that people know', async () => {
  const parcel = { tracking_number: '383144378470', carrier_code: 'fedex' };
  const onItsWay = await send(tracked({ ...parcel, status_code: 'IT' }));
  expect(await onItsWay.json()).toEqual({ outcome: 'ignored' });
  await send(tracked({ ...parcel, status_code: 'EX', exception_description: 'Incorrect address' }));
  await send(tracked({ ...parcel, status_code: 'EX', exception_description: 'Weather delay' }));
  await expect.poll(made, { timeout: 5000 }).not.toHaveLength(0);
  const first = await house.meshline.flow.ledger.get((await made())[0]?.id ?? '');
  expect(['address_invalid', 'delivery_exception']).toContain(first?.raw['exception_code']);
});

it('refuses what strangers sign, what is old or early, and pointers elsewhere', async () => {
  const refused = { status: 401 };
  expect(await send(pointer(), strangers.privateKey)).toMatchObject(refused);
  for (const off of [-301_000, 301_000]) {
    expect(await send(pointer(), keys.privateKey, house.clock.now() + off)).toMatchObject(refused);
  }
  const elsewhere = await send({ ...pointer(), resource_url: 'https://169.254.169.254/latest/meta-data' });
  expect(elsewhere.status).toBe(400);
  expect(await elsewhere.text()).toContain(platform.host);
  expect(platform.asked.every(({ path }) => path === '/jwks')).toBe(true);
  expect(await made()).toEqual([]);
});
