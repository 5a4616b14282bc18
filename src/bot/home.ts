import type { Button, HomeView, KnownBlock } from '@slack/types';
import type { Catalog } from '../exports/define.ts';
import type { Directory, Person } from '../exports/ownership.ts';
import { count, figure, spoken } from '../exports/phrases.ts';
import type { Day, Section, Shown } from '../flow/ports.ts';
import { actions, context, divider, heading, plainText, withButton } from './blocks.ts';
import { campaignLines } from './campaigns/menu.ts';
import { reviewButton } from './cards/buttons.ts';
import { headlineOf, titleOf } from './cards/content.ts';
import { dueAt, nextWords } from './cards/next.ts';
import { situation } from './cards/status.ts';
import { acceptConfirm, typeWords } from './digest.ts';
import { ACTION, encodePage, encodeSeveral } from './ids.ts';
import { CARD, LIMIT } from './limits.ts';
import { outOfOfficeBlock } from './modals/owners.ts';
import { taskLine } from './task-line.ts';
import { raw } from './text.ts';
import { marked, type Words } from './words.ts';

/** Offers of accepting several at once. */
const TOGETHER = 3;
const TASKS = 5;
/** Slack takes 100. */
const HOME_BLOCKS = 90;

/**
 * A person's day on App Home: what waits for them, a page at a time, then what they look after for
 * others, what they asked for, their tasks, and the reviews they hold.
 */
export function homeView(person: Person, day: Day, catalog: Catalog): HomeView {
  const { waiting, covering, requests, locks, directory, now } = day;
  const first: KnownBlock[] = [
    { type: 'header', text: plainText(greeting(person, waiting.all), LIMIT.header) },
    { type: 'context', elements: [plainText(summary(waiting), LIMIT.section)] },
    outOfOfficeBlock(person, directory),
    ...together(day, catalog),
    ...waiting.items.flatMap((each) => [divider, ...entry(each, catalog, now)]),
    ...pager(day.page, day.pages),
  ];
  const last: KnownBlock[] = [
    ...list('Covered by you', covering, directory, (each) => entry(each, catalog, now)),
    ...list('Asked for by you', requests, directory, (each) => standingEntry(each, catalog)),
    ...tasks(day),
    ...list('Reviews you hold open', locks, directory, (each) => lockEntry(each, catalog)),
  ];
  const room = HOME_BLOCKS - first.length - last.length;
  return { type: 'home', blocks: [...first, ...myCampaigns(person, day, room), ...last] };
}

/** Lists are counted up to a thousand. */
function many(n: number): string {
  return n >= 1_000 ? 'more than 1,000' : figure(n);
}

function greeting(person: Person, waiting: number): string {
  const first = raw(person.name, CARD.name).split(' ')[0] ?? person.name;
  return waiting === 0
    ? `Hello ${first}, nothing waits for you`
    : `Hello ${first}, ${many(waiting)} ${waiting === 1 ? 'export waits' : 'exports wait'} for you`;
}

function summary({ all, late }: Section): string {
  if (all === 0) return 'When an export needs your decision, it appears here and in your channel.';
  return late === 0
    ? 'Most urgent first. Nothing is late.'
    : `Most urgent first. ${many(late)} ${late === 1 ? 'is' : 'are'} late.`;
}

function together(day: Day, catalog: Catalog): KnownBlock[] {
  const buttons = day.together.slice(0, TOGETHER).map(({ export_type, n }): Button => {
    const name = marked(typeWords(export_type, catalog), day.directory);
    return {
      type: 'button',
      action_id: ACTION.acceptTogether,
      text: plainText(`Accept ${n}…`, LIMIT.buttonText),
      value: encodeSeveral({ channel: '', export_type, at: day.now }),
      accessibility_label: raw(`Accept ${n}: ${name}`, LIMIT.buttonText),
      confirm: acceptConfirm(name, n),
    };
  });
  return buttons.map((button, index) => {
    const { export_type, n } = day.together[index] ?? { export_type: '', n: 0 };
    const words: Words = [
      ...typeWords(export_type, catalog),
      `: ${n} of low risk, fresh and without warnings`,
    ];
    return withButton(words, button, day.directory);
  });
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

/** What became of something the person asked for. */
function standingEntry(shown: Shown, catalog: Catalog): KnownBlock[] {
  const { title, lines } = situation(shown);
  const [first] = lines;
  return [
    withButton(headlineOf(shown, catalog), reviewButton(shown), shown.directory),
    context([[...title, ...(first ? [' · ', ...first] : [])]], shown.directory),
  ];
}

function lockEntry(shown: Shown, catalog: Catalog): KnownBlock[] {
  const { lock } = shown.state;
  const until: Words[] = lock
    ? [['Others wait until ', { at: lock.until, as: 'minute' }, '. Open it again, or decide.']]
    : [];
  return [
    withButton(headlineOf(shown, catalog), reviewButton(shown), shown.directory),
    ...until.map((line) => context([line], shown.directory)),
  ];
}

function list(
  name: string,
  section: Section,
  directory: Directory,
  draw: (shown: Shown) => KnownBlock[],
): KnownBlock[] {
  if (section.items.length === 0) return [];
  const more = section.all - section.items.length;
  return [
    divider,
    heading(name, directory),
    ...section.items.flatMap(draw),
    ...(more > 0 ? [note(`and ${many(more)} more; /exports find lists them`)] : []),
  ];
}

function note(text: string): KnownBlock {
  return { type: 'context', elements: [plainText(text, LIMIT.section)] };
}

/** For marketing always, so that a new brief is one click away. */
function myCampaigns({ id }: Person, { campaigns, directory }: Day, room: number): KnownBlock[] {
  const briefs = directory.roles.get('marketing_ops')?.members.includes(id) === true;
  if (campaigns.items.length === 0 && !briefs) return [];
  return [divider, ...campaignLines(campaigns, directory, room - 1)];
}

function tasks({ tasks: open, directory, now }: Day): KnownBlock[] {
  if (open.length === 0) return [];
  const more = open.length - TASKS;
  return [
    divider,
    heading('Your tasks', directory),
    ...open.slice(0, TASKS).flatMap((task) => taskLine(task, directory, now)),
    ...(more > 0 ? [note(`and ${count(more, 'more task', 'more tasks')}; /exports tasks lists them`)] : []),
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
    note(`Page ${page + 1} of ${pages}`),
  ];
}
