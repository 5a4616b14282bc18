import type { Event } from '../exports/events.ts';
import { systemName } from '../exports/phrases.ts';
import { isPassed, stepName } from '../exports/rehearsal.ts';
import type { Shown } from '../flow/ports.ts';
import { CARD } from './limits.ts';
import type { Word, Words } from './words.ts';

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

const named = (sink: string): Word => ({ said: systemName(sink), max: 40 });

/** What the thread tells of the safety checks; null for checks that passed, which the card shows. */
export function safetyTold(
  event: Of<'rehearsed'> | Of<'rehearsal_requested'> | Of<'safety_checks_overridden'>,
  { state }: Shown,
): Words | null {
  switch (event.type) {
    case 'rehearsed': {
      if (isPassed(event.findings)) return null;
      const wrong = event.findings.find((each) => each.problem !== null);
      const { step } = stepName(wrong?.name ?? 'check');
      const asks: Words = event.gate
        ? [' Policy would have accepted it; now ', { mention: state.route.owner }, ' decides.']
        : [];
      return [
        { strong: 'Safety checks failed. ' },
        named(event.sink),
        ', ',
        { said: step, max: 60 },
        ': ',
        { said: wrong?.problem ?? 'It told no reason.', max: CARD.reason },
        ' Nobody can accept it until they pass or are overridden.',
        ...asks,
      ];
    }
    case 'rehearsal_requested':
      return [{ name: event.by, strong: true }, ' had the failed safety checks run again.'];
    case 'safety_checks_overridden':
      return [
        { name: event.by, strong: true },
        ` overrode the failed safety checks of revision ${event.revision}: “`,
        { said: event.reason, max: CARD.reason },
        '”',
      ];
  }
}

/** For the whole history, where passing is told too. */
export function safetyPassed({ sink }: Of<'rehearsed'>): Words {
  return ['The safety checks on ', named(sink), ' passed.'];
}
