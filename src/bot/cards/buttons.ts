import type { Button } from '@slack/types';
import type { CardContent, Catalog } from '../../exports/define.ts';
import { mappingTrouble } from '../../exports/mapping.ts';
import { safetyOf } from '../../exports/rehearsal.ts';
import { isRollingOut } from '../../exports/rollout-stages.ts';
import { scheduledFor } from '../../exports/scheduled.ts';
import type { Export } from '../../exports/state.ts';
import type { Shown } from '../../flow/ports.ts';
import { type ButtonLook, button } from '../blocks.ts';
import type { Target } from '../ids.ts';
import { CARD, LIMIT } from '../limits.ts';
import type { Words } from '../words.ts';
import { pausedLooks } from './failover.ts';
import { rollBackLooks, rolloutLooks } from './rollout.ts';
import { safetyLooks } from './safety.ts';
import { takeOutLooks } from './shortfall.ts';
import { undoLeft } from './undo.ts';

export function targetOf(state: Export): Target {
  const target = { export_id: state.id, revision: state.revision?.number ?? 0 };
  return state.rollout && isRollingOut(state) ? { ...target, stage: state.rollout.stage } : target;
}

/** A decision that two people must make names its effect once more before it counts. */
function acceptLook({ state }: Shown, content: CardContent | null): ButtonLook {
  const critical = state.revision?.policy.gate.mode === 'two_step';
  const override = safetyOf(state) === 'overridden' ? state.rehearsal?.override : null;
  const warned: Words = override ? [{ name: override.by }, ' has overridden its safety checks. '] : [];
  const most = LIMIT.confirmText - (override ? CARD.name + 50 : 10);
  const effect: Words = [...warned, { said: content?.effect ?? 'This takes effect at once.', max: most }];
  return {
    action: 'accept',
    text: 'Accept',
    style: 'primary',
    ...(critical ? { confirm: { title: 'Accept this?', text: effect, yes: 'Accept', no: 'Not yet' } } : {}),
  };
}

const REVIEW: ButtonLook = { action: 'review', text: 'Review' };
const REJECT: ButtonLook = { action: 'reject', text: 'Reject…', style: 'danger' };

const MAP_SKUS: ButtonLook = { action: 'map_skus', text: 'Map SKUs…', style: 'primary' };
const UNDO: ButtonLook = { action: 'undo', text: 'Undo', label: 'Take the acceptance back' };
const RESUBMIT: ButtonLook = { action: 'resubmit', text: 'Change and resubmit…', style: 'primary' };
const REQUEST_CHANGES: ButtonLook = { action: 'request_changes', text: 'Request changes…' };
const EDIT: ButtonLook = { action: 'edit', text: 'Edit…' };
const REASSIGN: ButtonLook = { action: 'reassign', text: 'Reassign…' };
const ACKNOWLEDGE: ButtonLook = {
  action: 'acknowledge',
  text: 'I’m on it',
  style: 'primary',
  label: 'Tell the others that you take care of this',
};

function withdrawable({ requester }: Export): readonly ButtonLook[] {
  return requester === null ? [] : [{ action: 'withdraw', text: 'Withdraw…' }];
}

/** Only what would be valid now. Who may is checked at the click, so everybody sees the same card. */
export function looks(shown: Shown, content: CardContent | null, catalog: Catalog): readonly ButtonLook[] {
  const { state } = shown;
  switch (state.status) {
    case 'quarantined': {
      const ownerless = state.problems.some((problem) => problem.code === 'no_owner');
      const faulty = state.problems.some(
        (problem) => problem.severity === 'error' && problem.code !== 'no_owner',
      );
      return [
        ...(faulty ? [{ action: 'fix', text: 'Fix…', style: 'primary' } satisfies ButtonLook] : []),
        ...(ownerless && !faulty
          ? [{ action: 'assign_owner', text: 'Assign owner…', style: 'primary' } satisfies ButtonLook]
          : []),
        REVIEW,
        REJECT,
        ...withdrawable(state),
      ];
    }
    case 'pending':
      if (state.returned) {
        return [...(state.requester === null ? [] : [RESUBMIT]), REVIEW, REJECT, ...withdrawable(state)];
      }
      return [
        ...(safetyLooks(state) ?? [acceptLook(shown, content)]),
        REJECT,
        REVIEW,
        ...withdrawable(state),
      ];
    case 'accepted':
      return [...(undoLeft(shown) > 0 ? [UNDO] : []), ...withdrawable(state), REVIEW];
    case 'paused': {
      const first = mappingTrouble(state) ? [MAP_SKUS] : pausedLooks(state);
      return [
        ...first,
        { action: 'resume', text: 'Resume…', ...(first.length === 0 ? { style: 'primary' } : {}) },
        ...takeOutLooks(shown, catalog),
        ...rollBackLooks(state),
        REVIEW,
        REJECT,
        ...withdrawable(state),
      ];
    }
    case 'failed':
      return [
        { action: 'redeliver', text: 'Redeliver', style: 'primary', label: 'Send the failed part again' },
        ...rollBackLooks(state),
        REVIEW,
        REJECT,
        ...withdrawable(state),
      ];
    case 'delivering':
      return scheduledFor(state, shown.now) === null
        ? [...rolloutLooks(state), REVIEW]
        : [REVIEW, REJECT, ...withdrawable(state)];
    case 'delivered':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'superseded':
    case 'rolled_back':
      return [REVIEW];
  }
}

/** What the review offers besides: too much for a card. */
export function moreLooks({ state }: Shown): readonly ButtonLook[] {
  const acknowledge = state.pages > 0 && state.waiting_since !== null ? [ACKNOWLEDGE] : [];
  switch (state.status) {
    case 'pending':
      return [...(state.returned ? [] : [REQUEST_CHANGES]), EDIT, REASSIGN, ...acknowledge];
    case 'paused':
    case 'failed':
      return [REASSIGN, ...acknowledge];
    case 'quarantined':
      return acknowledge;
    case 'accepted':
    case 'delivering':
    case 'delivered':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'superseded':
    case 'rolled_back':
      return [];
  }
}

/** Under a review that somebody else holds. */
export function takeOverButton({ state, directory }: Shown): Button {
  const whose: Words = state.lock === null ? ['somebody'] : [{ name: state.lock.by }];
  const confirm = {
    title: 'Take over this review?',
    text: [
      'This is the review of ',
      ...whose,
      '. From then on they wait until you have decided or closed it.',
    ],
    yes: 'Take over',
    no: 'Leave it',
  };
  return button({ action: 'take_over', text: 'Take over…', confirm }, targetOf(state), directory);
}

/** For whoever was sent what they asked for back. */
export function resubmitButton({ state, directory }: Shown): Button {
  return button(RESUBMIT, targetOf(state), directory);
}

/** For whoever is on call. */
export function acknowledgeButton({ state, directory }: Shown): Button {
  return button(ACKNOWLEDGE, targetOf(state), directory);
}

export function buttons(shown: Shown, content: CardContent | null, catalog: Catalog): readonly Button[] {
  return looks(shown, content, catalog).map((look) => button(look, targetOf(shown.state), shown.directory));
}

/** For messages that only point at an export. */
export function reviewButton({ state, directory }: Shown): Button {
  return button(REVIEW, targetOf(state), directory);
}
