import type { Call } from '../../../sandbox/calls.ts';

/** Calls that were on their way when Slack asked for quiet. The test's clock may run faster than the machine's. */
const ON_THEIR_WAY_MS = 100;
const ON_THEIR_WAY_MACHINE_MS = 50;

const keyOf = ({ method, args }: Call) =>
  method === 'chat.postMessage' ? `${method} ${String(args['channel'])}` : method;

/** Calls that came before Slack wanted them: of that method, and for posts in that channel. */
export function earlyCalls(calls: readonly Call[]): Call[] {
  const asked = new Map<string, { at: number; machine_at: number; until: number }>();
  return calls.filter((call) => {
    const quiet = asked.get(keyOf(call));
    if (call.retry_after !== undefined)
      asked.set(keyOf(call), { ...call, until: call.at + call.retry_after * 1000 });
    if (quiet === undefined || call.at >= quiet.until) return false;
    const later = call.machine_at > quiet.machine_at + ON_THEIR_WAY_MACHINE_MS;
    return later && call.at > quiet.at + ON_THEIR_WAY_MS;
  });
}

/** When Slack will take the last of these methods again, ms; 0 where it asked for no quiet. */
export function quietUntil(calls: readonly Call[]): number {
  return Math.max(0, ...calls.map(({ at, retry_after }) => (retry_after ? at + retry_after * 1000 : 0)));
}
