import type { SandboxClock } from './clock.ts';
import { SlackError } from './slack-error.ts';
import type { State } from './state/index.ts';

const LIFE_MS = 3000;
const KEPT_MS = 600_000;

type Trigger = { user: string; expires: number; used: boolean };

/** Trigger ids: each opens one view, within 3 s. */
export class Triggers {
  #triggers = new Map<string, Trigger>();
  #clock: SandboxClock;
  #state: State;

  constructor(clock: SandboxClock, state: State) {
    this.#clock = clock;
    this.#state = state;
  }

  issue(user: string): string {
    const now = this.#clock.now();
    for (const [id, trigger] of this.#triggers) {
      if (trigger.expires > now - KEPT_MS) break;
      this.#triggers.delete(id);
    }
    const id = `${Math.floor(now)}.${this.#triggers.size + 1000}.${this.#state.ids.secret(16)}`;
    this.#triggers.set(id, { user, expires: now + LIFE_MS, used: false });
    return id;
  }

  /** Whose trigger it is. It stays usable until {@link spend}, so that a refused view does not cost it. */
  read(id: string | undefined): string {
    const trigger = id === undefined ? undefined : this.#triggers.get(id);
    if (!trigger) throw new SlackError('invalid_trigger_id');
    if (trigger.used) throw new SlackError('exchanged_trigger_id');
    if (this.#clock.now() > trigger.expires) throw new SlackError('expired_trigger_id');
    return trigger.user;
  }

  spend(id: string): void {
    const trigger = this.#triggers.get(id);
    if (trigger) trigger.used = true;
  }
}
