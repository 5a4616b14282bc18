import { expect, it } from 'vitest';
import { campaignCard, campaignPlain } from '../../../src/bot/campaigns/card.ts';
import { timeChart, timeLine } from '../../../src/bot/campaigns/chart.ts';
import { campaignDm, campaignNote } from '../../../src/bot/campaigns/notes.ts';
import { campaignStatus } from '../../../src/bot/campaigns/status.ts';
import type { Brief } from '../../../src/exports/campaigns/brief.ts';
import { streamOf } from '../../../src/exports/campaigns/campaign.ts';
import type { CampaignEvent, RecordedCampaignEvent } from '../../../src/exports/campaigns/events.ts';
import { replayCampaign } from '../../../src/exports/campaigns/evolve.ts';
import type { Export } from '../../../src/exports/state.ts';
import type { Status } from '../../../src/exports/words.ts';
import type { CampaignShown } from '../../../src/flow/campaigns/ports.ts';
import { aBrief } from '../../support/campaigns.ts';
import { put } from '../../support/fixtures.ts';
import { T0 } from '../../support/manual-clock.ts';
import { findings, HOSTILE } from './hostile.ts';
import { directory, EXPORT_ID, personNamed } from './scenes.ts';
import { plainPromo, shortOf } from './short-scenes.ts';
import { refusedMessage } from './slack-limits.ts';

const PRIYA = personNamed('Priya').id;
const SOFIA = personNamed('Sofia').id;
const ID = 'autumn-linen';

const created = (brief: Brief, conflicts: Conflicts = []): CampaignEvent => ({
  type: 'campaign_created',
  by: SOFIA,
  via: 'slack',
  owner: PRIYA,
  channel: '#promo-approvals',
  brief,
  conflicts,
});
type Conflicts = Extract<CampaignEvent, { type: 'campaign_created' }>['conflicts'];

let seen = 0;
function moved(status: Status, detail: string | null = null, person: string | null = null): CampaignEvent {
  seen += 1;
  const code = status === 'paused' ? 'insufficient_inventory' : null;
  return {
    type: 'export_moved',
    export_id: EXPORT_ID,
    export_type: 'promo_activation',
    n: seen,
    status,
    code,
    detail,
    person,
    out: status === 'delivered',
  };
}

const issuedAs = (what: 'activate' | 'end'): CampaignEvent => ({
  type: 'export_issued',
  what,
  occasion: what === 'end' ? 'rollback' : null,
  export_id: what === 'end' ? `${EXPORT_ID.slice(0, -1)}a` : EXPORT_ID,
  export_type: 'promo_activation',
});

/** A campaign that these events made, a minute each. */
function shownOf(events: readonly CampaignEvent[], exports: readonly Export[] = []): CampaignShown {
  const recorded = events.map(
    (event, n): RecordedCampaignEvent => ({ export_id: streamOf(ID), n: n + 1, at: T0 + n * 60_000, event }),
  );
  const campaign = replayCampaign(ID, recorded);
  if (!campaign) throw new Error('No events.');
  return { campaign, events: recorded, exports, directory, now: T0 + events.length * 60_000 };
}

const READY: CampaignEvent = { type: 'readied', by: SOFIA, conflicts: [] };
const asked = (reason = 'Too many returns.'): CampaignEvent => ({
  type: 'rollback_asked',
  by: PRIYA,
  reason,
  leave: [],
});

const text = (message: object) => JSON.stringify(message);

function notesOf(shown: CampaignShown): string[] {
  return shown.events.flatMap((each) => campaignNote(each, shown)?.text ?? []);
}

it('has a card for every state, which Slack takes and which names who holds it', () => {
  const start = [created(aBrief(T0))];
  const ready = [...start, READY, issuedAs('activate')];
  const live = [...ready, moved('delivered'), { type: 'went_live' } as const];
  const cards = {
    Draft: campaignCard(shownOf(start)),
    Ready: campaignCard(shownOf(ready)),
    'Short|Paused': campaignCard(shownOf([...ready, moved('paused', 'Only 3 left.')])),
    Live: campaignCard(shownOf(live)),
    'Ended: rolled back': campaignCard(
      shownOf([...live, asked(), issuedAs('end'), { type: 'campaign_ended', by: null, how: 'rolled_back' }]),
    ),
  };
  for (const [says, card] of Object.entries(cards)) {
    expect(refusedMessage(card), says).toEqual([]);
    expect(card.text).toMatch(new RegExp(says));
  }
  expect(text(cards.Draft)).toContain('U13SOFIA');
  expect(text(cards['Ended: rolled back'])).toContain('Too many returns.');
  expect(text(cards['Ended: rolled back'])).toContain('The former prices stand again.');
});

it('counts what was taken out, and shows it last', () => {
  const brief = aBrief(T0, {
    products: ['STRAW-HAT-01', 'LIN-SHIRT-WHT-S'].map((sku) => ({ sku, price: '20.00' })),
  });
  const left = plainPromo((raw) => {
    const lines = raw.payload['lines'] as { sku: string }[];
    put(
      raw,
      'payload.lines',
      lines.filter(({ sku }) => sku === 'LIN-SHIRT-WHT-S'),
    );
  });
  const activation = shortOf({}, left).state;
  const shown = shownOf(
    [created(brief), READY, issuedAs('activate'), moved('paused', 'Short.')],
    [activation],
  );
  const card = campaignCard(shown);
  expect(card.text).toContain('20 % off 1 of 2 products');
  const table = card.blocks.find((block) => block.type === 'table') as
    | { rows: { text: string }[][] }
    | undefined;
  expect(table?.rows.map((row) => row.map((cell) => cell.text)).slice(1)).toEqual([
    ['LIN-SHIRT-WHT-S', '49.90 EUR', '39.92 EUR'],
    ['STRAW-HAT-01', '20.00 EUR', 'taken out'],
  ]);
  expect(text(card)).toContain(' in #supply-chain');
});

