import { describe, expect, it } from 'vitest';
import { approvalCard } from '../../../src/bot/card.ts';
import { ACTION, decodeTarget } from '../../../src/bot/ids.ts';
import { reviewModal } from '../../../src/bot/modals/review.ts';
import type { Status } from '../../../src/exports/words.ts';
import { fixture } from '../../support/fixtures.ts';
import {
  acceptedBy,
  arrived,
  catalog,
  personNamed,
  requested,
  type Scene,
  STATUSES,
  sceneOf,
  shownOf,
  TYPE_NAMES,
} from './scenes.ts';
import { refusedMessage, refusedView } from './slack-limits.ts';

type Button = { action_id: string; value: string; style?: string; confirm?: { text: { text: string } } };

/** Every button in blocks, in the order in which it is shown. */
function buttonsIn(blocks: readonly unknown[]): Button[] {
  return blocks.flatMap((block) => {
    const { type, elements } = block as { type: string; elements?: Button[] };
    return type === 'actions' ? (elements ?? []) : [];
  });
}

function cardOf(scene: Scene, channel = scene.state.route.channel) {
  return approvalCard(shownOf(scene), catalog, channel);
}

function actionsOf(scene: Scene): string[] {
  return buttonsIn(cardOf(scene).blocks).map((button) => button.action_id);
}

describe.each(TYPE_NAMES)('the card of %s', (type) => {
  it.each(STATUSES)('fits Slack when the export is %s', (status) => {
    const shown = shownOf(sceneOf(type, status));
    expect(shown.state.status).toBe(status);
    const card = approvalCard(shown, catalog, shown.state.route.channel);
    expect(refusedMessage(card)).toEqual([]);
    expect(JSON.stringify(card)).not.toMatch(/undefined|NaN|\[object/);
    const review = reviewModal(shown, catalog, personNamed('Priya'));
    expect(refusedView(review)).toEqual([]);
    expect(JSON.stringify(review)).not.toMatch(/undefined|NaN|\[object/);
  });
});

it.each<[Status, string[]]>([
  ['quarantined', [ACTION.fix, ACTION.review, ACTION.reject, ACTION.withdraw]],
  ['pending', [ACTION.accept, ACTION.reject, ACTION.review, ACTION.withdraw]],
  ['accepted', [ACTION.undo, ACTION.withdraw, ACTION.review]],
  ['delivering', [ACTION.review]],
  ['paused', [ACTION.resume, ACTION.review, ACTION.reject, ACTION.withdraw]],
  ['failed', [ACTION.redeliver, ACTION.review, ACTION.reject, ACTION.withdraw]],
  ['delivered', [ACTION.review]],
  ['rejected', [ACTION.review]],
  ['withdrawn', [ACTION.review]],
  ['expired', [ACTION.review]],
  ['superseded', [ACTION.review]],
  ['rolled_back', [ACTION.review]],
])('offers only what is valid when the export is %s', (status, actions) => {
  const scene = sceneOf('promo_activation', status, requested);
  const { requester } = scene.state;
  const expected = requester === null ? actions.filter((action) => action !== ACTION.withdraw) : actions;
  expect(actionsOf(scene)).toEqual(expected);
});

it('carries the export and the revision on every button, and nothing else', () => {
  const scene = sceneOf('promo_activation', 'pending');
  for (const button of buttonsIn(cardOf(scene).blocks)) {
    expect(decodeTarget(button.value)).toEqual({ export_id: scene.state.id, revision: 1 });
  }
});

it('names the effect once more before a critical acceptance, and only there', () => {
  const [critical] = buttonsIn(cardOf(sceneOf('promo_activation', 'pending')).blocks);
  expect(critical?.confirm?.text.text).toContain('7 SKUs');
  const [usual] = buttonsIn(cardOf(sceneOf('staged_product', 'pending')).blocks);
  expect(usual?.action_id).toBe(ACTION.accept);
  expect(usual?.confirm).toBeUndefined();
});

it('says who has accepted and for whom it still waits', () => {
  const card = cardOf(acceptedBy(sceneOf('promo_activation', 'pending'), 1));
  expect(card.text).toContain(
    'Waiting for the second acceptance (1 of 2). Accepted by Priya Raman (marketing ops).',
  );
  expect(JSON.stringify(card.blocks)).toContain('"user_id":"U07HANNAH"');
  expect(JSON.stringify(card.blocks)).not.toContain('"user_id":"U01PRIYA"');
});

it('sends whoever looks in the old channel to the new one', () => {
  const card = cardOf(sceneOf('promo_activation', 'pending'), '#meshline-remediation');
  expect(card.text).toContain('Moved to #promo-approvals, now with Priya Raman (marketing ops).');
  expect(buttonsIn(card.blocks).map((button) => button.action_id)).toEqual([ACTION.review]);
});

it('asks remediation for an owner when that is all that is missing', () => {
  const scene = arrived(
    fixture('price_update', {
      edit: (raw) => {
        raw['owner_id'] = '11111111-2222-4333-8444-555555555555';
      },
    }),
  );
  expect(cardOf(scene).text).toMatch(/^Find an owner: Change prices of 4 SKUs/);
  expect(actionsOf(scene)).toEqual([ACTION.assignOwner, ACTION.review, ACTION.reject]);
});

it('draws the same card for the same state, whatever the time', () => {
  const scene = sceneOf('promo_activation', 'pending');
  const at = (now: number) => approvalCard(shownOf(scene, now), catalog, scene.state.route.channel);
  const { received_at } = scene.state;
  expect(at(received_at + 1_000)).toEqual(at(received_at + 90_000));
});

describe('the review', () => {
  const scene = sceneOf('promo_activation', 'pending');
  const review = (name: string) => reviewModal(shownOf(scene), catalog, personNamed(name));

  it('offers each person what is theirs to do', () => {
    const offered = (name: string) => buttonsIn(review(name).blocks).map((button) => button.action_id);
    expect(offered('Priya')).toEqual([
      ACTION.accept,
      ACTION.reject,
      ACTION.requestChanges,
      ACTION.edit,
      ACTION.reassign,
    ]);
    expect(offered('Amara')).toEqual([]);
  });

  it('shows the whole of what was sent to those who have a part in it, and to nobody else', () => {
    expect(JSON.stringify(review('Hannah').blocks)).toContain('idempotency_key');
    expect(JSON.stringify(review('Amara').blocks)).not.toContain('idempotency_key');
  });
});
