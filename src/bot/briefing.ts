import type { Catalog } from '../exports/define.ts';
import { awaited } from '../exports/gates.ts';
import { type Directory, type Person, type PersonId, standIns } from '../exports/ownership.ts';
import { count } from '../exports/phrases.ts';
import type { Export } from '../exports/state.ts';
import type { Role } from '../exports/words.ts';
import type { Shown, SlackOutcome } from '../flow/ports.ts';
import type { Ledger, OutboxRow } from '../store/port.ts';
import { context, paragraph, withButton } from './blocks.ts';
import type { Message } from './card.ts';
import { reviewButton } from './cards/buttons.ts';
import { headlineOf } from './cards/content.ts';
import { dueAt } from './cards/next.ts';
import { gone, type Posting } from './posting.ts';
import { marked, type Words } from './words.ts';

type Parts = {
  ledger: Pick<Ledger, 'get' | 'list' | 'message'>;
  catalog: Catalog;
  directory: () => Directory;
  clock: { now(): number };
};

const LISTED = 10;
/** Beyond this the exact number no longer matters to whoever reads it. */
const COUNTED = 200;

/** Who is told, and for which roles of the person who is away. */
function stands(directory: Directory, of: PersonId): Person | null {
  const roles: Role[] = [...directory.roles].flatMap(([role, { members }]) =>
    members.includes(of) ? [role] : [],
  );
  const [by] = roles.flatMap((role) => standIns(directory, of, role));
  return by === undefined ? null : (directory.people.get(by) ?? null);
}

/** The message to whoever stands in: for whom, until when, why, and what waits. */
export function briefing(
  of: PersonId,
  waiting: readonly Shown[],
  directory: Directory,
  catalog: Catalog,
): Message {
  const cover = directory.covers.get(of);
  const away = directory.away.get(of);
  const lasting: Words = cover ? [' until ', { at: cover.until }] : [];
  const why: Words = !cover && away ? [', who ', away.reason] : [];
  const note: Words = away?.note ? [' “', { said: away.note, max: 200 }, '”'] : [];
  const opening: Words = ['You stand in for ', { name: of, strong: true }, ...why, ...lasting, '.', ...note];
  const total = waiting.length >= COUNTED ? `At least ${COUNTED} exports` : count(waiting.length, 'export');
  const state: Words =
    waiting.length === 0
      ? ['Nothing of theirs waits now; what comes in goes to you.']
      : [
          waiting.length === 1
            ? `${total} of theirs waits:`
            : `${total} of theirs wait, the most urgent first:`,
        ];
  const listed = waiting.slice(0, LISTED);
  const more = waiting.length - listed.length;
  const rest: Words = [`And ${count(more, 'more', 'more')}: they are on the Home tab.`];
  return {
    text: marked([...opening, ' ', ...state], directory),
    blocks: [
      paragraph([opening, state], directory),
      ...listed.flatMap((shown) => {
        const due = dueAt(shown);
        const when: Words = due === null ? [] : [' · due ', { at: due }];
        return [withButton([...headlineOf(shown, catalog), ...when], reviewButton(shown), directory)];
      }),
      ...(more > 0 ? [context([rest], directory)] : []),
    ],
  };
}

/** Tells whoever now stands in for somebody what waits for them. Drawn when sent, so that it is true then. */
export function createBriefing({ ledger, catalog, directory, clock }: Parts, posting: Posting) {
  async function waitingFor(of: PersonId, by: PersonId): Promise<readonly Shown[]> {
    const rows = await ledger.list({ owner: of, status: 'pending', limit: COUNTED });
    const states = await Promise.all(rows.map(({ id }) => ledger.get(id)));
    const now = clock.now();
    const due = (shown: Shown) => dueAt(shown) ?? Number.POSITIVE_INFINITY;
    return states
      .filter((state): state is Export => state !== null)
      .filter((state) => awaited(state, directory()).includes(by))
      .map((state): Shown => ({ state, directory: directory(), now }))
      .sort((a, b) => due(a) - due(b));
  }

  return async function brief(row: OutboxRow, effect: { of: PersonId }): Promise<SlackOutcome> {
    if (await ledger.message(row.key)) return { kind: 'done' };
    const person = stands(directory(), effect.of);
    if (!person?.active) return gone('nobody stands in').ended;
    const people = directory();
    const message = briefing(effect.of, await waitingFor(effect.of, person.id), people, catalog);
    const tried = await posting.postToPerson({ row, directory: people }, person.id, {
      post_id: row.key,
      message,
      thread: null,
      since: row.due_at,
      doubtful: row.unsettled || row.attempts > 1,
      plain: () => ({ text: message.text, blocks: message.blocks.slice(0, 1) }),
    });
    return 'ended' in tried ? tried.ended : { kind: 'done' };
  };
}
