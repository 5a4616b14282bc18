import { isOvertaken, sentenceOf } from '../../exports/alternates.ts';
import type { Event } from '../../exports/events.ts';
import { money, serviceName, systemName } from '../../exports/phrases.ts';
import type { Alternate, Export, Push } from '../../exports/state.ts';
import type { ButtonLook } from '../blocks.ts';
import { CARD } from '../limits.ts';
import type { Word, Words } from '../words.ts';
import { factLine } from './facts.ts';

const NAME = 40;

type Over = Extract<Event, { type: 'failed_over' }>;

function system(sink: string): Word {
  return { said: systemName(sink), max: NAME, strong: true };
}

function why(message: string | null): Word {
  return { said: sentenceOf(message).replace(/\.$/, ''), max: CARD.cause };
}

/** "USPS Priority 9.40 USD, 1.20 USD more than FedEx". */
function offer(from: string, to: string, cost: Alternate['price'], more: Alternate['dearer']): Words {
  if (cost === null) return [system(to), ', at a price it does not tell'];
  const service: Word[] =
    cost.service === null ? [] : [' ', { said: serviceName(cost.service, to), max: NAME }];
  const than: Word[] =
    more === null
      ? []
      : [`, ${money(more.amount, more.currency)} more than `, { said: systemName(from), max: NAME }];
  return [system(to), ...service, ' ', { said: money(cost.amount, cost.currency), max: NAME }, ...than];
}

/** For the thread, which has told the refusal: who is asked now, and at what price. */
export function failedOver({ from, to, cost, dearer, by }: Over): Words {
  const next = offer(from, to, cost ?? null, dearer ?? null);
  if (by === null)
    return [{ said: systemName(from), max: NAME }, ' did not do it, so it goes to ', ...next, '.'];
  return [{ name: by, strong: true }, ' had it sent to ', ...next, '.'];
}

function outcome({ status, detail, sink, facts }: Push): Words {
  switch (status) {
    case 'waiting':
      return [' is asked now'];
    case 'retrying':
      return [' is tried again'];
    case 'unknown':
      return [' did not answer clearly, so nobody else is asked before that is known'];
    case 'failed':
      return [' refused: ', why(detail)];
    case 'delivered':
      return [' made it', ...factLine({ sink, facts })];
  }
}

/** True where one system was asked after another, is about to be, or must wait for what another did. */
export function hasTurns(state: Export): boolean {
  const waits = Boolean(state.revision?.policy.failover);
  return (
    state.alternate !== null ||
    state.pushes.some((push) => isOvertaken(state, push) || (waits && push.status === 'unknown'))
  );
}

/** "FedEx refused: service not available · USPS made it, 9.40 USD, tracking 9400…": every try, in order. */
export function tryLine({ pushes, alternate, status }: Export): Words {
  const tries = pushes.map((push): Words => [system(push.sink), ...outcome(push)]);
  const next: Words[] =
    alternate === null
      ? []
      : [[system(alternate.to), status === 'paused' ? ' waits for your word' : ' is asked for its price']];
  return [...tries, ...next].flatMap((words, n) => (n === 0 ? words : [' · ', ...words]));
}

/** The offer that somebody is asked about, under what the first one said. */
export function askedWords({ from, to, price, message, dearer }: Alternate): readonly Words[] {
  return [[system(from), ' refused: ', why(message), '.'], offer(from, to, price, dearer)];
}

/** What each way on brings. */
export function eitherWay({ from, to }: Alternate): Words {
  return [
    'Using ',
    { said: systemName(to), max: NAME },
    ' is recorded as your agreement. Once resumed, it asks for acceptance again and tries ',
    { said: systemName(from), max: NAME },
    ' first.',
  ];
}

/** What a pause offers besides resuming: the next carrier, and a form that mends what was wrong. */
export function pausedLooks({ alternate, trouble }: Export): readonly ButtonLook[] {
  const use: ButtonLook[] =
    alternate === null
      ? []
      : [
          {
            action: 'use_alternate',
            text: `Use ${systemName(alternate.to)}`,
            style: 'primary',
            label: `Use ${systemName(alternate.to)} at the price shown`,
          },
        ];
  const mend: ButtonLook[] =
    trouble?.mend === undefined
      ? []
      : [{ action: 'mend', text: `${trouble.mend}…`, ...(use.length === 0 ? { style: 'primary' } : {}) }];
  return [...use, ...mend];
}
