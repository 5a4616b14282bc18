import type { Edit } from '../../exports/events.ts';
import { duration, freshness } from '../../exports/freshness.ts';
import { count, spoken, systemNames } from '../../exports/phrases.ts';
import type { Problem } from '../../exports/problems.ts';
import type { Shown } from '../../flow/ports.ts';
import { CARD } from '../limits.ts';
import type { Word, Words } from '../words.ts';

/** `payload.lines.3.new_price` as people read it: "Line 4, new price". */
export function humanPath(path: string): string {
  const parts = path.split('.').filter((part, index) => !(index === 0 && part === 'payload') && part !== '');
  const words: string[] = [];
  for (const part of parts) {
    const list = /^\d{1,7}$/.test(part) ? words.pop() : undefined;
    words.push(list === undefined ? spoken(part) : `${list.replace(/s$/, '')} ${Number(part) + 1}`);
  }
  const joined = words.join(', ') || 'the whole export';
  return joined.charAt(0).toUpperCase() + joined.slice(1);
}

export function problemWords(problem: Problem): Words {
  return [
    { said: humanPath(problem.path), max: 80, strong: true },
    ': ',
    { said: problem.message, max: CARD.problem },
  ];
}

/** "Line 1, new price 9.90 → 10.90". */
export function editWords({ path, before, after }: Edit): Words {
  return [
    { said: humanPath(path), max: 80, strong: true },
    ' ',
    { said: before, max: CARD.change.value },
    ' → ',
    { said: after, max: CARD.change.value },
  ];
}

/** At most `most` problems of a kind, with how many more there are. */
export function problemLines(problems: readonly Problem[], most: number): readonly Words[] {
  const lines = problems.slice(0, most).map(problemWords);
  const left = problems.length - lines.length;
  return left > 0 ? [...lines, [`and ${left} more, in Review`]] : lines;
}

/** What follows for whoever wants to accept. */
const TOO_OLD = {
  confirm: ', too old to accept without a second look',
  refetch: ', read again before it can be accepted',
  refuse: ', too old to accept until it is sent again',
} as const;

/** "prices read 2 minutes ago (limit 5 min)" for each field group with a limit. */
export function freshnessWords(shown: Shown): Words {
  const groups = freshness(shown.state, shown.now);
  return groups.flatMap((each, index) => {
    const asOf = each.age_ms === null ? null : shown.now - each.age_ms;
    const age: Word[] = asOf === null ? [' age unknown'] : [' read ', { at: asOf, as: 'ago' }];
    const limit = ` (limit ${duration(each.limit_ms)})`;
    const mark = each.stale ? '⚠️ ' : '✓ ';
    const late = each.stale ? TOO_OLD[each.on_stale] : '';
    return [
      ...(index === 0 ? [] : [' · ']),
      mark,
      { said: spoken(each.group), max: 40 },
      ...age,
      `${limit}${late}`,
    ];
  });
}

/** The systems that acceptance sends it to, as policy routes it; the headline says what the sender wants. */
export function routeWords({ state }: Shown): Words {
  const sinks = [...new Set(Object.values(state.revision?.policy.routes ?? {}).flat())];
  if (sinks.length === 0) return ['Goes to no system: accepting it is only recorded'];
  return ['Goes to ', { said: systemNames(sinks), max: 160 }];
}

/** What has been looked at already, in one line. */
export function preflightWords({ state }: Shown): Words {
  if (!state.revision) return [];
  const warnings = state.revision.warnings.length;
  const rules = warnings === 0 ? '✓ rules kept' : `⚠️ ${count(warnings, 'warning')}`;
  return ['✓ schema · ✓ owner: ', { said: state.route.reason.replace(/\.$/, ''), max: 160 }, ` · ${rules}`];
}
