import { createHooks } from './hooks.ts';
import type { Hooks } from './port.ts';
import { createReconciler } from './reconcile.ts';
import { createWorker, type WorkDeps } from './work.ts';

export type Sources = {
  hooks: Hooks;
  /** Asks for what was missed where that is due, and works on what waits. */
  tick(): Promise<void>;
  /** Begins nothing more, breaks off what waits for a platform, and notes what has ended. */
  close(): Promise<void>;
};

/** Everything that comes in other than as a whole export: webhooks, and what they missed. */
export function createSources(deps: WorkDeps): Sources {
  const worker = createWorker(deps);
  const reconciler = createReconciler(deps, worker.soon);
  return {
    hooks: createHooks(deps, worker.soon),
    async tick() {
      await Promise.all([worker.run(), reconciler.tick()]);
    },
    async close() {
      const stopping = [worker.stop(), reconciler.stop()];
      // What is under way ends at once, without an answer, and is tried again after the next start.
      await Promise.all([...deps.sources.values()].map(({ source }) => source.close()));
      await Promise.all(stopping);
    },
  };
}
