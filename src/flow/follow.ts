import { decide } from '../exports/decide.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import type { Status } from '../exports/words.ts';
import { contextOf, type Flow } from './settings.ts';

const WAITS: readonly Status[] = ['pending', 'quarantined', 'paused', 'failed'];
const PAGE = 200;

/**
 * Lets everything that waits for a person look at the directory again. May run again after a crash:
 * an export that already says what the directory says stays as it is.
 */
export async function followDirectory(flow: Flow, of: PersonId): Promise<void> {
  for (const owner of concerned(flow.settings().directory, of)) await follow(flow, owner);
}

/** They themselves, whose place they would take, and everybody who is away: who is left may have changed for them. */
function concerned({ people, away, covers }: Directory, of: PersonId): ReadonlySet<PersonId> {
  const behind = [...people.values()].filter((person) => person.backup === of).map(({ id }) => id);
  return new Set([of, ...behind, ...away.keys(), ...covers.keys()]);
}

async function follow(flow: Flow, owner: PersonId): Promise<void> {
  for (const status of WAITS) {
    let before: string | undefined;
    for (;;) {
      const page = await flow.ledger.list({
        owner,
        status,
        limit: PAGE,
        ...(before === undefined ? {} : { before }),
      });
      const context = contextOf(flow);
      await Promise.all(
        page.map(({ id }) =>
          flow.ledger.update(id, context.now, (state) => decide(state, { do: 'follow_directory' }, context)),
        ),
      );
      before = page.at(-1)?.id;
      if (page.length < PAGE) break;
    }
  }
}