it('tells in the thread what happened, each thing once', () => {
  const shown = shownOf([
    created(aBrief(T0)),
    READY,
    issuedAs('activate'),
    moved('pending'),
    moved('paused', 'Only 3 left.', personNamed('Grace').id),
    moved('pending', 'Moved 40 from Dallas.', personNamed('Grace').id),
    moved('delivering'),
    moved('delivered'),
    { type: 'went_live' },
    asked(),
    issuedAs('end'),
    moved('rolled_back'),
    { type: 'campaign_ended', by: null, how: 'rolled_back' },
  ]);
  const short = EXPORT_ID.replaceAll('-', '').slice(-8);
  expect(notesOf(shown)).toEqual([
    'Sofia Marin briefed this campaign.',
    'Sofia Marin marked it ready. Its promo goes to be accepted.',
    `The promo is on its way as export ${short}.`,
    'The promo is paused (insufficient inventory): “Only 3 left.” Grace Kim has it now.',
    'Grace Kim resolved it: “Moved 40 from Dallas.” The promo asks for acceptance again.',
    'The promo was delivered to every system.',
    'It is live.',
    'Priya Raman rolls it back: “Too many returns.”',
    `The way back is on its way as export ${short.slice(0, -1)}a.`,
    'Ended. It is rolled back: the former prices stand again.',
  ]);
});

const claim = (said: string, n = 1): Conflicts[number] =>
  ({
    kind: 'keyword',
    value: `${said}-${n}`,
    said,
    with: 'beach-days',
    owner: PRIYA,
    state: 'open',
    by: null,
    note: null,
  }) as never;

it('asks the owner of a keyword with two buttons each, five at a time', () => {
  const many = Array.from({ length: 30 }, (_, n) => claim('summer sale', n));
  const shown = shownOf([created(aBrief(T0), many)]);
  const [first] = shown.events;
  if (!first) throw new Error('No events.');
  const question = campaignDm(first, shown, PRIYA);
  if (!question) throw new Error('Nobody was asked.');
  expect(refusedMessage(question)).toEqual([]);
  expect(text(question).match(/"action_id":"claim_allow"/g)).toHaveLength(5);
  expect(text(question)).toContain('And 25 more');
  expect(text(question)).toContain('Shared, both campaigns may use it.');
});

it('fits Slack with 5,000 products, 100 keywords and everything at its longest', () => {
  const brief = aBrief(T0, {
    name: 'N'.repeat(120),
    products: Array.from({ length: 5_000 }, (_, n) => ({
      sku: `SKU-${n}`.padEnd(80, 'x'),
      title: 'T'.repeat(200),
      price: '1234567.89',
    })),
    keywords: Array.from({ length: 100 }, (_, n) => `${n} ${'k'.repeat(90)}`),
    landing_urls: Array.from({ length: 50 }, (_, n) => `https://shop.example/${n}/${'p'.repeat(1_900)}`),
    creative_ids: Array.from({ length: 100 }, (_, n) => `CR-${n}`.padEnd(120, 'c')),
    channels: Array.from({ length: 20 }, (_, n) => `shop_${n}`.padEnd(60, 's')),
  });
  const conflicts = Array.from({ length: 100 }, (_, n) => claim('k'.repeat(100), n));
  const shown = shownOf([created(brief, conflicts)]);
  for (const message of [campaignCard(shown), campaignStatus(shown), campaignPlain(shown)]) {
    expect(refusedMessage(message)).toEqual([]);
  }
  expect(text(campaignCard(shown)).length).toBeLessThan(12_000);
  expect(text(campaignCard(shown))).toContain('and 4,995 more');
});

it('lets nothing act, hide or pose that a brief, a reason or a system wrote', () => {
  const accounts = new Set([...directory.people.values()].flatMap((each) => each.slack?.user ?? []));
  for (const hostile of HOSTILE) {
    const words = hostile.slice(0, 90);
    const brief: Brief = {
      ...aBrief(T0),
      name: words,
      keywords: [words],
      products: [
        {
          sku: words,
          title: words,
          handle: null,
          price: '2.00',
          compare_at: null,
          promo_price: null,
        },
      ],
    };
    const shown = shownOf([
      created(brief, [claim(words)]),
      READY,
      issuedAs('activate'),
      moved('paused', hostile),
      asked(hostile),
      { type: 'campaign_ended', by: null, how: 'rolled_back' },
    ]);
    const draft = shownOf([created(brief, [claim(words)])]);
    const [first] = draft.events;
    const messages = [
      campaignCard(shown),
      campaignCard(draft),
      campaignStatus(draft),
      ...shown.events.flatMap((each) => campaignNote(each, shown) ?? []),
      ...(first ? [campaignDm(first, draft, PRIYA)] : []),
    ];
    for (const message of messages) {
      expect(message && refusedMessage(message), hostile).toEqual([]);
      expect(message && findings(message.blocks, accounts), hostile).toEqual([]);
    }
  }
});

it('draws its time as bars that fit a phone, the longest one full', () => {
  const shown = shownOf([created(aBrief(T0)), READY, issuedAs('activate'), moved('paused', 'Short.')]);
  const chart = timeChart(shown);
  for (const row of chart.split('\n')) expect(row.length).toBeLessThanOrEqual(44);
  expect(chart).toMatch(/█{14}/);
  expect(timeLine(shown)).toContain('Short of stock 1 min so far');
});
