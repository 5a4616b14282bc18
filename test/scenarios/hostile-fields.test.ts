import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Json } from '../../src/exports/envelope.ts';
import { buttonOf, press } from '../support/clicks.ts';
import { fixture, put, type RawExport } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const EVIL = 'U99EVIL';
const HOSTILE: readonly string[] = [
  `<!channel> <!here> <!everyone> <@${EVIL}> <#C99EVIL> <!subteam^S99EVIL>`,
  '<https://evil.example|Open the card> <mailto:a@evil.example|write>',
  '</script><script>alert(1)</script><img src=x onerror=alert(1)>',
  'Sale\n\n*Approved by Priya Raman* :white_check_mark:\n> _Accepted_ `ok`',
  'Sale\u202Egnp.exe\u2066 zero\u200Bwidth\u200D\uFEFF\u00AD\u2028line',
  '&lt;!channel&gt; &amp;lt; @channel @here',
  '\u0007\u001B[31mred\u0000',
  `${'a'.repeat(5_000)}<!channel>`,
];
/** Everything that Slack would act on, or that nobody can see. */
const ACTIVE = [
  /<!(channel|here|everyone|subteam\^S99)/,
  /<@U99/,
  /<#C99/,
  /<(https?|mailto):[^|>]*evil/,
  /<script|<img/,
];
const HIDDEN = /[^\P{Cc}\n]|[\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/u;

const SENDERS = [
  ['promo_activation', 'pim'],
  ['return_initiate', 'erp'],
  ['price_update', 'pim'],
  ['staged_product', 'pim'],
  ['live_publish', 'pim'],
  ['content_package_change', 'pim'],
  ['inventory_delta', 'wms'],
  ['shipping_label_request', 'wms'],
  ['shipping_label_response', 'wms'],
  ['exception_notify', 'erp'],
] as const;

type Path = (string | number)[];

/** Every text within, by its path; of a list only the first entry. */
function textsIn(value: Json, at: Path = []): Path[] {
  if (typeof value === 'string') return [at];
  if (Array.isArray(value)) return value.slice(0, 1).flatMap((each) => textsIn(each, [...at, 0]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => textsIn(each, [...at, key]));
}

let count = 0;
function hostile(type: string, path: Path, text: string): RawExport {
  count += 1;
  return fixture(type, {
    now: house.clock.now(),
    edit(raw) {
      raw['idempotency_key'] = `hostile-${count}`;
      // Its own campaign and return, so that it revises no other one.
      if (type === 'promo_activation') raw['campaign_id'] = `hostile-${count}`;
      if (type === 'return_initiate') put(raw, 'payload.return_id', `RMA-${count}`);
      put(raw, path.join('.'), text);
    },
  });
}

type Said = { text: string; markup: boolean };

/** Every string that is sent to Slack, and whether Slack reads markup or entities in it. */
function saidIn(value: unknown, markup = false): Said[] {
  if (typeof value === 'string') return [{ text: value, markup }];
  if (Array.isArray(value)) return value.flatMap((each) => saidIn(each, markup));
  if (typeof value !== 'object' || value === null) return [];
  const { type } = value as { type?: unknown };
  const composed = type === 'mrkdwn' || type === 'plain_text';
  return Object.entries(value).flatMap(([key, each]) => saidIn(each, composed && key === 'text'));
}

function callsMade(): Said[] {
  const methods = [
    'chat.postMessage',
    'chat.update',
    'chat.postEphemeral',
    'views.open',
    'views.update',
    'views.push',
  ];
  return methods
    .flatMap((method) => house.sandbox.control.calls({ method }))
    .flatMap(({ args }) => {
      const { text, ...others } = args;
      return [...saidIn(text, true), ...saidIn(others)];
    });
}

function expectHarmless(said: readonly Said[]): void {
  const marked = said.filter(({ markup }) => markup).map(({ text }) => text);
  for (const active of ACTIVE) expect(marked.filter((text) => active.test(text))).toEqual([]);
  expect(marked.filter((text) => /\*Approved by|^> _Accepted/m.test(text))).toEqual([]);
  expect(said.map(({ text }) => text).filter((text) => HIDDEN.test(text))).toEqual([]);
  expect(said.map(({ text }) => text).filter((text) => /^\W*Approved by Priya/m.test(text))).toEqual([]);
}

it('takes hostile text in any field of any export, shows it as text, and Slack acts on none of it', {
  timeout: 120_000,
}, async () => {
  const { ledger } = house.meshline.flow;
  const sent: string[] = [];
  for (const [type, source] of SENDERS) {
    const paths = textsIn(fixture(type));
    for (const [n, path] of paths.entries()) {
      for (const offset of [0, 3]) {
        const text = HOSTILE[(n + offset) % HOSTILE.length] ?? '';
        const { status, body } = await house.send(hostile(type, path, text), source);
        // 409: as an idempotency key the same text comes with several bodies.
        expect([202, 400, 409], `${path.join('.')}: ${JSON.stringify(body)}`).toContain(status);
        if (body.export_id) sent.push(body.export_id);
      }
    }
  }
  expect(sent.length).toBeGreaterThan(100);
  const settled = async () => (await ledger.pulse(house.clock.now())).outbox;
  await expect.poll(settled, { timeout: 60_000 }).toBe(0);
  expect(house.sandbox.control.calls({ method: 'chat.postMessage', ok: false })).toEqual([]);
  const cards = house.sandbox.control.messages('#meshline-remediation').length;
  expect(cards).toBeGreaterThan(20);
  expectHarmless(callsMade());
});

it('shows it as text in the review and in what people are told, too', { timeout: 60_000 }, async () => {
  house.sandbox.control.clearCalls();
  for (const [n, text] of HOSTILE.slice(0, 6).entries()) {
    const name = text.slice(0, 100);
    const { body } = await house.sendFixture('promo_activation', (raw) => {
      raw['idempotency_key'] = `review-${n}`;
      raw['campaign_id'] = `review-${n}`;
      put(raw, 'payload.campaign_name', name);
      put(raw, 'payload.lines.0.title', name);
    });
    const id = body.export_id ?? '';
    const state = await house.meshline.flow.ledger.get(id);
    const remediated = state?.status === 'quarantined';
    const channel = remediated ? '#meshline-remediation' : '#promo-approvals';
    const actor = house.as(remediated ? 'omar' : 'hannah');
    const card = await actor.waitForMessage(channel, (message) =>
      JSON.stringify(message.blocks).includes(id),
    );
    await actor.click(card, 'review');
    const review = await actor.waitForModal((view) => JSON.stringify(view.blocks).length > 500);
    await actor.close(review);
    if (remediated) continue;
    expect(buttonOf(card, 'reject')).toBeDefined();
    await press(house, 'hannah', card, 'reject');
    const form = await actor.waitForModal((view) => JSON.stringify(view.blocks).includes('reason'));
    await actor.submit(form, { value: text.slice(0, 200) });
    await expect.poll(async () => (await house.meshline.flow.ledger.get(id))?.status).toBe('rejected');
  }
  const settled = async () => (await house.meshline.flow.ledger.pulse(house.clock.now())).outbox;
  await expect.poll(settled, { timeout: 30_000 }).toBe(0);
  expect(house.sandbox.control.calls({ method: 'views.open' }).length).toBeGreaterThan(5);
  expectHarmless(callsMade());
});
