import { setImmediate as turn } from 'node:timers/promises';
import type { Command } from '../exports/commands.ts';
import { decide } from '../exports/decide.ts';
import type { PersonId } from '../exports/ownership.ts';
import { mayAcceptTogether } from '../exports/quiet.ts';
import { isRefusal, sentence } from '../exports/refusals.ts';
import type { Export } from '../exports/state.ts';
import type { Together } from './ports.ts';
import { contextOf, type Flow } from './settings.ts';

/** Decided in one go; then the event loop has its turn, so that other clicks do not wait. */
const CHUNK = 50;

/**
 * Accepts several exports of one type, each as a decision of its own with its own record. What is no
 * longer low in risk, or not what the person saw at `seenAt` (ms), is left for a look of its own.
 */
export async function acceptTogether(
  flow: Flow,
  by: PersonId,
  ids: readonly string[],
  seenAt: number,
): Promise<Together> {
  const refused = new Map<string, number>();
  let accepted = 0;
  let left = 0;
  const one = async (id: string): Promise<void> => {
    const state = await flow.ledger.get(id);
    if (!state || (state.waiting_since ?? Infinity) > seenAt || !mayAcceptTogether(state, flow.clock.now())) {
      left += state?.status === 'pending' ? 1 : 0;
      return;
    }
    const outcome = await accept(flow, by, state);
    const no = isRefusal(outcome) ? outcome : outcome.answer;
    if (no === null) accepted += 1;
    else refused.set(sentence(no), (refused.get(sentence(no)) ?? 0) + 1);
  };
  for (let from = 0; from < ids.length; from += CHUNK) {
    await Promise.all(ids.slice(from, from + CHUNK).map(one));
    await turn();
  }
  return { accepted, left, refused: [...refused].map(([why, n]) => ({ why, n })) };
}

function accept(flow: Flow, by: PersonId, { id, revision }: Export) {
  const command: Command = {
    do: 'accept',
    by,
    via: 'slack',
    seen: revision?.number ?? 0,
    confirm_stale: false,
  };
  return flow.ledger.update(id, flow.clock.now(), (state) => decide(state, command, contextOf(flow)));
}
