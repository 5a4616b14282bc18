import { spoken, systemName } from '../../exports/phrases.ts';
import { startsAt } from '../../exports/scheduled.ts';
import type { Push } from '../../exports/state.ts';
import { CARD } from '../limits.ts';
import type { Word, Words } from '../words.ts';
import { factLine } from './facts.ts';

function cause(push: Push): Word[] {
  return push.detail === null ? [] : [': ', { said: push.detail.replace(/\.$/, ''), max: CARD.cause }];
}

/** A tracking number stands among the facts already. */
function reference({ detail, facts }: Push): Word[] {
  if (detail === null || detail === facts['tracking_number']) return [];
  return [', reference ', { said: detail, max: CARD.reference }];
}

function again(push: Push): Word[] {
  return push.next_at === null ? [] : [', again at ', { at: push.next_at, as: 'time' }];
}

function progress(push: Push, stopped: boolean): Words {
  switch (push.status) {
    case 'waiting':
      if (stopped) return ['not sent'];
      return startsAt(push) === 0 ? ['waiting'] : ['waiting for ', { at: startsAt(push) }];
    case 'retrying':
      return [`try ${push.attempts} failed`, ...cause(push), ...again(push)];
    case 'unknown':
      return ['the answer was lost; checking whether it happened', ...again(push)];
    case 'delivered':
      return ['done', ...reference(push), ...factLine(push)];
    case 'failed':
      return ['failed', ...cause(push)];
  }
}

const MARK: Readonly<Record<Push['status'], string>> = {
  waiting: '⏳',
  retrying: '🔁',
  unknown: '❔',
  delivered: '✅',
  failed: '❌',
};

/** "✅ Shopify, promo activate: done", in the order in which they need attention. `stopped`: nothing more goes out for now. */
export function deliveryLines(pushes: readonly Push[], most: number, stopped = false): readonly Words[] {
  const order: readonly Push['status'][] = ['failed', 'unknown', 'retrying', 'waiting', 'delivered'];
  const sorted = pushes.toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  const lines: Words[] = sorted
    .slice(0, most)
    .map((push) => [
      `${MARK[push.status]} `,
      { said: systemName(push.sink), max: 40, strong: true },
      ', ',
      { said: spoken(push.operation.name.replaceAll('.', ' ')), max: 60 },
      ': ',
      ...progress(push, stopped),
    ]);
  const left = pushes.length - lines.length;
  return left > 0 ? [...lines, [`and ${left} more`]] : lines;
}

/** "2 of 3 systems done". */
export function deliveryCount(pushes: readonly Push[]): string {
  const done = pushes.filter((push) => push.status === 'delivered').length;
  return `${done} of ${pushes.length} done`;
}
