import type { Button } from '@slack/types';
import type { CardContent } from '../../exports/define.ts';
import type { Export } from '../../exports/state.ts';
import type { Shown } from '../../flow/ports.ts';
import { type ButtonLook, button } from '../blocks.ts';
import type { Target } from '../ids.ts';
import { LIMIT } from '../limits.ts';
import type { Words } from '../words.ts';

export function targetOf(state: Export): Target {
  return { export_id: state.id, revision: state.revision?.number ?? 0 };
}

/** A decision that two people must make names its effect once more before it counts. */
function acceptLook({ state }: Shown, content: CardContent | null): ButtonLook {
  const critical = state.revision?.policy.gate.mode === 'two_step';
  const effect: Words = [
    { said: content?.effect ?? 'This takes effect at once.', max: LIMIT.confirmText - 10 },
  ];
  return {
    action: 'accept',
    text: 'Accept',
    style: 'primary',
    ...(critical ? { confirm: { title: 'Accept this?', text: effect, yes: 'Accept', no: 'Not yet' } } : {}),
  };
}

const REVIEW: ButtonLook = { action: 'review', text: 'Review' };
const REJECT: ButtonLook = { action: 'reject', text: 'Reject…', style: 'danger' };

function withdrawable({ requester }: Export): readonly ButtonLook[] {
  return requester === null ? [] : [{ action: 'withdraw', text: 'Withdraw…' }];
}

/** Only what would be valid now. Who may is checked at the click, so everybody sees the same card. */
export function looks(shown: Shown, content: CardContent | null): readonly ButtonLook[] {
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
      return [acceptLook(shown, content), REJECT, REVIEW, ...withdrawable(state)];
    case 'accepted':
      return [...withdrawable(state), REVIEW];
    case 'paused':
      return [
        { action: 'resume', text: 'Resume…', style: 'primary' },
        REVIEW,
        REJECT,
        ...withdrawable(state),
      ];
    case 'failed':
      return [
        { action: 'redeliver', text: 'Redeliver', style: 'primary', label: 'Send the failed part again' },
        REVIEW,
        REJECT,
        ...withdrawable(state),
      ];
    case 'delivering':
    case 'delivered':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'superseded':
    case 'rolled_back':
      return [REVIEW];
  }
}

export function buttons(shown: Shown, content: CardContent | null): readonly Button[] {
  return looks(shown, content).map((look) => button(look, targetOf(shown.state), shown.directory));
}

/** For messages that only point at an export. */
export function reviewButton({ state, directory }: Shown): Button {
  return button(REVIEW, targetOf(state), directory);
}
