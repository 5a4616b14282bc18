import type { Call } from '../../../sandbox/calls.ts';

/** Calls that were on their way when Slack asked for quiet. */
const ON_THEIR_WAY_MS = 100;

const keyOf = ({ method, args }: Call) =>
  method === 'chat.postMessage' ? `${method} ${String(args['channel'])}` : method;

/** Calls that came before Slack wanted them: of that method, and for posts in that channel. */
export function earlyCalls(calls: readonly Call[]): Call[] {
  const asked = new Map<string, { at: number; until: number }>();
  return calls.filter((call) => {
    const quiet = asked.get(keyOf(call));
    if (call.retry_after !== undefined)
      asked.set(keyOf(call), { at: call.at, until: call.at + call.retry_after * 1000 });
    return quiet !== undefined && call.at < quiet.until && call.at > quiet.at + ON_THEIR_WAY_MS;
  });
}

/** When Slack will take the last of these methods again, ms; 0 where it asked for no quiet. */
export function quietUntil(calls: readonly Call[]): number {
  return Math.max(0, ...calls.map(({ at, retry_after }) => (retry_after ? at + retry_after * 1000 : 0)));
}
