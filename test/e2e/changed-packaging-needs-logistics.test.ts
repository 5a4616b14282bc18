import { expect, it } from 'vitest';
import { put } from '../support/fixtures.ts';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const scene = openScene();

const PROMO = '#promo-approvals';
const NAME = 'change-60117';

it.skipIf(scene.skipped)(
  'asks logistics about another weight and opens a review at the warehouse, and nobody about words alone',
  async () => {
    const { house, sit } = scene;
    const reviews = () =>
      house.sinks.effects('wms').filter(({ operation }) => operation === 'packaging.review');

    const { body } = await house.sendFixture('content_package_change', (raw) => {
      raw['idempotency_key'] = 'words-alone';
      put(raw, 'payload.lines.0.packaging', undefined);
    });
    await expect
      .poll(async () => (await house.meshline.flow.ledger.get(body.export_id ?? ''))?.status)
      .toBe('delivered');
    expect(reviews()).toEqual([]);

    await house.sendFixture('content_package_change', (raw) => {
      raw['idempotency_key'] = 'new-carton';
      put(raw, 'occurred_at', new Date(house.clock.now()).toISOString());
    });
    const priya = await sit('priya', PROMO);
    const card = priya.card(NAME);
    await shows(card, '0 of 2');
    await shows(card, '0.62 kg');
    expect(await priya.page.getByTestId('message').filter({ hasText: NAME }).count()).toBe(1);
    await priya.pressAndConfirm(card, 'accept');
    await shows(card, '1 of 2');

    const hannah = await sit('hannah', PROMO);
    await hannah.pressAndConfirm(hannah.card(NAME), 'accept');
    await shows(hannah.whisper('Amara Okafor'), /\w/);
    expect(reviews()).toEqual([]);

    const amara = await sit('amara', PROMO);
    await amara.pressAndConfirm(amara.card(NAME), 'accept');
    await shows(card, 'Delivered');
    await shows(card, 'Amara Okafor (logistics)');
    expect(reviews()).toMatchObject([{ body: { data: { lines: [{ sku: 'BEACH-TOTE-STR' }] } } }]);
  },
  30_000,
);
