import { z } from 'zod';
import { defineSink, type SinkKind } from '../../src/sinks/define.ts';
import type { Facts, PushRequest, SinkOutcome } from '../../src/sinks/port.ts';
import type { ConfigFile } from './house.ts';

export type Recording = {
  kind: SinkKind;
  /** Everything that any sink of this kind was asked, in order. */
  pushes: PushRequest[];
  /** Decides the answer; without one everything is delivered. */
  answer: ((request: PushRequest) => SinkOutcome) | null;
};

/**
 * A kind of sink that takes every operation of exports and remembers what it was asked; what begins
 * later too, unless it keeps no schedule.
 */
export function recordingSink(facts: Facts = {}, schedules = true): Recording {
  const recording: Recording = {
    pushes: [],
    answer: null,
    kind: defineSink({
      kind: 'recording',
      settings: z.strictObject({}),
      create: (_settings, { name }) => ({
        name,
        limits: { concurrency: 1, rate_per_second: null },
        idempotent: true,
        schedules,
        accepts: (operation) => !operation.startsWith('task.'),
        async push(request) {
          recording.pushes.push(request);
          const usual: SinkOutcome = {
            kind: 'delivered',
            reference: `REC-${recording.pushes.length}`,
            facts,
          };
          return recording.answer?.(request) ?? usual;
        },
        reconcile: async () => ({ kind: 'absent' }),
        close: async () => undefined,
      }),
    }),
  };
  return recording;
}

/** Adds one such sink to the configuration and sends these types there. */
export function routed(file: ConfigFile, name: string, types: readonly string[], more: object = {}): void {
  file.sinks[name] = { kind: 'recording', secret_env: 'OMS_SECRET', settings: {}, ...more } as never;
  for (const type of types) file.policies[type] = { ...file.policies[type], routes: [name] };
}
