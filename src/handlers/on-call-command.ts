import type { App } from '@slack/bolt';
import { onCallAnswer } from '../bot/on-call.ts';
import { NOBODY } from '../bot/sentence.ts';
import { marked } from '../bot/words.ts';
import { isRefusal } from '../exports/refusals.ts';
import { onCommand, type Typed } from './command.ts';
import type { HandlerDeps } from './deps.ts';
import type { Outcome } from './listen.ts';
import { type Answer, answer } from './reply.ts';
import { untilOf } from './until.ts';

export const ON_CALL_COMMAND = '/oncall';

const USAGE = [
  'Type `/oncall` for who is on call and what they were paged for.',
  '`/oncall ack ID` says that you are on it; `/oncall incidents` lists what is open.',
  '`/oncall handover @person until 18:00` lets somebody else be paged until then (a time of your day, or a date such as 2026-12-24).',
  '`/oncall help` shows this.',
].join('\n');

/** `/oncall`: who is on, what is open, taking it on, and handing over. */
export function registerOnCallCommand(app: App, deps: HandlerDeps): void {
  onCommand(app, deps, ON_CALL_COMMAND, async (typed): Promise<Outcome> => {
    const [verb = '', ...rest] = typed.text.split(/\s+/);
    switch (verb.toLowerCase()) {
      case '':
      case 'incidents':
        return say(typed, onCallAnswer(await deps.desk.onCall(), deps.catalog));
      case 'help':
        return say(typed, { text: USAGE });
      case 'ack':
        return acknowledge(deps, typed, rest.join(' '));
      case 'handover':
        return handOver(deps, typed, rest);
      default: {
        const said = marked([{ said: typed.text, max: 60 }], NOBODY);
        return say(typed, { text: `I do not know “${said}”.\n${USAGE}` });
      }
    }
  });
}

async function say(typed: Typed, said: Answer): Promise<'shown'> {
  await answer(typed, said);
  return 'shown';
}

async function acknowledge(deps: HandlerDeps, typed: Typed, wanted: string): Promise<Outcome> {
  const id = wanted === '' ? null : await deps.desk.idNamed(wanted);
  if (id === null) {
    return say(typed, {
      text: 'Say which: `/oncall ack ID`, with the eight characters the page shows. `/oncall` lists what is open, with buttons.',
    });
  }
  const outcome = await deps.desk.acknowledge(id, typed.person.id);
  if (isRefusal(outcome) || outcome.answer) return outcome;
  return say(typed, {
    text: 'You are on it. The page and the card say so; if it goes quiet, on-call is paged again.',
  });
}

async function handOver(deps: HandlerDeps, typed: Typed, words: readonly string[]): Promise<Outcome> {
  const at = words.map((word) => word.toLowerCase()).lastIndexOf('until');
  const name = words.slice(0, Math.max(0, at)).join(' ');
  const until =
    at < 0 ? null : untilOf(words.slice(at + 1).join(' '), typed.person.time_zone, deps.clock.now());
  const to = name === '' ? null : await deps.desk.personNamed(name, typed.person.id);
  if (at < 0 || name === '')
    return say(typed, { text: `Say to whom and until when: \`/oncall handover @person until 18:00\`.` });
  if (to === null) {
    const said = marked([{ said: name, max: 60 }], NOBODY);
    return say(typed, {
      text: `“${said}” is nobody here, or more than one person. Type the whole name, or an @mention.`,
    });
  }
  if (until === null) {
    return say(typed, {
      text: 'I do not understand that time. Write a time of your day such as 18:00, a date such as 2026-12-24, or both; it must be ahead, and within 30 days.',
    });
  }
  const outcome = await deps.owners.change({ do: 'hand_over_on_call', by: typed.person.id, to, until });
  if (isRefusal(outcome)) return outcome;
  const said = marked(
    ['On-call is handed over until ', { at: until }, '. `/oncall` shows who is on.'],
    NOBODY,
  );
  return say(typed, { text: said });
}
