import type { Json } from './envelope.ts';
import type { Event } from './events.ts';
import { counted } from './rollout-state.ts';
import type { Export, Push } from './state.ts';

type PushEvent = Extract<
  Event,
  { type: 'push_delivered' | 'push_advanced' | 'push_retried' | 'push_unknown' | 'push_failed' }
>;

/** What was told of a push so far; within a fact that is a map, such as `before`, the first value of a key stays. */
function told(state: Export, key: string, more: Push['facts']): Push['facts'] {
  const known = state.pushes.find((push) => push.key === key)?.facts ?? {};
  const merged = Object.entries(more).map(([name, value]) => {
    const earlier = known[name];
    return [name, isMap(earlier) && isMap(value) ? { ...value, ...earlier } : value] as const;
  });
  return { ...known, ...Object.fromEntries(merged) };
}

function isMap(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withPush(state: Export, key: string, change: Partial<Push>): readonly Push[] {
  return state.pushes.map((push) => (push.key === key ? { ...push, ...change } : push));
}

function attempted(state: Export, key: string): number {
  return (state.pushes.find((push) => push.key === key)?.attempts ?? 0) + 1;
}

/** What an attempt at a sink came to. */
export function pushed(state: Export, event: PushEvent): Partial<Export> {
  switch (event.type) {
    case 'push_delivered':
      return {
        ...counted(state, 'well'),
        pushes: withPush(state, event.key, {
          status: 'delivered',
          attempts: attempted(state, event.key),
          next_at: null,
          detail: event.reference,
          exception_code: null,
          facts: told(state, event.key, event.facts ?? {}),
        }),
      };
    case 'push_advanced':
      return {
        pushes: withPush(state, event.key, {
          status: 'waiting',
          next_at: null,
          cursor: event.cursor,
          facts: told(state, event.key, event.facts),
        }),
      };
    case 'push_retried':
    case 'push_unknown':
      return {
        ...counted(state, 'retried'),
        pushes: withPush(state, event.key, {
          status: event.type === 'push_retried' ? 'retrying' : 'unknown',
          attempts: attempted(state, event.key),
          next_at: event.next_at,
          detail: event.cause,
        }),
      };
    case 'push_failed':
      return {
        ...counted(state, 'wrong'),
        pushes: withPush(state, event.key, {
          status: 'failed',
          attempts: attempted(state, event.key),
          next_at: null,
          detail: event.message,
          exception_code: event.exception_code,
        }),
      };
  }
}
