import type { Button, KnownBlock, ModalView } from '@slack/types';
import type { CardContent, Catalog } from '../../exports/define.ts';
import type { Recorded } from '../../exports/events.ts';
import type { Person } from '../../exports/ownership.ts';
import { count, spoken } from '../../exports/phrases.ts';
import type { Shown } from '../../flow/ports.ts';
import {
  actions,
  bullets,
  button,
  code,
  context,
  divider,
  heading,
  paragraph,
  plainText,
  title,
} from '../blocks.ts';
import { looks, moreLooks, takeOverButton, targetOf } from '../cards/buttons.ts';
import { editWords, freshnessWords, preflightWords, problemLines } from '../cards/checks.ts';
import { contentOf, headlineOf, shortId, titleOf } from '../cards/content.ts';
import { deliveryLines } from '../cards/deliveries.ts';
import { signerFor } from '../cards/people.ts';
import { safetyFindings } from '../cards/safety.ts';
import { shortfallReview } from '../cards/shortfall.ts';
import { situation } from '../cards/status.ts';
import { type ActionId, encodeTarget, READ_ONLY_MODAL } from '../ids.ts';
import { CARD, LIMIT, REVIEW } from '../limits.ts';
import { told } from '../notes.ts';
import { raw } from '../text.ts';
import { fromLine, plainly, type Word, type Words } from '../words.ts';
import { isEditable } from './edit.ts';
import { entitled, heldFrom, isConcerned } from './entitled.ts';
import { fieldLines, jsonPieces } from './fields.ts';

type Scene = {
  shown: Shown;
  content: CardContent | null;
  viewer: Person;
  catalog: Catalog;
  recorded: readonly Recorded[];
};

/** What never waits for somebody else's review. */
const ALWAYS_OPEN: ReadonlySet<ActionId> = new Set<ActionId>([
  'withdraw',
  'acknowledge',
  'rerun_checks',
  'override_checks',
]);

/**
 * Everything a person may want to know before deciding, most important first, with the buttons that
 * are theirs. Whatever the size of the export, it stays within Slack's limits and says what it leaves out.
 * Whoever holds the review is told when they close it, so that others can have it.
 */
export function reviewModal(
  shown: Shown,
  catalog: Catalog,
  viewer: Person,
  recorded: readonly Recorded[] = [],
): ModalView {
  const { state, directory } = shown;
  const scene: Scene = { shown, content: contentOf(shown, catalog), viewer, catalog, recorded };
  const whose = held(scene);
  // Whose review it is stands below, with what follows from it.
  const where = situation(whose.length > 0 ? { ...shown, state: { ...state, lock: null } } : shown);
  const blocks: KnownBlock[] = [
    title(headlineOf(shown, catalog, scene.content), directory),
    paragraph([where.title, ...where.lines], directory),
    ...whose,
    ...own(scene),
    ...shortfallReview(shown),
    ...edits(scene),
    ...faults(scene),
    ...facts(scene),
    ...changes(scene),
    ...checks(scene),
    ...safetyFindings(shown),
    ...values(scene),
    ...history(scene),
    ...record(scene),
    ...origin(scene, catalog),
    ...json(scene),
  ];
  return {
    type: 'modal',
    callback_id: READ_ONLY_MODAL.review,
    private_metadata: encodeTarget(targetOf(state)),
    title: plainText('Review', LIMIT.modalTitle),
    close: plainText('Close', LIMIT.modalTitle),
    notify_on_close: state.lock?.by === viewer.id,
    blocks: blocks.slice(0, LIMIT.viewBlocks),
  };
}

/** Whose review this is, where that keeps this person or others from deciding. */
function held({ shown, viewer }: Scene): KnownBlock[] {
  const { state, directory, now } = shown;
  const { lock } = state;
  if (!lock || lock.until <= now) return [];
  const until: Word = { at: lock.until, as: 'minute' };
  if (lock.by === viewer.id) {
    return [
      context(
        [['You hold this review until ', until, ', and others wait. Closing it lets them decide.']],
        directory,
      ),
    ];
  }
  if (!heldFrom(shown, viewer)) return [];
  const words: Words = [
    { name: lock.by, strong: true },
    ' holds this review until ',
    until,
    ', so you can look, and decide only if you take it over.',
  ];
  return [paragraph([words], directory), actions([takeOverButton(shown)])];
}

