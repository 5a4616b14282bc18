import { DEFAULT_PACE } from '../../src/flow/dispatch.ts';
import { type Seat, shows } from '../../test/e2e/seat.ts';
import { put } from '../../test/support/fixtures.ts';
import { PEOPLE } from '../../test/support/house.ts';
import type { Shot, Stage } from '../screenshots.ts';

const MINUTE_MS = 60_000;
const MERCH = '#merchandising';
/** High enough for every part of Home. */
const TALL = { width: 1280, height: 1840 };

/** A price update of one SKU, asked for by Sofia. */
async function price({ house }: Stage, n: number): Promise<string> {
  const { body } = await house.sendFixture(
    'price_update',
    (raw) => {
      raw['idempotency_key'] = `day-${n}`;
      put(raw, 'source.requested_by', PEOPLE.sofia.guid);
      const line = { sku: `MUG-${n}`, title: `Stoneware mug ${n}`, old_price: '12.90', new_price: '12.50' };
      raw.payload['lines'] = [line];
    },
    'erp',
  );
  return body.export_id ?? '';
}

async function several(stage: Stage, how: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 1; n <= how; n += 1) ids.push(await price(stage, n));
  return ids;
}

/** What Mei has on a busy day: twelve that wait, one escalated to her, one she asked for, one she reviews. */
async function aDay(stage: Stage): Promise<void> {
  const { house } = stage;
  const { ledger } = house.meshline.flow;
  const now = () => house.clock.now();
  const { body } = await house.sendFixture('staged_product', (raw) => {
    raw['owner_id'] = PEOPLE.jonas.guid;
  });
  await ledger.update(body.export_id ?? '', now(), () => ({
    events: [
      { type: 'reminded', to: [PEOPLE.jonas.guid] },
      { type: 'escalated', to: [PEOPLE.mei.guid] },
    ],
  }));
  await house.sendFixture('content_package_change', (raw) => {
    put(raw, 'source.requested_by', PEOPLE.mei.guid);
  });
  house.clock.leap(4 * MINUTE_MS);
  const ids = await several(stage, 12);
  await ledger.update(ids[3] ?? '', now(), () => ({
    events: [{ type: 'review_opened', by: PEOPLE.mei.guid, until: now() + 5 * MINUTE_MS, from: null }],
  }));
}

async function flooded(stage: Stage): Promise<Seat> {
  await Promise.all(Array.from({ length: 60 }, (_, n) => price(stage, n)));
  const seat = await stage.sit('mei', MERCH);
  await shows(seat.card('of low risk'), 'of low risk');
  return seat;
}

const flood = { pace: DEFAULT_PACE };

async function typed(
  stage: Stage,
  person: 'mei' | 'eli',
  place: '#merchandising' | '#on-call',
  text: string,
) {
  const seat = await stage.sit(person, place);
  const [command = '', ...rest] = text.split(' ');
  await stage.house.as(person).command(place, command, rest.join(' '));
  return seat;
}

export const DAY: readonly Shot[] = [
  {
    name: 'day-home',
    size: TALL,
    async stage(stage) {
      await aDay(stage);
      const seat = await stage.sit('mei', 'home');
      await shows(seat.page.getByTestId('home'), 'Reviews you hold open');
      return seat.page.getByTestId('home');
    },
  },
  {
    name: 'day-tasks',
    async stage(stage) {
      await aDay(stage);
      const seat = await typed(stage, 'mei', MERCH, '/exports tasks');
      await seat.whisper('Nobody has decided').waitFor();
      return seat.whisper('Nobody has decided');
    },
  },
  { name: 'day-digest', house: flood, stage: async (stage) => (await flooded(stage)).card('of low risk') },
  {
    name: 'day-digest-review',
    house: flood,
    async stage(stage) {
      const seat = await flooded(stage);
      await seat.press(seat.card('of low risk'), 'digest_review');
      await shows(seat.modal, 'Page 1 of');
      return seat.modal;
    },
  },
  {
    name: 'day-digest-accept',
    house: flood,
    async stage(stage) {
      const seat = await flooded(stage);
      await seat.press(seat.card('of low risk'), 'digest_accept');
      await seat.page.getByTestId('confirm-ok').waitFor();
      return seat;
    },
  },
  {
    name: 'day-exports-show',
    async stage(stage) {
      const [id = ''] = await several(stage, 1);
      await stage.house.as('mei').waitForMessage(MERCH, (m) => m.text.includes('MUG-1'));
      stage.house.clock.leap(10 * MINUTE_MS);
      const { ledger } = stage.house.meshline.flow;
      await ledger.update(id, stage.house.clock.now(), () => ({
        events: [
          {
            type: 'review_opened',
            by: PEOPLE.mei.guid,
            until: stage.house.clock.now() + MINUTE_MS,
            from: null,
          },
          { type: 'commented', by: PEOPLE.sofia.guid, text: 'The catalogue goes to print at six.' },
          { type: 'review_closed', by: PEOPLE.mei.guid },
        ],
      }));
      const seat = await typed(stage, 'mei', MERCH, `/exports show ${id}`);
      await seat.whisper('Came in from').waitFor();
      return seat.whisper('Came in from');
    },
  },
  {
    name: 'day-exports-find',
    async stage(stage) {
      await several(stage, 4);
      const seat = await typed(stage, 'mei', MERCH, '/exports find pending me');
      await seat.whisper('exports fit').waitFor();
      return seat.whisper('exports fit');
    },
  },
  {
    name: 'day-oncall',
    async stage(stage) {
      const ids = await several(stage, 2);
      const { ledger } = stage.house.meshline.flow;
      const now = stage.house.clock.now();
      const paged = { type: 'paged', to: [PEOPLE.eli.guid], user_group: null, channel: '#on-call' } as const;
      for (const id of ids) await ledger.update(id, now, () => ({ events: [paged] }));
      const taken = { type: 'acknowledged', by: PEOPLE.eli.guid, until: now + 30 * MINUTE_MS } as const;
      await ledger.update(ids[0] ?? '', now, () => ({ events: [taken] }));
      const seat = await typed(stage, 'eli', '#on-call', '/oncall');
      await seat.whisper('pages are open').waitFor();
      return seat.whisper('pages are open');
    },
  },
];
