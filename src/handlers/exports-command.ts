import type { App } from '@slack/bolt';
import { exportAnswer, exportList } from '../bot/listing.ts';
import { withdrawModal } from '../bot/modals/forms.ts';
import { NOBODY } from '../bot/sentence.ts';
import { taskLine } from '../bot/task-line.ts';
import { raw } from '../bot/text.ts';
import { timeline } from '../bot/timeline.ts';
import { marked } from '../bot/words.ts';
import { names } from '../exports/gates.ts';
import { count } from '../exports/phrases.ts';
import { isRefusal, refuse } from '../exports/refusals.ts';
import type { Shown } from '../flow/ports.ts';
import { onCommand, type Typed } from './command.ts';
import type { HandlerDeps } from './deps.ts';
import type { Outcome } from './listen.ts';
import { type Answer, answer, open } from './reply.ts';

export const EXPORTS_COMMAND = '/exports';

const LISTED = 10;

const USAGE = [
  'Type `/exports` for what waits for you.',
  '`/exports find WORDS` searches: a SKU, a campaign, a state, an owner, a source, the end of an id, or several, such as `find pending priya` or `find sku:MUG-1 state:failed`.',
  '`/exports show ID` tells everything about one (the whole id, or the eight characters a card shows).',
  '`/exports redeliver ID` sends again what a system did not take; `/exports withdraw ID` takes back what you asked for.',
  '`/exports tasks` lists your tasks; `/exports help` shows this.',
].join('\n');

/** `/exports`: the inbox, search, one export with its history, and what can be done by its id. */
export function registerExportsCommand(app: App, deps: HandlerDeps): void {
  onCommand(app, deps, EXPORTS_COMMAND, (typed) => {
    const [verb = '', ...rest] = typed.text.split(/\s+/);
    return run(deps, typed, verb.toLowerCase(), rest.join(' '));
  });
}

async function run(deps: HandlerDeps, typed: Typed, verb: string, rest: string): Promise<Outcome> {
  const { person } = typed;
  switch (verb) {
    case '':
      return say(typed, inbox(deps, await deps.desk.inbox(person.id, LISTED + 1)));
    case 'help':
      return say(typed, { text: USAGE });
    case 'tasks':
      return say(typed, await tasks(deps, typed));
    case 'find':
      return rest === ''
        ? say(typed, {
            text: 'Say what to look for, such as `/exports find MUG-STONE-350` or `/exports find pending me`.',
          })
        : say(typed, await search(deps, typed, rest));
    case 'show':
    case 'redeliver':
    case 'withdraw':
      return about(deps, typed, verb, rest);
    default:
      return say(typed, {
        text: `I do not know “${quoted(typed.text)}”. ${looksLikeId(verb) ? `Did you mean \`/exports show ${raw(verb, 40)}\`?` : ''}\n${USAGE}`,
      });
  }
}

async function say(typed: Typed, said: Answer): Promise<'shown'> {
  await answer(typed, said);
  return 'shown';
}

function quoted(text: string): string {
  return marked([{ said: text, max: 60 }], NOBODY);
}

function looksLikeId(text: string): boolean {
  return /^[0-9a-f-]{6,36}$/i.test(text);
}

/** Commands about one export, by its id. */
async function about(
  deps: HandlerDeps,
  typed: Typed,
  verb: 'show' | 'redeliver' | 'withdraw',
  wanted: string,
): Promise<Outcome> {
  if (wanted === '')
    return say(typed, {
      text: `Say which: \`/exports ${verb} ID\`, with the whole id or the eight characters a card shows.`,
    });
  const id = await deps.desk.idNamed(wanted);
  const shown = id === null ? null : await deps.desk.show(id);
  if (!shown || isRefusal(shown)) {
    return say(typed, {
      text: `There is no export “${quoted(wanted)}”, or more than one ends so. \`/exports show ID\` takes the whole id or the eight characters a card shows; \`/exports find\` searches by SKU, campaign, state or owner.`,
    });
  }
  const { state, directory } = shown;
  switch (verb) {
    case 'show':
      return say(
        typed,
        exportAnswer(shown, deps.catalog, timeline(await deps.desk.history(state.id), shown)),
      );
    case 'redeliver': {
      const outcome = await deps.desk.redeliver(state.id, typed.person.id);
      if (isRefusal(outcome) || outcome.answer) return outcome;
      return say(typed, { text: 'It is being sent again. The card shows what becomes of it.' });
    }
    case 'withdraw': {
      if (state.requester !== typed.person.id) {
        const allowed = names(state.requester === null ? [] : [state.requester], directory);
        return refuse('not_allowed', { verb: 'withdraw', allowed });
      }
      await open(typed, withdrawModal(shown));
      return 'shown';
    }
  }
}

function inbox(deps: HandlerDeps, waiting: readonly Shown[]): Answer {
  const shown = waiting.slice(0, LISTED);
  if (shown.length === 0) return { text: 'Nothing waits for you. `/exports help` says what else there is.' };
  const intro =
    waiting.length > LISTED
      ? `More than ${LISTED} exports wait for you; these are the most urgent. The rest is on the Home tab.`
      : `${count(shown.length, 'export waits', 'exports wait')} for you, the most urgent first.`;
  return exportList(intro, shown, deps.catalog);
}

async function search(deps: HandlerDeps, { person }: Typed, words: string): Promise<Answer> {
  const found = await deps.desk.find(person.id, words);
  if ('wrong' in found) return { text: marked([{ said: found.wrong, max: 600 }], NOBODY) };
  const { items, more } = found;
  if (items.length === 0) {
    return {
      text: `Nothing fits “${quoted(words)}”. Search by SKU, campaign, state, owner, source or the end of an id; \`/exports help\` has examples.`,
    };
  }
  const intro = more
    ? `More than ${items.length} exports fit; these are the newest. Add a word to narrow it.`
    : `${count(items.length, 'export fits', 'exports fit')}, the newest first.`;
  return exportList(intro, items, deps.catalog);
}

async function tasks(deps: HandlerDeps, { person }: Typed): Promise<Answer> {
  const open = await deps.desk.tasks(person.id);
  const { directory } = await deps.desk.onCall();
  if (open.length === 0) return { text: 'You have no open tasks.' };
  const shown = open.slice(0, LISTED);
  const text =
    open.length > LISTED
      ? `More than ${LISTED} tasks are yours; these are due first.`
      : `${count(open.length, 'task is', 'tasks are')} yours, the first due first.`;
  const intro = { type: 'section' as const, text: { type: 'mrkdwn' as const, text } };
  return { text, blocks: [intro, ...shown.flatMap((task) => taskLine(task, directory, deps.clock.now()))] };
}
