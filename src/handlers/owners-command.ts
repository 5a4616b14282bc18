import type { App } from '@slack/bolt';
import { ownersModal, personModal, roleModal } from '../bot/modals/owners.ts';
import { NOBODY } from '../bot/sentence.ts';
import { marked } from '../bot/words.ts';
import { roleNamed } from '../exports/directory-authority.ts';
import type { Directory, Person } from '../exports/ownership.ts';
import { onCommand } from './command.ts';
import type { HandlerDeps } from './deps.ts';
import { type Answer, answer, open } from './reply.ts';

export const OWNERS_COMMAND = '/owners';

const USAGE = [
  'Type `/owners` for who owns what, and to say that you are out, who covers for you, or who is your backup;',
  '`/owners NAME` for one person; `/owners ROLE` for one role, such as `/owners marketing_ops`;',
  'or `/owners help` for this.',
].join(' ');

/** `/owners`: the directory as it stands, one person, or one role; each with what the asker may change. */
export function registerOwnersCommand(app: App, deps: HandlerDeps): void {
  onCommand(app, deps, OWNERS_COMMAND, async (asker) => {
    const { person: viewer, text: asked } = asker;
    const directory = deps.owners.directory();
    const role = roleNamed(asked);
    if (asked === '') await open(asker, ownersModal(directory, viewer));
    else if (asked.toLowerCase() === 'help') await answer(asker, { text: USAGE });
    else if (role && directory.roles.has(role)) await open(asker, roleModal(role, directory, viewer));
    else {
      const found = peopleNamed(asked, directory);
      const [person] = found;
      if (person && found.length === 1) await open(asker, personModal(person, directory, viewer));
      else await answer(asker, unclear(asked, found));
    }
    return 'shown';
  });
}

/** Everyone whose name begins, at any word, with what was typed; a whole name wins. */
function peopleNamed(asked: string, directory: Directory): readonly Person[] {
  const wanted = asked.replace(/^@/, '').toLowerCase();
  const people = [...directory.people.values()];
  const whole = people.filter((person) => person.name.toLowerCase() === wanted);
  if (whole.length > 0) return whole;
  return people.filter((person) => ` ${person.name.toLowerCase()}`.includes(` ${wanted}`));
}

function unclear(asked: string, found: readonly Person[]): Answer {
  const said = marked([{ said: asked, max: 60 }], NOBODY);
  if (found.length === 0) return { text: `Nobody and no role here is called “${said}”. ${USAGE}` };
  const names = found.slice(0, 5).flatMap((person) => ['\n• ', { said: person.name, max: 60 }]);
  return { text: `“${said}” is more than one person. Type the whole name:${marked(names, NOBODY)}` };
}
