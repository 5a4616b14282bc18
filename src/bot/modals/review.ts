import type { Button, KnownBlock, ModalView } from '@slack/types';
import type { CardContent, Catalog } from '../../exports/define.ts';
import { awaited, deciders, remedialists, resolvers } from '../../exports/gates.ts';
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
import { looks, targetOf } from '../cards/buttons.ts';
import { freshnessWords, preflightWords, problemLines } from '../cards/checks.ts';
import { contentOf, headlineOf, shortId, titleOf } from '../cards/content.ts';
import { deliveryLines } from '../cards/deliveries.ts';
import { signer } from '../cards/people.ts';
import { situation } from '../cards/status.ts';
import { type ActionId, encodeTarget, READ_ONLY_MODAL } from '../ids.ts';
import { CARD, LIMIT, REVIEW } from '../limits.ts';
import { raw } from '../text.ts';
import { fromLine, plainly, type Word, type Words } from '../words.ts';
import { fieldLines, jsonPieces } from './fields.ts';

type Scene = { shown: Shown; content: CardContent | null; viewer: Person };

/** What this person could do now. The click is checked again; this only keeps false hopes away. */
function entitled({ shown, viewer }: Scene, action: ActionId): boolean {
  const { state, directory } = shown;
  switch (action) {
    case 'accept':
      return awaited(state, directory).includes(viewer.id);
    case 'reject':
      return [
        ...(state.status === 'quarantined' ? remedialists(state, directory) : deciders(state, directory)),
        ...(state.trouble ? resolvers(state, directory) : []),
      ].includes(viewer.id);
    case 'withdraw':
      return state.requester === viewer.id;
    case 'redeliver':
      return [...deciders(state, directory), ...resolvers(state, directory)].includes(viewer.id);
    case 'resume':
      return resolvers(state, directory).includes(viewer.id);
    case 'fix':
    case 'assign_owner':
      return remedialists(state, directory).includes(viewer.id);
    case 'review':
    case 'home_page_back':
    case 'home_page_on':
      return false;
  }
}

/** Payloads may hold addresses and names: only for those who have a part in it. */
function concerned({ shown, viewer }: Scene): boolean {
  const { state, directory } = shown;
  return [
    state.requester,
    ...awaited(state, directory),
    ...deciders(state, directory),
    ...remedialists(state, directory),
    ...resolvers(state, directory),
  ].includes(viewer.id);
}

/**
 * Everything a person may want to know before deciding, most important first, with the buttons that
 * are theirs. Whatever the size of the export, it stays within Slack's limits and says what it leaves out.
 */
export function reviewModal(shown: Shown, catalog: Catalog, viewer: Person): ModalView {
  const { state, directory } = shown;
  const scene: Scene = { shown, content: contentOf(shown, catalog), viewer };
  const where = situation(shown);
  const blocks: KnownBlock[] = [
    title(headlineOf(shown, catalog, scene.content), directory),
    paragraph([where.title, ...where.lines], directory),
    ...own(scene),
    ...faults(scene),
    ...facts(scene),
    ...changes(scene),
    ...checks(scene),
    ...values(scene),
    ...history(scene),
    ...origin(scene, catalog),
    ...json(scene),
  ];
  return {
    type: 'modal',
    callback_id: READ_ONLY_MODAL.review,
    private_metadata: encodeTarget(targetOf(state)),
    title: plainText('Review', LIMIT.modalTitle),
    close: plainText('Close', LIMIT.modalTitle),
    blocks: blocks.slice(0, LIMIT.viewBlocks),
  };
}

function own(scene: Scene): KnownBlock[] {
  const { shown, content } = scene;
  const mine: Button[] = looks(shown, content)
    .filter((look) => entitled(scene, look.action))
    .map((look) => button(look, targetOf(shown.state), shown.directory));
  return mine.length === 0 ? [] : [actions(mine)];
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
  if (!payload || !concerned(scene)) return [];
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
    return [signer(each, true), ` accepted${role}, `, { at: each.at }, ...stale, old];
  });
  const pushed = deliveryLines(state.pushes, 20);
  return [
    ...(signed.length > 0 ? [bullets([{ strong: 'Acceptances' }], signed, directory)] : []),
    ...(pushed.length > 0 ? [bullets([{ strong: 'Deliveries' }], pushed, directory)] : []),
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
  if (!concerned(scene)) return [];
  return [heading('As it was sent', shown.directory), ...jsonPieces(shown.state.raw).map(code)];
}