function own({ shown, content, viewer, catalog }: Scene): KnownBlock[] {
  const waits = heldFrom(shown, viewer);
  const mine: Button[] = [...looks(shown, content, catalog), ...moreLooks(shown)]
    .filter((look) => entitled(shown, viewer, look.action) && (!waits || ALWAYS_OPEN.has(look.action)))
    .filter((look) => look.action !== 'edit' || isEditable(shown, catalog))
    .map((look) => button(look, targetOf(shown.state), shown.directory));
  return mine.length === 0 ? [] : [actions(mine)];
}

/** What somebody changed in these values, so that nobody has to compare. */
function edits({ shown, recorded }: Scene): KnownBlock[] {
  const number = shown.state.revision?.number;
  const last = recorded.findLast(
    ({ event }) => event.type === 'edited' && event.revision?.number === number,
  )?.event;
  if (last?.type !== 'edited') return [];
  const lines = last.changes.slice(0, REVIEW.listed).map(editWords);
  const left = last.changes.length - lines.length;
  const intro: Words = ['✏️ Changed by ', { name: last.by, strong: true }, '; everybody is asked anew'];
  return [
    bullets(intro, [...lines, ...(left > 0 ? [[`and ${count(left, 'more change')}`]] : [])], shown.directory),
  ];
}

function faults({ shown: { state, directory } }: Scene): KnownBlock[] {
  const open = state.status === 'quarantined' ? state.problems : (state.revision?.warnings ?? []);
  if (open.length === 0) return [];
  const lines = problemLines(open, 30);
  return [
    bullets([{ strong: state.status === 'quarantined' ? 'Problems' : '⚠️ Warnings' }], lines, directory),
  ];
}

function facts({ shown: { directory }, content }: Scene): KnownBlock[] {
  if (!content || content.facts.length === 0) return [];
  const lines = content.facts.map(
    (fact): Words => [{ strong: `${raw(fact.label, CARD.fact.label)}: ` }, ...fromLine(fact.value, 600)],
  );
  return [paragraph(lines, directory)];
}

/** Lines in portions that one block holds. */
function packed(lines: readonly Words[], { directory }: Shown): readonly (readonly Words[])[] {
  const portions: Words[][] = [];
  let chars = 0;
  for (const line of lines) {
    const length = plainly(line, directory).length;
    const last = portions.at(-1);
    if (last && last.length < REVIEW.block.lines && chars + length <= REVIEW.block.chars) {
      last.push(line);
      chars += length;
    } else {
      portions.push([line]);
      chars = length;
    }
  }
  return portions;
}

function changes({ shown, content }: Scene): KnownBlock[] {
  if (!content || content.changes.length === 0) return [];
  const { item, value } = CARD.change;
  const lines = content.changes
    .slice(0, REVIEW.changes)
    .map(
      (each): Words => [
        { said: each.item, max: item, strong: true },
        '\n',
        { said: each.before || '–', max: value },
        ' → ',
        { said: each.after || '–', max: value },
      ],
    );
  const left = content.changes.length - lines.length;
  const rest: Words[] =
    left > 0 ? [[`and ${count(left, 'more change')}. GET /v1/exports/${shown.state.id} has them all.`]] : [];
  const totals: Words[] = content.totals === null ? [] : [[{ said: content.totals, max: CARD.totals }]];
  return [
    heading(`What changes (${count(content.changes.length, 'item')})`, shown.directory),
    ...packed(lines, shown).map((some) => bullets(null, some, shown.directory)),
    ...(rest.length + totals.length > 0 ? [context([...rest, ...totals], shown.directory)] : []),
  ];
}

