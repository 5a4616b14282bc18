import { draftOfTrouble } from './drafts.ts';
import type { WorkDeps } from './work.ts';

/** Tells engineering, once a day for each source, that it has not been answering for a while. */
export type Trouble = { tell(source: string, reason: string): Promise<void> };

export function createTrouble({
  clock,
  log,
  sources,
  receive,
}: Pick<WorkDeps, 'clock' | 'log' | 'sources' | 'receive'>): Trouble {
  return {
    async tell(source, reason) {
      const system = sources.get(source)?.kind ?? source;
      const { key, raw } = draftOfTrouble(source, reason, system, clock.now());
      log.error({ source, reason }, 'A source has not been answering for a while');
      await receive(source, raw, key);
    },
  };
}
