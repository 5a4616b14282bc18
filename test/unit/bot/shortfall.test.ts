import { expect, it } from 'vitest';
import { approvalCard } from '../../../src/bot/card.ts';
import { reviewModal } from '../../../src/bot/modals/review.ts';
import { noteFor } from '../../../src/bot/notes.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import { put } from '../../support/fixtures.ts';
import { findings, HOSTILE } from './hostile.ts';
import { catalog, directory, personNamed, type Scene, shownOf } from './scenes.ts';
import { LINES, plainPromo, shortOf } from './short-scenes.ts';
import { refusedMessage, refusedView } from './slack-limits.ts';

const SUPPLY = '#supply-chain';
const cardOf = (scene: Scene, channel: string) => approvalCard(shownOf(scene), catalog, channel);
const text = (card: { blocks: readonly unknown[] }) => JSON.stringify(card.blocks);

it('shows the supply chain what is short, by how much, and what would resolve it', () => {
  const scene = shortOf({ lines: LINES });
  expect(scene.state.channels).toEqual(['#promo-approvals', SUPPLY]);
  const card = cardOf(scene, SUPPLY);
  expect(card.text).toMatch(/^📦 2 SKUs are short by 102 units: Activate Summer 24/);
  const table = card.blocks.find((block) => block.type === 'table') as
    | { rows: { text: string }[][] }
    | undefined;
  expect(table?.rows.map((row) => row.map((cell) => cell.text))).toEqual([
    ['SKU', 'Needed', 'There', 'Short by'],
    ['straw-hat-01 Straw hat', '100', '38', '62'],
    [expect.stringContaining('SANDAL-TAN-39'), '100', '60', '40'],
  ]);
  for (const said of [
    '2 SKUs: 200 needed, 98 there, short by 102',
    'Restock',
    '62 units of ',
    'it goes on with the other 5 SKUs',
    '"action_id":"resume"',
    '"action_id":"take_out"',
    'U09GRACE',
  ])
    expect(text(card)).toContain(said);
});

it('says where it is decided that the supply chain has it', () => {
  const card = cardOf(shortOf({ lines: LINES }), '#promo-approvals');
  expect(text(card)).toContain('2 SKUs are short by 102 units: ');
  expect(text(card)).toContain(' (supply chain) has it in #supply-chain. Once it is resolved');
  expect(card.blocks.some((block) => block.type === 'table')).toBe(false);
});

it('names the first five of very many, and stays within what Slack takes', () => {
  const lines = Array.from({ length: 5_000 }, (_, n) => ({ sku: `SKU-${n}`, price: n }));
  const raw = plainPromo((each) => {
    const [line] = each.payload['lines'] as { [key: string]: Json }[];
    put(
      each,
      'payload.lines',
      lines.map(({ sku }) => ({ ...line, sku, title: 'x'.repeat(200) })),
    );
  });
  const short = lines.slice(0, 400).map(({ sku }) => ({ sku, requested: 1e9, available: 0 }));
  const scene = shortOf({ lines: short }, raw, 'm'.repeat(500));
  for (const channel of [SUPPLY, '#promo-approvals'])
    expect(refusedMessage(cardOf(scene, channel))).toEqual([]);
  expect(text(cardOf(scene, SUPPLY))).toContain('and 395 more, in Review');
  expect(refusedView(reviewModal(shownOf(scene), catalog, personNamed('Grace')))).toEqual([]);
});

it('lets nothing through that a system could write into its answer', () => {
  const accounts = new Set([...directory.people.values()].flatMap((each) => each.slack?.user ?? []));
  for (const hostile of HOSTILE) {
    const metadata = { lines: [{ sku: hostile.slice(0, 80), requested: 9, available: 1 }] };
    const scene = shortOf(
      metadata,
      plainPromo((raw) => put(raw, 'payload.lines.0.title', 'Shirt')),
      hostile,
    );
    for (const channel of [SUPPLY, '#promo-approvals']) {
      const card = cardOf(scene, channel);
      expect(refusedMessage(card), hostile).toEqual([]);
      expect(findings(card.blocks, accounts), hostile).toEqual([]);
    }
    expect(refusedView(reviewModal(shownOf(scene), catalog, personNamed('Grace'))), hostile).toEqual([]);
  }
});

it('tells in the thread who let it go on without what', () => {
  const scene = shortOf({ lines: LINES });
  const { state } = scene;
  const changes = ['A', 'B', 'C', 'D', 'E'].map((before) => ({
    path: 'payload.lines.0',
    before,
    after: 'taken out',
  }));
  const event = {
    type: 'edited',
    by: personNamed('Grace').id,
    changes,
    mended: 'insufficient_inventory',
    raw: state.raw,
    revision: state.revision && { ...state.revision, number: 2 },
    refresh: state.refresh,
    occurred_at: state.occurred_at,
    problems: [],
    route: state.route,
  } as const;
  const note = noteFor({ export_id: state.id, n: 9, at: state.received_at, event }, shownOf(scene));
  expect(note?.text).toContain('Grace Kim took out what is short: A, B, C and 2 more. This is revision 2');
});