function checks({ shown, content }: Scene): KnownBlock[] {
  const gate = shown.state.revision?.policy.gate;
  const lines: Words[] = [
    preflightWords(shown),
    freshnessWords(shown),
    ...(gate ? [[`Gate: ${spoken(gate.mode)}. `, { said: gate.reason, max: 240 }] satisfies Words] : []),
    ...(content?.rollback
      ? [['Rollback: ', { said: content.rollback, max: CARD.rollback }] satisfies Words]
      : []),
  ].filter((line) => line.length > 0);
  return lines.length === 0 ? [] : [heading('Checks', shown.directory), paragraph(lines, shown.directory)];
}

function values(scene: Scene): KnownBlock[] {
  const { shown } = scene;
  const payload = shown.state.revision?.payload;
  if (!payload || !isConcerned(shown, scene.viewer)) return [];
  const lines = fieldLines(payload);
  if (lines.length === 0) return [];
  return [
    heading('All values', shown.directory),
    ...packed(lines, shown).map((some) => paragraph(some, shown.directory)),
  ];
}

function history({ shown }: Scene): KnownBlock[] {
  const { state, directory } = shown;
  const signed = state.acceptances.slice(-REVIEW.history).map((each): Words => {
    const old =
      each.revision === state.revision?.number ? '' : ` (revision ${each.revision}, no longer counts)`;
    const role = each.role === null ? '' : ` as ${spoken(each.role)}`;
    const stale: Word[] =
      each.confirmed_stale.length === 0
        ? []
        : [
            ', knowing that its data was old: ',
            { said: each.confirmed_stale.map(spoken).join(', '), max: 120 },
          ];
    return [...signerFor(each, true), ` accepted${role}, `, { at: each.at }, ...stale, old];
  });
  const pushed = deliveryLines(state.pushes, 20);
  return [
    ...(signed.length > 0 ? [bullets([{ strong: 'Acceptances' }], signed, directory)] : []),
    ...(pushed.length > 0 ? [bullets([{ strong: 'Deliveries' }], pushed, directory)] : []),
  ];
}

/** What has happened so far, and what people said in the thread. */
function record({ shown, recorded }: Scene): KnownBlock[] {
  const lines = recorded.flatMap((each): Words[] => {
    const { event, at } = each;
    const words: Words | null =
      event.type === 'commented'
        ? ['💬 ', { name: event.by, strong: true }, ': “', { said: event.text, max: CARD.reason }, '”']
        : told(each, shown);
    return words === null ? [] : [[{ at }, ' · ', ...words]];
  });
  if (lines.length === 0) return [];
  const left = lines.length - REVIEW.history;
  const earlier: Words[] = left > 0 ? [[count(left, 'earlier entry', 'earlier entries')]] : [];
  const last = [...earlier, ...lines.slice(-REVIEW.history)];
  return [
    heading('History', shown.directory),
    ...packed(last, shown).map((some) => paragraph(some, shown.directory)),
  ];
}

function origin({ shown }: Scene, catalog: Catalog): KnownBlock[] {
  const { state, directory } = shown;
  const { revision } = state;
  const lines: Words[] = [
    [
      ...titleOf(state, catalog),
      ' from ',
      { said: state.source.system, max: CARD.reference },
      ' ',
      { said: state.source.reference, max: CARD.reference },
      ', received ',
      { at: state.received_at },
    ],
    ...(state.requester === null ? [] : [['Asked for by ', { name: state.requester }] satisfies Words]),
    [
      'Owner: ',
      { name: state.route.owner },
      ` (${spoken(state.route.role)}). `,
      { said: state.route.reason, max: 240 },
    ],
    [
      `Export ${state.id}`,
      ...(revision ? [` · revision ${revision.number} · hash ${revision.hash.slice(0, 12)}`] : []),
      ` · ${shortId(state.id)}`,
    ],
  ];
  return [divider, context(lines, directory)];
}

function json(scene: Scene): KnownBlock[] {
  const { shown } = scene;
  if (!isConcerned(shown, scene.viewer)) return [];
  return [heading('As it was sent', shown.directory), ...jsonPieces(shown.state.raw).map(code)];
}
