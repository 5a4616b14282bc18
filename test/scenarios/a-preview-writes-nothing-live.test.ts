import { afterAll, beforeAll, expect, it } from 'vitest';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { press, stateOf } from '../support/clicks.ts';
import { put } from '../support/fixtures.ts';
import { type House, openHouse, PEOPLE } from '../support/house.ts';
import { recordingSink, routed } from '../support/recording-sink.ts';

const URL_SENT = 'https://preview.shop.example/p/1?a=1&b=<i>|x';
const shop = recordingSink({ preview_url: URL_SENT });
const sly = recordingSink({ preview_url: 'http://preview.shop.example/p/1' });
let house: House;
let hasty: House;
beforeAll(async () => {
  const types = ['staged_product', 'live_publish', 'price_update', 'content_package_change'];
  [house, hasty] = (await Promise.all(
    [shop, sly].map((sink) =>
      openHouse({
        sinkKinds: [...SINK_KINDS, sink.kind],
        configure: (file) => routed(file, 'shop', types),
      }),
    ),
  )) as [House, House];
});
afterAll(() => Promise.all([house.close(), hasty.close()]));

async function staged(at: House): Promise<string> {
  const { body } = await at.sendFixture('staged_product', (raw) => {
    put(raw, 'source.requested_by', PEOPLE.sofia.guid);
  });
  const card = await at.as('mei').waitForMessage('#merchandising', (m) => m.text.includes('Merino beanie'));
  await press(at, 'mei', card, 'accept');
  await expect.poll(async () => (await stateOf(at, body.export_id ?? '')).status).toBe('delivered');
  return body.export_id ?? '';
}

const links = (message: unknown) => JSON.stringify(message).match(/"url":"[^"]*"/g) ?? [];

it('asks the shop for a preview and for nothing else, and gives marketing its address', async () => {
  const id = await staged(house);
  expect(shop.pushes.map(({ operation }) => operation)).toEqual(['product.preview']);
  const direct = (who: 'sofia' | 'priya') => async () =>
    (await house.as(who).directMessages()).filter((m) => m.text.includes('preview is ready')).length;
  await expect.poll(direct('sofia')).toBe(1);
  await expect.poll(direct('priya')).toBe(1);
  const [told] = (await house.as('sofia').directMessages()).filter((m) =>
    m.text.includes('preview is ready'),
  );
  expect(links(told)).toEqual(['"url":"https://preview.shop.example/p/1?a=1&b=%3Ci%3E|x"']);
  expect(told?.text).toContain('<https://preview.shop.example/p/1?a=1&amp;b=%3Ci%3E%7Cx|open the preview>');
  expect(JSON.stringify(told?.blocks)).toContain('"action_id":"review"');
  const card = await house
    .as('mei')
    .waitForMessage('#merchandising', (m) => m.text.includes('Merino beanie'));
  await expect
    .poll(async () => JSON.stringify(await house.as('mei').thread(card)))
    .toContain('open the preview');
  expect((await stateOf(house, id)).pushes[0]?.facts['preview_url']).toBe(URL_SENT);
});

it('gives no address that is not https', async () => {
  await staged(hasty);
  const found = async () =>
    (await hasty.as('sofia').directMessages()).filter((m) => m.text.includes('preview is ready'));
  await expect.poll(async () => (await found()).length).toBe(1);
  const [told] = await found();
  expect(links(told)).toEqual([]);
  expect(told?.text).toContain('the system gave no address');
});
