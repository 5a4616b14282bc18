import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createCatalog, TYPES } from '../../src/exports/catalog.ts';
import { defineExport } from '../../src/exports/define.ts';
import { defineSink } from '../../src/sinks/define.ts';
import type { PushRequest } from '../../src/sinks/port.ts';
import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { type House, openHouse } from '../support/house.ts';

const giftCards = defineExport({
  name: 'gift_card_batch',
  title: 'Gift card batch',
  payload: z.strictObject({ batch: z.string().min(1), cards: z.int().min(1) }),
  intents: ['fulfil'],
  policy: {
    owner_role: 'merchandising',
    sla_ms: 600_000,
    gate_is_fixed: false,
    refresh: {},
    retry: { max_attempts: 3, first_delay_ms: 100, max_delay_ms: 1_000 },
  },
  rules: { max_cards: 1_000 },
  gate: () => ({ mode: 'single', roles: ['merchandising'], raised: false, reason: 'Gift cards are money.' }),
  check: ({ payload, rules }) =>
    payload.cards > rules.max_cards
      ? [{ code: 'too_many', path: 'payload.cards', message: 'Send fewer cards.', severity: 'error' }]
      : [],
  subjects: (payload) => [`gift-cards:${payload.batch}`],
  card: ({ payload }) => ({
    headline: ['Print ', { strong: `${payload.cards} gift cards` }, ` of batch ${payload.batch}`],
    facts: [],
    changes: [],
    totals: null,
    rollback: null,
    effect: 'This prints gift cards.',
  }),
  operations: (payload) => [
    { name: 'gift_cards.print', body: { batch: payload.batch, cards: payload.cards } },
  ],
  exceptions: {},
});

const printed: PushRequest[] = [];
const printer = defineSink({
  kind: 'printer',
  settings: z.strictObject({ tray: z.int() }),
  create: ({ tray }, { name }) => ({
    name,
    limits: { concurrency: 1, rate_per_second: null },
    idempotent: true,
    accepts: (operation) => operation.startsWith('gift_cards.'),
    async push(request) {
      printed.push(request);
      return { kind: 'delivered', reference: `tray ${tray}` };
    },
    reconcile: async () => ({ kind: 'unknown' }),
    close: async () => undefined,
  }),
});

let house: House;
beforeAll(async () => {
  house = await openHouse({
    catalog: createCatalog([...TYPES, giftCards]),
    sinkKinds: [...SINK_KINDS, printer],
    configure(file) {
      file.sinks['printer'] = { kind: 'printer', secret_env: 'OMS_SECRET', settings: { tray: 2 } } as never;
      file.policies['gift_card_batch'] = { routes: ['printer', 'oms'], rules: { max_cards: 50 } };
      const pim = file.sources['pim'];
      if (pim) pim['types'] = [...(pim['types'] as string[]), 'gift_card_batch'];
    },
  });
});
afterAll(() => house.close());

const batch = (cards: number, key: string) => ({
  export_type: 'gift_card_batch',
  intent: 'fulfil',
  source: { system: 'pim', reference: key },
  idempotency_key: key,
  occurred_at: new Date(house.clock.now()).toISOString(),
  payload: { batch: key, cards },
});

it('drives a type and a sink of its own through the whole path by a registry line each', async () => {
  const { body } = await house.send(batch(20, 'b-1'));
  const mei = house.as('mei');
  const card = await mei.waitForMessage('#merchandising', (message) =>
    message.text.includes('20 gift cards'),
  );
  await mei.click(card, 'accept');
  await expect.poll(() => printed.length).toBe(1);
  expect(printed[0]).toMatchObject({ operation: 'gift_cards.print', body: { batch: 'b-1', cards: 20 } });
  await expect
    .poll(async () => (await house.meshline.flow.ledger.get(body.export_id ?? ''))?.status)
    .toBe('delivered');
});

it('holds the new type to the limits that the configuration sets for it', async () => {
  const { body } = await house.send(batch(51, 'b-2'));
  expect(body).toMatchObject({ state: 'quarantined', problems: [{ path: 'payload.cards' }] });
});
