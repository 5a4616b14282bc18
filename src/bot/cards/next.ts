import { nextRung, timeAfter } from '../../exports/deadlines.ts';
import { joining } from '../../exports/escalation.ts';
import type { LadderAction } from '../../exports/policy.ts';
import type { Shown } from '../../flow/ports.ts';
import { either, type Words } from '../words.ts';

function action(shown: Shown, rung: LadderAction): Words {
  switch (rung) {
    case 'remind':
      return ['Reminder '];
    case 'escalate': {
      const backups = joining(shown.state, shown.directory);
      return backups.length === 0
        ? ['Escalates ']
        : ['Escalates to ', ...either(backups, 'name', 'and'), ' '];
    }
    case 'page':
      return ['On-call is paged '];
    case 'expire':
      return ['Expires '];
  }
}

/** "Escalates to Bob Brown today at 10:45", or null when the clock will do nothing more. */
export function nextWords(shown: Shown): Words | null {
  const next = nextRung(shown.state);
  return next ? [...action(shown, next.rung.do), { at: next.at }] : null;
}

/** When it should have been decided, in ms; null when nothing is awaited. */
export function dueAt({ state }: Shown): number | null {
  const sla = state.revision?.policy.sla_ms;
  return state.waiting_since === null || sla === undefined
    ? null
    : timeAfter(state, state.waiting_since, sla);
}
