import { duration } from '../../exports/freshness.ts';
import type { Shown } from '../../flow/ports.ts';
import type { Words } from '../words.ts';

/** How long the acceptance can still be taken back, in ms; 0 when it cannot. */
export function undoLeft({ state, now }: Shown): number {
  return state.status === 'accepted' && state.undo_until !== null ? Math.max(0, state.undo_until - now) : 0;
}

const STEP_MS = 5_000;

/** "goes out at 10:45:20 (in 20 s)", to five seconds; the card is drawn again as it nears. */
export function undoWords(shown: Shown): Words {
  const { undo_until } = shown.state;
  const left = undoLeft(shown);
  if (undo_until === null || left === 0) return ['going out now'];
  const about = Math.max(STEP_MS, Math.round(left / STEP_MS) * STEP_MS);
  return ['goes out at ', { at: undo_until, as: 'time' }, ` (in ${duration(about)})`];
}
