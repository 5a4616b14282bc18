import type { KnownBlock } from '@slack/types';
import type { CardContent, Catalog } from '../exports/define.ts';
import { spoken } from '../exports/phrases.ts';
import { type Shortfall, shortfallOf } from '../exports/shortfall.ts';
import type { Shown } from '../flow/ports.ts';
import { recordWords } from '../head-line.ts';
import type { EventRecord } from '../store/port.ts';
import { actions, bullets, context, paragraph, table, title } from './blocks.ts';
import { buttons, reviewButton } from './cards/buttons.ts';
import { freshnessWords, preflightWords, problemLines, routeWords } from './cards/checks.ts';
import { contentOf, headlineOf, shortId, titleOf } from './cards/content.ts';
import { rolloutBlocks } from './cards/rollout.ts';
import { safetyWords } from './cards/safety.ts';
import { shortfallBlocks, shortWords } from './cards/shortfall.ts';
import { situation } from './cards/status.ts';
import { CARD } from './limits.ts';
import { raw } from './text.ts';
import { fromLine, marked, type Words } from './words.ts';

/**
 * What `chat.postMessage` and `chat.update` take; `text` is what notifications and screen readers say. The
 * record goes into the metadata in full.
 */
export type Message = { text: string; blocks: KnownBlock[]; record?: EventRecord };

/**
 * The approval card of one export in one channel: the decision, where it stands, what changes, what
 * was checked, what can be done. Once decided it is short, and the rest is in the review.
 */
export function approvalCard(shown: Shown, catalog: Catalog, channel: string): Message {
  const { state, directory } = shown;
  const content = contentOf(shown, catalog);
  const headline = headlineOf(shown, catalog, content);
  if (channel !== state.route.channel && channel !== state.trouble?.channel) return moved(shown, headline);
  const short = shortfallOf(state);
  if (short && (state.trouble?.channel ?? channel) === channel) return shortfallCard(short, shown, catalog);
  const where = situation(shown);
  const deciding = state.status === 'pending';
  const record = recordOf(shown);
  return {
    text: marked([...headline, '. ', ...where.title, '. ', ...(where.lines[0] ?? [])], directory),
    blocks: [
      title(headline, directory),
      paragraph([where.title, ...where.lines], directory),
      ...rolloutBlocks(shown),
      ...problems(shown),
      ...(content && deciding ? [...changes(content, shown), ...facts(content, shown)] : []),
      ...small(shown, content, catalog),
      actions(buttons(shown, content, catalog)),
    ],
    ...(record ? { record } : {}),
  };
}

/** Of a decided export; one that waits again has none. */
function recordOf({ state, record }: Shown): EventRecord | null {
  return state.status === 'pending' || state.status === 'quarantined' ? null : (record ?? null);
}

/** Among those who can find more stock: what is short, and what would resolve it. */
function shortfallCard(short: Shortfall, shown: Shown, catalog: Catalog): Message {
  const { directory } = shown;
  const content = contentOf(shown, catalog);
  const headline: Words = [`📦 ${shortWords(short)}: `, ...headlineOf(shown, catalog, content)];
  const where = situation(shown, true);
  return {
    text: marked([...headline, '. ', ...where.title, '. ', ...(where.lines[0] ?? [])], directory),
    blocks: [
      title(headline, directory),
      paragraph([where.title, ...where.lines], directory),
      ...shortfallBlocks(short, shown, catalog),
      ...rolloutBlocks(shown),
      ...small(shown, content, catalog),
      actions(buttons(shown, content, catalog)),
    ],
  };
}

/** In a channel that it left: where it went, and nothing to decide. */
function moved(shown: Shown, headline: Words): Message {
  const { state, directory } = shown;
  const where: Words = [
    'Moved to ',
    { channel: state.route.channel },
    ', now with ',
    { name: state.route.owner, strong: true },
    ` (${spoken(state.route.role)}).`,
  ];
  return {
    text: marked([...headline, '. ', ...where], directory),
    blocks: [
      title(headline, directory),
      paragraph([[{ strong: '➡️ ' }, ...where], situation(shown).title], directory),
      actions([reviewButton(shown)]),
    ],
  };
}

/** Before and after for a few items; one without a before is a value that is new. */
function changes(content: CardContent, { directory }: Shown): KnownBlock[] {
  const total = content.changes.length;
  const left = total - Math.min(total, CARD.changes);
  const more = left > 0 ? `and ${left} more, in Review` : null;
  const sums = [content.totals, more].filter((each) => each !== null);
  const totals: Words[] = sums.length === 0 ? [] : [[{ said: sums.join(' · '), max: CARD.totals }]];
  if (total === 0) return totals.length === 0 ? [] : [paragraph(totals, directory)];
  const rows = content.changes.slice(0, CARD.changes).map((each) => [each.item, each.before, each.after]);
  const { item, value } = CARD.change;
  return [
    table(['Item', 'Now', 'After'], rows, [item, value, value]),
    ...(totals.length === 0 ? [] : [context(totals, directory)]),
  ];
}

function facts(content: CardContent, { directory }: Shown): KnownBlock[] {
  const lines = content.facts
    .slice(0, CARD.facts)
    .map(
      (fact): Words => [
        { strong: `${raw(fact.label, CARD.fact.label)}: ` },
        ...fromLine(fact.value, CARD.fact.value),
      ],
    );
  return lines.length === 0 ? [] : [paragraph(lines, directory)];
}

/** What must be fixed, or what the reader should weigh. */
function problems({ state, directory }: Shown): KnownBlock[] {
  if (state.status === 'quarantined') {
    const errors = state.problems.filter((problem) => problem.severity === 'error');
    return errors.length === 0 ? [] : [bullets(null, problemLines(errors, CARD.problems), directory)];
  }
  const warnings = state.status === 'pending' ? (state.revision?.warnings ?? []) : [];
  if (warnings.length === 0) return [];
  return [bullets([{ strong: '⚠️ Look at this first' }], problemLines(warnings, CARD.warnings), directory)];
}

/** The grey lines: checks, ages, way back, and where it came from. */
function small(shown: Shown, content: CardContent | null, catalog: Catalog): KnownBlock[] {
  const { state, directory } = shown;
  const deciding = state.status === 'pending';
  const gate = state.revision?.policy.gate;
  const number = state.revision?.number ?? 0;
  const record = recordOf(shown);
  const lines: Words[] = [
    ...(!deciding && content?.totals ? [[{ said: content.totals, max: CARD.totals }] satisfies Words] : []),
    ...(deciding ? [preflightWords(shown)] : []),
    ...(deciding ? safetyWords(shown) : []),
    ...(deciding ? [freshnessWords(shown)] : []),
    ...(deciding && content?.rollback
      ? [['Rollback: ', { said: content.rollback, max: CARD.rollback }] satisfies Words]
      : []),
    ...(deciding && gate
      ? [
          [
            ...routeWords(shown),
            `. Gate: ${spoken(gate.mode)}. `,
            { said: gate.reason, max: 160 },
          ] satisfies Words,
        ]
      : []),
    [
      ...titleOf(state, catalog),
      ' · from ',
      { said: state.source.system, max: CARD.reference },
      ' ',
      { said: state.source.reference, max: CARD.reference },
      ...(state.requester === null ? [] : [' · asked for by ', { name: state.requester } as const]),
      ` · export ${shortId(state.id)}${number > 1 ? ` · revision ${number}` : ''}`,
    ],
    ...(record ? [[recordWords(record)] satisfies Words] : []),
  ].filter((line) => line.length > 0);
  return [context(lines, directory)];
}
