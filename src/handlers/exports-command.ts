import type { App } from '@slack/bolt';
import { actions, context, paragraph, withButton } from '../bot/blocks.ts';
import { reviewButton } from '../bot/cards/buttons.ts';
import { headlineOf, shortId } from '../bot/cards/content.ts';
import { situation } from '../bot/cards/status.ts';
import { raw } from '../bot/text.ts';
import { marked, type Words } from '../bot/words.ts';
import { count } from '../exports/phrases.ts';
import { isRefusal } from '../exports/refusals.ts';
import type { Shown } from '../flow/ports.ts';
import type { HandlerDeps } from './deps.ts';
import { answered, isNew } from './listen.ts';
import { type Answer, type Asker, answer, trusted } from './reply.ts';

export const EXPORTS_COMMAND = '/exports';

const LISTED = 10;
/** How far back a short id is looked for: this many pages of 200 exports. */
const PAGES = 5;

const HELP: Answer = {
  text: [
    'Type `/exports` for what waits for you,',
    '`/exports show ID` for one export (the whole id, or the eight characters a card shows),',
    'or `/exports help` for this.',
  ].join(' '),
};

/** `/exports`: the inbox; `show ID`: one export. Anything else says what to type instead. */
export function registerExportsCommand(app: App, deps: HandlerDeps): void {
  app.command(EXPORTS_COMMAND, async ({ ack, command, client, respond }) => {
    await ack();
    const asker: Asker = {
      client,
      log: deps.log,
      user: command.user_id,
      trigger_id: command.trigger_id,
      place: {
        kind: 'message',
        channel: command.channel_id,
        thread_ts: null,
        respond: trusted(command.response_url, respond, client),
      },
    };
    await answered(asker, async () => {
      if (!(await isNew(deps, command.trigger_id))) return 'shown';
      const person = await deps.desk.whoIs({ team: command.team_id, user: command.user_id });
      if (isRefusal(person)) return person;
      const [verb = '', wanted = '', ...rest] = command.text.trim().split(/\s+/);
      const said =
        verb === ''
          ? inbox(deps, await deps.desk.inbox(person.id, LISTED + 1))
          : verb === 'show' && wanted !== '' && rest.length === 0
            ? await show(deps, wanted)
            : verb === 'help'
              ? HELP
              : misunderstood(command.text);
      await answer(asker, said);
      return 'shown';
    });
  });
}

function misunderstood(text: string): Answer {
  return { text: `I do not know “${marked([{ said: text, max: 60 }], NOBODY)}”. ${HELP.text}` };
}

const NOBODY: Shown['directory'] = {
  people: new Map(),
  roles: new Map(),
  on_call: { channel: '', people: [], user_group: null },
};

function inbox(deps: HandlerDeps, waiting: readonly Shown[]): Answer {
  const shown = waiting.slice(0, LISTED);
  const [first] = shown;
  if (!first) return { text: 'Nothing waits for you.' };
  const more = waiting.length > LISTED;
  const intro = more
    ? `More than ${LISTED} exports wait for you; these are the most urgent. The rest is on the Home tab.`
    : `${count(shown.length, 'export waits', 'exports wait')} for you, the most urgent first.`;
  return {
    text: intro,
    blocks: [
      paragraph([[intro]], first.directory),
      ...shown.map((each) => withButton(line(deps, each), reviewButton(each), each.directory)),
    ],
  };
}

function line(deps: HandlerDeps, shown: Shown): Words {
  return [
    ...headlineOf(shown, deps.catalog),
    ' · ',
    ...situation(shown).title,
    ` · ${shortId(shown.state.id)}`,
  ];
}

async function show(deps: HandlerDeps, wanted: string): Promise<Answer> {
  const id = await resolve(deps, wanted);
  const shown = id === null ? null : await deps.desk.show(id);
  if (!shown || isRefusal(shown)) {
    const said = raw(wanted, 40);
    return { text: `There is no export “${marked([{ said, max: 40 }], NOBODY)}”. ${HELP.text}` };
  }
  const { title, lines } = situation(shown);
  const headline = headlineOf(shown, deps.catalog);
  return {
    text: marked([...headline, '. ', ...title], shown.directory),
    blocks: [
      paragraph([headline], shown.directory),
      paragraph([title, ...lines], shown.directory),
      context([[`export ${shown.state.id}`]], shown.directory),
      actions([reviewButton(shown)]),
    ],
  };
}

/** The whole id, or the one recent export whose id ends so; null when there is none or more than one. */
async function resolve(deps: HandlerDeps, wanted: string): Promise<string | null> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(wanted)) return wanted.toLowerCase();
  if (!/^[0-9a-f]{6,32}$/i.test(wanted)) return null;
  const tail = wanted.toLowerCase();
  const found: string[] = [];
  let before: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const rows = await deps.desk.list({ limit: 200, ...(before === undefined ? {} : { before }) });
    found.push(...rows.map((row) => row.id).filter((id) => id.replaceAll('-', '').endsWith(tail)));
    before = rows.at(-1)?.id;
    if (rows.length < 200) break;
  }
  return found.length === 1 ? (found[0] ?? null) : null;
}
