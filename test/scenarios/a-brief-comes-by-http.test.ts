import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSigner } from '../../src/sinks/signing.ts';
import { aBrief } from '../support/campaigns.ts';
import { SECRETS } from '../support/config.ts';
import { type House, openHouse } from '../support/house.ts';

const TOKEN = 'read-campaigns-with-this-token';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    configure(file) {
      file.sources['bi'] = { token_env: 'ERP_SECRET', scopes: ['exports:read'] };
    },
  });
});
afterAll(() => house.close());

async function post(body: unknown, source = 'pim') {
  const text = JSON.stringify(body);
  const secret = SECRETS[source === 'pim' ? 'PIM_SECRET' : 'WMS_SECRET'] ?? '';
  const sign = createSigner([secret]);
  const id = `msg_${Math.random()}`;
  const response = await fetch(`${house.meshline.url}/v1/campaigns`, {
    method: 'POST',
    headers: {
      ...sign(id, house.clock.now(), text),
      'content-type': 'application/json',
      'meshline-source': source,
    },
    body: text,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

it('takes a brief by HTTP as a draft, its next version under the same id, and shows it to readers', async () => {
  const brief = aBrief(house.clock.now());
  const first = await post({ campaign_id: 'autumn', brief });
  expect(first).toEqual({
    status: 201,
    body: { campaign_id: 'autumn', state: 'draft', brief_version: 1 },
  });
  expect((await post({ campaign_id: 'autumn', brief })).status).toBe(200);
  const next = await post({ campaign_id: 'autumn', brief: { ...brief, keywords: ['linen'] } });
  expect(next.body).toMatchObject({ brief_version: 2 });

  const read = (path: string) =>
    fetch(`${house.meshline.url}${path}`, {
      headers: { authorization: `Bearer ${SECRETS['ERP_SECRET'] ?? TOKEN}` },
    });
  const shown = (await (await read('/v1/campaigns/autumn')).json()) as { brief: { keywords: string[] } };
  expect(shown.brief.keywords).toEqual(['linen']);
  expect(await (await read('/v1/campaigns?state=draft')).json()).toMatchObject({
    campaigns: [{ campaign_id: 'autumn', name: 'Autumn Linen' }],
  });
});

it('refuses a wrong brief with every fault, and a source that may not send promos', async () => {
  const brief = aBrief(house.clock.now());
  const { status, body } = await post({
    campaign_id: 'x',
    brief: { ...brief, products: [], currency: 'euro' },
  });
  expect(status).toBe(400);
  expect(body['detail']).toMatch(/product/);
  expect(body['detail']).toMatch(/currency/);
  const late = { ...brief, window: { ...brief.window, end: '2020-01-01T00:00:00Z' } };
  expect(await post({ campaign_id: 'x', brief: late })).toMatchObject({
    status: 422,
    body: { code: 'brief_invalid' },
  });
  expect((await post({ campaign_id: 'y', brief }, 'wms')).status).toBe(403);
});
