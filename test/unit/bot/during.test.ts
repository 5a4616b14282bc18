import { describe, expect, it } from 'vitest';
import { approvalCard } from '../../../src/bot/card.ts';
import { ACTION } from '../../../src/bot/ids.ts';
import { editModal, readEdits } from '../../../src/bot/modals/edit.ts';
import type { Submitted } from '../../../src/bot/modals/fix.ts';
import { reviewModal } from '../../../src/bot/modals/review.ts';
import { reassignModal, requestChangesModal } from '../../../src/bot/modals/review-forms.ts';
import { dmFor, noteFor, pageFor } from '../../../src/bot/notes.ts';
import { asSaid } from '../../../src/bot/said.ts';
import { differences } from '../../../src/exports/review.ts';
import { MINUTE_MS } from '../../../src/exports/words.ts';
import { fixture } from '../../support/fixtures.ts';
import { T0 } from '../../support/manual-clock.ts';
import {
  and,
  arrived,
  catalog,
  DURING,
  directory,
  personNamed,
  requested,
  type Scene,
  sceneOf,
  shownOf,
  TYPE_NAMES,
} from './scenes.ts';
import { refusedMessage, refusedView } from './slack-limits.ts';

const cardOf = (scene: Scene, now = T0 + 2 * MINUTE_MS) =>
  approvalCard(shownOf(scene, now), catalog, scene.state.route.channel);

const idsIn = (blocks: readonly unknown[]) =>
  [...JSON.stringify(blocks).matchAll(/"action_id":"(\w+)"/g)].map((match) => match[1]);

const reviewFor = (name: string, scene: Scene, now = T0 + 2 * MINUTE_MS) =>
  reviewModal(shownOf(scene, now), catalog, personNamed(name), scene.recorded);

