import { expect, it } from 'vitest';
import { approvalCard } from '../../../src/bot/card.ts';
import { overrideModal } from '../../../src/bot/modals/override.ts';
import { reviewModal } from '../../../src/bot/modals/review.ts';
import { noteFor } from '../../../src/bot/notes.ts';
import type { Event } from '../../../src/exports/events.ts';
import { replay } from '../../../src/exports/evolve.ts';
import type { CheckFinding } from '../../../src/exports/state.ts';
import { fixture } from '../../support/fixtures.ts';
import { arrived, catalog, personNamed, type Scene, shownOf } from './scenes.ts';
import { refusedMessage, refusedView } from './slack-limits.ts';

const LONG = '<!channel> *Approved by* <@U02DANIEL> ✅ '.repeat(40);
const SINKS = ['oms_staging', 'shop_staging', 'third_staging', 'fourth_staging'];

/** The promo as if its policy had named these staging systems. */
function staged(...events: readonly Event[]): Scene {
  const first = arrived(fixture('promo_activation')).recorded[0];
  if (first?.event.type !== 'received' || !first.event.revision) throw new Error('It was not received.');
  const { revision } = first.event;
  const policy = { ...revision.policy, staging: SINKS };
  const received: Event = { ...first.event, revision: { ...revision, policy } };
  const recorded = [received, ...events].map((event, n) => ({ ...first, n: n + 1, event }));
  const state = replay(first.export_id, recorded);
  if (!state) throw new Error('No events.');
  return { state, recorded };
}

const hostile: readonly CheckFinding[] = Array.from({ length: 30 }, (_, n) => ({
  name: `${LONG}${n}`.slice(0, 80),
  problem: LONG.slice(0, 400),
  detail: LONG.slice(0, 400),
}));
const failing = SINKS.map((sink): Event => ({ type: 'rehearsed', sink, revision: 1, findings: hostile }));
const overridden: Event = {
  type: 'safety_checks_overridden',
  by: personNamed('Hannah').id,
  reason: LONG.slice(0, 1_000),
  revision: 1,
};

it.for([
  ['waiting', []],
  ['failed', failing],
  ['overridden', [...failing, overridden]],
] as const)('fits Slack’s limits at its fullest, and shows outside words as such: %s', ([, events]) => {
  const scene = staged(...events);
  const shown = shownOf(scene);
  const card = approvalCard(shown, catalog, shown.state.route.channel);
  expect(refusedMessage(card)).toEqual([]);
  const review = reviewModal(shown, catalog, personNamed('Hannah'), scene.recorded);
  expect(refusedView(review)).toEqual([]);
  expect(refusedView(overrideModal(shown))).toEqual([]);
  const notes = scene.recorded.flatMap((each) => noteFor(each, shown) ?? []);
  for (const note of notes) expect(refusedMessage(note)).toEqual([]);
  // Rich text has no markup; everywhere else it must not act.
  const acting = [card, ...notes].map(({ text, blocks }) => [
    text,
    ...blocks.filter((block) => block.type === 'context'),
  ]);
  expect(JSON.stringify(acting)).not.toMatch(/<!channel>|<@U/);
  expect(JSON.stringify([card, review, notes])).not.toContain('"user_id":"U02DANIEL"');
});
