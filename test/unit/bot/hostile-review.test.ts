import { describe, expect, it } from 'vitest';
import { approvalCard, type Message } from '../../../src/bot/card.ts';
import { editModal } from '../../../src/bot/modals/edit.ts';
import { messageModal } from '../../../src/bot/modals/message.ts';
import { reviewModal } from '../../../src/bot/modals/review.ts';
import { reassignModal, requestChangesModal } from '../../../src/bot/modals/review-forms.ts';
import { dmFor, noteFor, pageFor } from '../../../src/bot/notes.ts';
import { asSaid } from '../../../src/bot/said.ts';
import { mrkdwn } from '../../../src/bot/text.ts';
import type { Event } from '../../../src/exports/events.ts';
import type { Export } from '../../../src/exports/state.ts';
import { T0 } from '../../support/manual-clock.ts';
import { activeIn, findings, HOSTILE, infected } from './hostile.ts';
import { and, catalog, DURING, directory, EXPORT_ID, personNamed, type Scene, shownOf } from './scenes.ts';
import { refusedMessage, refusedView } from './slack-limits.ts';

const accounts = new Set([...directory.people.values()].flatMap((person) => person.slack?.user ?? []));
const priya = personNamed('Priya');
const hannah = personNamed('Hannah');

function checkMessage(message: Message | null): void {
  if (!message) return;
  expect(refusedMessage({ text: message.text, blocks: message.blocks })).toEqual([]);
  expect(activeIn(message.text, false)).toEqual([]);
  expect(findings(message.blocks, accounts)).toEqual([]);
}

/** Everything that people and senders can write around a review. */
function said(scene: Scene, hostile: string): { scene: Scene; events: readonly Event[] } {
  const { revision, raw, route } = scene.state;
  if (!revision) throw new Error('It has no values.');
  const events: readonly Event[] = [
    { type: 'commented', by: hannah.id, text: asSaid(hostile, directory) },
    { type: 'reassigned', by: priya.id, reason: hostile, route: { ...route, reason: hostile } },
    {
      type: 'edited',
      by: priya.id,
      changes: [{ path: `payload.${hostile}`, before: hostile, after: hostile }],
      raw: infected(raw, hostile) as Export['raw'],
      revision,
      refresh: {},
      occurred_at: T0,
      problems: [],
      route,
    },
    { type: 'changes_requested', by: priya.id, reason: hostile },
  ];
  return { scene: and(scene, ...events), events };
}

describe.each(HOSTILE.map((text) => [JSON.stringify(text.slice(0, 40)), text]))(
  'the text %s',
  (_, hostile) => {
    it('is harmless wherever a review, its reasons, edits and comments are shown', () => {
      for (const start of [DURING.locked(), DURING.undoable(), DURING.acknowledged()]) {
        const { scene, events } = said(start, hostile);
        const shown = shownOf(scene);
        checkMessage(approvalCard(shown, catalog, scene.state.route.channel));
        for (const [n, event] of events.entries()) {
          const recorded = { export_id: EXPORT_ID, n, at: T0, event };
          checkMessage(noteFor(recorded, shown));
          checkMessage(dmFor(recorded, shown, catalog));
          checkMessage(pageFor(recorded, shown, catalog));
        }
        const views = [
          reviewModal(shown, catalog, hannah, scene.recorded),
          requestChangesModal(shown),
          reassignModal(shown),
          messageModal('Meshline', hostile),
        ];
        for (const view of views) expect(findings(view.blocks as never, accounts)).toEqual([]);
        const forms = [editModal(shown, catalog, false), editModal(shown, catalog, true)];
        for (const view of [...views, ...forms]) expect(refusedView(view)).toEqual([]);
      }
    });

    it('is harmless in a refusal', () => {
      const answer = mrkdwn(`It still has problems: ${hostile}`, 3000);
      expect(activeIn(answer, false)).toEqual([]);
    });
  },
);