it.each(Object.entries(DURING))('fits Slack while %s', (_, make) => {
  const scene = make();
  expect(refusedMessage(cardOf(scene))).toEqual([]);
  for (const name of ['Priya', 'Hannah', 'Sofia', 'Eli', 'Amara']) {
    const review = reviewFor(name, scene);
    expect(refusedView(review)).toEqual([]);
    expect(JSON.stringify(review)).not.toMatch(/undefined|NaN|\[object/);
  }
  for (const recorded of scene.recorded) {
    for (const message of [
      noteFor(recorded, shownOf(scene)),
      dmFor(recorded, shownOf(scene), catalog),
      pageFor(recorded, shownOf(scene), catalog),
    ]) {
      if (message) expect(refusedMessage({ text: message.text, blocks: message.blocks })).toEqual([]);
    }
  }
});

describe('an open review', () => {
  const scene = DURING.locked();

  it('is on the card, with who and until when', () => {
    expect(JSON.stringify(cardOf(scene).blocks)).toContain('is reviewing until');
    expect(idsIn(cardOf(scene).blocks)).toContain(ACTION.accept);
  });

  it('is told to whoever closes it, shown to whoever may take it over, and no matter to others', () => {
    expect(reviewFor('Priya', scene)).toMatchObject({ notify_on_close: true });
    expect(idsIn(reviewFor('Priya', scene).blocks)).toContain(ACTION.accept);
    expect(reviewFor('Hannah', scene)).toMatchObject({ notify_on_close: false });
    expect(idsIn(reviewFor('Hannah', scene).blocks)).toEqual([ACTION.takeOver]);
    expect(idsIn(reviewFor('Sofia', scene).blocks)).toEqual([ACTION.withdraw]);
    expect(idsIn(reviewFor('Amara', scene).blocks)).toEqual([]);
  });

  it('is over when its time is', () => {
    expect(idsIn(reviewFor('Hannah', scene, T0 + 10 * MINUTE_MS).blocks)).toContain(ACTION.accept);
  });
});

describe('changes that were asked for', () => {
  const scene = DURING.returned();

  it('say on the card by whom, why, and for whom it waits, and offer no acceptance', () => {
    const card = cardOf(scene);
    expect(card.text).toContain('Sent back by Priya Raman. Reason: “End it before the January sale.”');
    expect(JSON.stringify(card.blocks)).toContain('"user_id":"U13SOFIA"');
    expect(idsIn(card.blocks)).toEqual([ACTION.resubmit, ACTION.review, ACTION.reject, ACTION.withdraw]);
    expect(idsIn(reviewFor('Sofia', scene).blocks)).toEqual([ACTION.resubmit, ACTION.withdraw]);
    expect(idsIn(reviewFor('Priya', scene).blocks)).toEqual([ACTION.reject, ACTION.reassign]);
  });

  it('come to the requester with a button to change and resubmit', () => {
    const last = scene.recorded.at(-1);
    if (!last) throw new Error('Nothing happened.');
    const dm = dmFor(last, shownOf(scene), catalog);
    expect(idsIn(dm?.blocks ?? [])).toEqual([ACTION.resubmit, ACTION.review]);
  });
});

describe('the undo window', () => {
  const scene = DURING.undoable();
  const until = scene.state.undo_until ?? 0;

  it('counts down on the card, and takes the button with it', () => {
    expect(until - T0 - 2 * MINUTE_MS).toBe(20_000);
    expect(cardOf(scene, until - 20_000).text).toContain('(in 20 s)');
    expect(cardOf(scene, until - 10_000).text).toContain('(in 10 s)');
    expect(cardOf(scene, until - 1_000).text).toContain('(in 5 s)');
    expect(idsIn(cardOf(scene, until - 1).blocks)).toContain(ACTION.undo);
    expect(idsIn(cardOf(scene, until).blocks)).not.toContain(ACTION.undo);
    expect(cardOf(scene, until).text).toContain('going out now');
  });
});

describe('on-call', () => {
  it('has a button on the page, and the card says who is on it', () => {
    const scene = DURING.acknowledged();
    const paged = scene.recorded.find(({ event }) => event.type === 'paged');
    if (!paged) throw new Error('Nobody was paged.');
    const open = { ...scene, state: { ...scene.state, ack: null } };
    expect(idsIn(pageFor(paged, shownOf(open), catalog)?.blocks ?? [])).toEqual([
      ACTION.acknowledge,
      ACTION.review,
    ]);
    const taken = pageFor(paged, shownOf(scene), catalog);
    expect(taken?.text).toContain('Eli Brooks is on it.');
    expect(idsIn(taken?.blocks ?? [])).toEqual([ACTION.review]);
    expect(JSON.stringify(cardOf(scene).blocks)).toContain('is on it');
  });
});

it('names whom a backup signed for', () => {
  const scene = DURING.stoodIn();
  expect(cardOf(scene).text).toContain('Accepted by Daniel Ortiz for Priya Raman (marketing ops).');
});

describe('an edit', () => {
  it('is shown value by value in the review and in the thread', () => {
    const scene = DURING.edited();
    const last = scene.recorded.at(-1);
    if (!last) throw new Error('Nothing happened.');
    expect(noteFor(last, shownOf(scene))?.text).toMatch(
      /^Priya Raman changed Line 1, after, price \d+\.\d\d → 41\.00\. This is revision 2, and earlier acceptances no longer count\./,
    );
    expect(JSON.stringify(reviewFor('Hannah', scene).blocks)).toContain('Changed by ');
  });

  it.each(TYPE_NAMES)('of %s offers values that exist, fits Slack, and changes nothing untouched', (type) => {
    const shown = shownOf(arrived(fixture(type)));
    for (const everything of [false, true]) {
      const view = editModal(shown, catalog, everything);
      expect(refusedView(view)).toEqual([]);
      const values: Record<string, Submitted[string]> = {};
      for (const block of view.blocks) {
        if (!('element' in block)) continue;
        const { element, block_id = '' } = block;
        if (element.type === 'plain_text_input')
          values[block_id] = { value: { value: element.initial_value } };
        if (element.type === 'datetimepicker') {
          values[block_id] = { value: { selected_date_time: element.initial_date_time } };
        }
      }
      if (type !== 'shipping_label_response') expect(Object.keys(values)).not.toEqual([]);
      const edits = readEdits(shown, values, catalog, everything);
      expect('raw' in edits && differences(shown.state.raw, edits.raw, '')).toEqual([]);
    }
  });

  it('lets a moment be chosen in the own zone of the reader', () => {
    const shown = shownOf(sceneOf('promo_activation', 'pending'));
    const block = 'edit:payload.window.end';
    const view = editModal(shown, catalog, false);
    const input = view.blocks.find((each) => each.block_id === block);
    expect(input).toMatchObject({ optional: false, element: { type: 'datetimepicker' } });
    const chosen = { [block]: { value: { selected_date_time: 1_800_000_000 } } };
    const edits = readEdits(shown, chosen, catalog, false);
    expect('raw' in edits && differences(shown.state.raw, edits.raw, '')).toMatchObject([
      { path: 'payload.window.end', after: '2027-01-15T08:00:00.000Z' },
    ]);
  });

  it('shows the first lines of many and says how many more there are', () => {
    const many = arrived(
      fixture('price_update', {
        edit: (raw) => {
          const lines = raw.payload['lines'];
          if (!Array.isArray(lines)) throw new Error('There are no lines.');
          const [first] = lines;
          raw.payload['lines'] = Array.from({ length: 500 }, (_, n) => ({
            ...(first as { [key: string]: string }),
            sku: `SKU-${n}`,
          }));
        },
      }),
    );
    const view = editModal(shownOf(many), catalog, false);
    expect(refusedView(view)).toEqual([]);
    expect(JSON.stringify(view.blocks)).toContain('492 more are not');
    expect(JSON.stringify(view.blocks)).toContain('Line 8, new price (SKU-7)');
    expect(JSON.stringify(view.blocks)).not.toContain('SKU-8)');
  });
});

it('has forms for what else the review offers', () => {
  const shown = shownOf(sceneOf('promo_activation', 'pending', requested));
  for (const view of [requestChangesModal(shown), reassignModal(shown)])
    expect(refusedView(view)).toEqual([]);
  expect(JSON.stringify(reassignModal(shown))).toContain(personNamed('Daniel').id);
  expect(JSON.stringify(reassignModal(shown))).not.toContain(`"value":"${personNamed('Priya').id}"`);
});

it('keeps what people said under the card in the history', () => {
  const said = { type: 'commented' as const, by: personNamed('Hannah').id, text: 'Is the window right?' };
  const scene = and(sceneOf('promo_activation', 'pending'), said);
  expect(JSON.stringify(reviewFor('Priya', scene).blocks)).toContain('Is the window right?');
});

it('reads what people wrote in Slack as they saw it', () => {
  expect(
    asSaid(
      '<@U01PRIYA> &amp; <@U99NOBODY>: see <#C1|promo>, <https://a.example|this> &lt;b&gt; <!here>',
      directory,
    ),
  ).toBe('@Priya Raman & @somebody: see #promo, this (https://a.example) <b> @here');
});
