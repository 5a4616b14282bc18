import { spoken, systemName } from '../../exports/phrases.ts';
import type { Push } from '../../exports/state.ts';
import { CARD } from '../limits.ts';
import type { Word, Words } from '../words.ts';

function cause(push: Push): Word[] {
  return push.detail === null ? [] : [': ', { said: push.detail.replace(/\.$/, ''), max: CARD.cause }];
}

function again(push: Push): Word[] {
  return push.next_at === null ? [] : [', again at ', { at: push.next_at, as: 'time' }];
}

function progress(push: Push): Words {
  switch (push.status) {
    case 'waiting':
      return ['waiting'];
    case 'retrying':
      return [`try ${push.attempts} failed`, ...cause(push), ...again(push)];
    case 'unknown':
      return ['the answer was lost; checking whether it happened', ...again(push)];
    case 'delivered':
      return push.detail === null
        ? ['done']
        : ['done, reference ', { said: push.detail, max: CARD.reference }];
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

/** "✅ Shopify, promo activate: done", in the order in which they need attention. */
export function deliveryLines(pushes: readonly Push[], most: number): readonly Words[] {
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
      ...progress(push),
    ]);
  const left = pushes.length - lines.length;
  return left > 0 ? [...lines, [`and ${left} more`]] : lines;
}

/** "2 of 3 systems done". */
export function deliveryCount(pushes: readonly Push[]): string {
  const done = pushes.filter((push) => push.status === 'delivered').length;
  return `${done} of ${pushes.length} done`;
}
