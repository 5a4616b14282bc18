import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/bot/card.ts';
import { approvalCard } from '../../../src/bot/card.ts';
import { homeView } from '../../../src/bot/home.ts';
import { digestReviewModal } from '../../../src/bot/modals/digest-review.ts';
import { fixModal } from '../../../src/bot/modals/fix.ts';
import {
  assignOwnerModal,
  confirmStaleModal,
  rejectModal,
  resumeModal,
  withdrawModal,
} from '../../../src/bot/modals/forms.ts';
import { messageModal } from '../../../src/bot/modals/message.ts';
import { reviewModal } from '../../../src/bot/modals/review.ts';
import { dmFor, noteFor, pageFor, plainMessage } from '../../../src/bot/notes.ts';
import type { Export } from '../../../src/exports/state.ts';
import type { Shown } from '../../../src/flow/ports.ts';
import { T0 } from '../../support/manual-clock.ts';
import { fullDay } from './days.ts';
import { activeIn, findings, HOSTILE, infected } from './hostile.ts';
import { catalog, directory, personNamed, type Scene, STATUSES, sceneOf } from './scenes.ts';
import { refusedMessage, refusedView } from './slack-limits.ts';

const accounts = new Set([...directory.people.values()].flatMap((person) => person.slack?.user ?? []));
const viewer = personNamed('Priya');

/** An export in which every text that can come from outside is this one. */
function poisoned({ state }: Scene, hostile: string): Shown {
  const text = infected(state.raw, hostile) as Export['raw'];
  const problem = (severity: 'error' | 'warning') => ({
    code: 'x',
    path: `payload.${hostile}.0`,
    message: hostile,
    severity,
  });
  return {
    directory,
    now: T0,
    state: {
      ...state,
      source: { ...state.source, name: hostile, system: hostile, reference: hostile },
      requester: viewer.id,
      raw: { ...text, export_type: hostile, [hostile]: hostile },
      route: { ...state.route, reason: hostile },
      problems: [problem('error')],
      revision: state.revision && { ...state.revision, warnings: [problem('warning')] },
      pushes: state.pushes.map((push) => ({ ...push, sink: hostile, detail: hostile })),
      trouble: state.trouble && {
        ...state.trouble,
        message: hostile,
        remedy: hostile,
        sink: hostile,
        code: 'x',
      },
      ending: state.ending && { ...state.ending, reason: hostile },
    },
  };
}

/** A payload whose every free text is hostile, as far as the type's schema lets it through to a card. */
function poisonedPayload(scene: Scene, hostile: string): Shown {
  const { state } = scene;
  const swap = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(swap);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).map(([key, each]): [string, unknown] => [
      key,
      typeof each === 'string' && /title|name|sku|reason|note|message|reference/.test(key)
        ? hostile
        : swap(each),
    ]);
    return Object.fromEntries(entries);
  };
  const revision = state.revision && {
    ...state.revision,
    payload: swap(state.revision.payload) as Export['raw'],
  };
  return { directory, now: T0, state: { ...state, revision } };
}

function checkMessage(message: Message | null): void {
  if (!message) return;
  expect(refusedMessage(message)).toEqual([]);
  expect(activeIn(message.text, false)).toEqual([]);
  expect(findings(message.blocks, accounts)).toEqual([]);
}

describe.each(
  HOSTILE.map((text) => [
    text.length > 40 ? `${JSON.stringify(text.slice(0, 40))}…` : JSON.stringify(text),
    text,
  ]),
)('the text %s', (_, hostile) => {
  it('is harmless on every card, note and message', () => {
    for (const status of STATUSES) {
      const scene = sceneOf('promo_activation', status);
      for (const shown of [poisoned(scene, hostile), poisonedPayload(scene, hostile)]) {
        checkMessage(approvalCard(shown, catalog, shown.state.route.channel));
        checkMessage(approvalCard(shown, catalog, '#elsewhere'));
        checkMessage(plainMessage(shown));
        const trouble = shown.state.trouble;
        for (const event of [
          { type: 'rejected' as const, by: viewer.id, reason: hostile },
          { type: 'withdrawn' as const, by: viewer.id, reason: hostile },
          { type: 'resumed' as const, by: viewer.id, note: hostile },
          { type: 'push_failed' as const, key: 'x', exception_code: 'x', message: hostile, metadata: {} },
          { type: 'push_unknown' as const, key: 'x', cause: hostile, next_at: T0 },
          { type: 'freshness_renewed' as const, reference: hostile, refresh: {}, occurred_at: T0 },
          { type: 'acceptance_lapsed' as const, groups: [hostile] },
          ...(trouble ? [{ type: 'paused' as const, trouble }] : []),
        ]) {
          const recorded = { export_id: shown.state.id, n: 2, at: T0, event };
          checkMessage(noteFor(recorded, shown));
          checkMessage(dmFor(recorded, shown, catalog));
          checkMessage(pageFor(recorded, shown, catalog));
        }
      }
    }
  });

  it('is harmless in every modal and on App Home', () => {
    for (const status of ['quarantined', 'pending', 'paused'] as const) {
      const scene = sceneOf('price_update', status);
      for (const shown of [poisoned(scene, hostile), poisonedPayload(scene, hostile)]) {
        const views = [
          reviewModal(shown, catalog, viewer),
          rejectModal(shown),
          withdrawModal(shown),
          confirmStaleModal(shown, hostile),
          assignOwnerModal(shown),
          resumeModal(shown),
          messageModal('Review', hostile),
          homeView(viewer, fullDay(shown), catalog),
          digestReviewModal('#promo', { counts: [], items: [shown], page: 0, pages: 3 }, catalog),
        ];
        for (const view of [...views, fixModal(shown, catalog)]) expect(refusedView(view)).toEqual([]);
        for (const view of views) expect(findings(view.blocks as never, accounts)).toEqual([]);
      }
    }
  });
});
