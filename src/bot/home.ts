import type { Button, HomeView, KnownBlock } from '@slack/types';
import type { Catalog } from '../exports/define.ts';
import type { Person } from '../exports/ownership.ts';
import { count, spoken } from '../exports/phrases.ts';
import type { Shown } from '../flow/ports.ts';
import { actions, context, divider, plainText, withButton } from './blocks.ts';
import { reviewButton } from './cards/buttons.ts';
import { headlineOf, titleOf } from './cards/content.ts';
import { dueAt, nextWords } from './cards/next.ts';
import { ACTION, encodePage } from './ids.ts';
import { CARD, HOME_PAGE, LIMIT } from './limits.ts';
import { raw } from './text.ts';
import type { Words } from './words.ts';

/** The inbox on App Home: what waits for this person, the most urgent first, ten at a time. `page` is from 0. */
export function homeView(
  person: Person,
  items: readonly Shown[],
  catalog: Catalog,
  now: number,
  page: number,
): HomeView {
  const pages = Math.max(1, Math.ceil(items.length / HOME_PAGE));
  const current = Math.min(Math.max(0, page), pages - 1);
  const shown = items.slice(current * HOME_PAGE, (current + 1) * HOME_PAGE);
  const late = items.filter((each) => (dueAt(each) ?? Infinity) <= now).length;
  return {
    type: 'home',
    blocks: [
      { type: 'header', text: plainText(greeting(person, items.length), LIMIT.header) },
      { type: 'context', elements: [plainText(summary(items.length, late), LIMIT.section)] },
      ...shown.flatMap((each) => [divider, ...entry(each, catalog, now)]),
      ...pager(current, pages),
    ],
  };
}

function greeting(person: Person, waiting: number): string {
  const first = raw(person.name, CARD.name).split(' ')[0] ?? person.name;
  return waiting === 0
    ? `Hello ${first}, nothing waits for you`
    : `Hello ${first}, ${count(waiting, 'export')} ${waiting === 1 ? 'waits' : 'wait'} for you`;
}

function summary(waiting: number, late: number): string {
  if (waiting === 0) return 'When an export needs your decision, it appears here and in your channel.';
  return late === 0
    ? 'Most urgent first. Nothing is late.'
    : `Most urgent first. ${late} ${late === 1 ? 'is' : 'are'} late.`;
}

function entry(shown: Shown, catalog: Catalog, now: number): KnownBlock[] {
  const { state, directory } = shown;
  const due = dueAt(shown);
  const next = nextWords(shown);
  const status = state.status === 'pending' ? [] : [`${spoken(state.status)} · `];
  const when: Words = due === null ? [] : due <= now ? ['🔴 was due ', { at: due }] : ['due ', { at: due }];
  const below: Words = [
    ...status,
    ...when,
    ...(next ? [due === null ? '' : ' · ', ...next] : []),
    ' · ',
    ...titleOf(state, catalog),
    ' from ',
    { said: state.source.system, max: CARD.reference },
  ];
  return [
    withButton(headlineOf(shown, catalog), reviewButton(shown), directory),
    context([below], directory),
  ];
}

function pager(page: number, pages: number): KnownBlock[] {
  if (pages === 1) return [];
  const turn = (action_id: string, text: string, to: number): Button => ({
    type: 'button',
    action_id,
    text: plainText(text, LIMIT.buttonText),
    value: encodePage(to),
  });
  return [
    divider,
    actions([
      ...(page > 0 ? [turn(ACTION.homeBack, 'Back', page - 1)] : []),
      ...(page < pages - 1 ? [turn(ACTION.homeOn, 'More', page + 1)] : []),
    ]),
    { type: 'context', elements: [plainText(`Page ${page + 1} of ${pages}`, LIMIT.section)] },
  ];
}
