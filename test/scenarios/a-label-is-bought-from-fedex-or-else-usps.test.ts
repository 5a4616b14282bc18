import { expect, it, onTestFinished } from 'vitest';
import { FEDEX, fedexError } from '../../sandbox/sinks/carriers/fedex.ts';
import { eventsOf, stateOf } from '../support/clicks.ts';
import { domestic } from '../support/domestic.ts';
import { type ConfigFile, type House, openHouse } from '../support/house.ts';
import { CLIENT_SECRET, FAULTS, send } from '../unit/sinks/carrier-far-side.ts';
import { fedexFarSide } from '../unit/sinks/fedex-far-side.ts';
import { uspsFarSide } from '../unit/sinks/usps-far-side.ts';

const SETTINGS = {
  fedex: {
    client_id: 'app-1',
    account_number: '740561073',
    fallback_phone: '+1 212 555 0100',
    services: { ground: 'FEDEX_GROUND' },
  },
  usps: {
    client_id: 'app-2',
    crid: '12345678',
    mid: '901234567',
    manifest_mid: '901234568',
    account_number: '1000123456',
    default_service: 'USPS_GROUND_ADVANTAGE',
  },
};

/** Meshline with the real sinks of both carriers, each before a carrier on loopback. */
async function scene() {
  const far = { fedex: await fedexFarSide(8.2), usps: await uspsFarSide(7.1) };
  const configure = (file: ConfigFile) => {
    for (const kind of ['fedex', 'usps'] as const) {
      const settings = { ...SETTINGS[kind], base_url: far[kind].url, allow_private: true };
      file.sinks[kind] = { kind, secret_env: 'CARRIER_SECRET', settings } as never;
    }
    const policy = file.policies['shipping_label_request'] ?? {};
    Object.assign(policy, { routes: ['fedex', 'usps'], failover: { approve: 'never' } });
    policy['rules'] = { cost_limit: '100.00', cost_currency: 'USD' };
  };
  const house: House = await openHouse({ configure, env: { CARRIER_SECRET: CLIENT_SECRET } });
  onTestFinished(() => house.close());
  const ask = async (order: string) => {
    const { body } = await house.sendFixture('shipping_label_request', domestic(order), 'wms');
    return body.export_id ?? '';
  };
  return { far, house, ask };
}

it('prices the label, buys it at FedEx, and keeps what it cost and where it is', async () => {
  const { far, house, ask } = await scene();
  const id = await ask('300101');
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  expect(far.fedex.labels).toHaveLength(1);
  expect(far.usps.labels).toEqual([]);
  expect((await stateOf(house, id)).pushes).toMatchObject([
    {
      sink: 'fedex',
      facts: {
        quoted: { amount: '8.2', currency: 'USD' },
        cost: { amount: '8.2', currency: 'USD' },
        tracking_number: far.fedex.labels[0]?.tracking,
      },
    },
  ]);
  expect(await eventsOf(house, id)).toContain('push_advanced');
});

it('buys it once although the answer is lost', async () => {
  const { far, house, ask } = await scene();
  far.fedex.fail(FEDEX.ship, FAULTS.reset);
  const id = await ask('300102');
  const status = async () => {
    house.clock.leap(60_000);
    return (await stateOf(house, id)).status;
  };
  await expect.poll(status).toBe('delivered');
  expect(far.fedex.labels).toHaveLength(1);
  expect(far.usps.labels).toEqual([]);
});

it('buys it at USPS where FedEx does not go', async () => {
  const { far, house, ask } = await scene();
  far.fedex.fail(FEDEX.rate, (response) => send(response, fedexError(400, 'SERVICE.LOCATION.UNAVAILABLE')));
  const id = await ask('300103');
  await expect.poll(async () => (await stateOf(house, id)).status).toBe('delivered');
  expect(far.fedex.labels).toEqual([]);
  expect(far.usps.labels).toHaveLength(1);
});
