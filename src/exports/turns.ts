import type { Failover, TypePolicy } from './policy.ts';
import type { SinkFacts } from './stamp.ts';

/** How the sinks of a route take turns, or null when all of them are pushed to. */
export function failoverOf(
  policy: TypePolicy,
  wanted: readonly string[] | null,
  sinks: readonly SinkFacts[],
): Failover | null {
  if (!policy.failover || wanted === null) return null;
  const as = sinks.flatMap((sink) => {
    const name = nameOf(sink, wanted);
    return name === undefined ? [] : [[sink.name, name] as const];
  });
  return { approve: policy.failover.approve, as: Object.fromEntries(as) };
}

/** Its carrier that is wanted most, as it spells it; its own name where it makes no carrier's labels. */
function nameOf({ name, carriers }: SinkFacts, wanted: readonly string[]): string | undefined {
  const own = carriers ?? [name];
  const most = wanted.map((each) => own.find((carrier) => isSame(carrier, each))).find(Boolean);
  return most ?? carriers?.[0];
}

/** The wanted ones in the order in which they are wanted, then the others in the order of the routes. */
export function inTurn(
  sinks: readonly SinkFacts[],
  routes: readonly string[],
  wanted: readonly string[],
): readonly SinkFacts[] {
  const rank = (sink: SinkFacts) => {
    const place = wanted.findIndex((name) => goesBy(sink, name));
    return place < 0 ? wanted.length : place;
  };
  const place = (sink: SinkFacts) => routes.indexOf(sink.name);
  return sinks.toSorted((a, b) => rank(a) - rank(b) || place(a) - place(b));
}

/** `FedEx` and `fedex` are one carrier. */
function goesBy({ name, carriers }: SinkFacts, wanted: string): boolean {
  return [name, ...(carriers ?? [])].some((each) => isSame(each, wanted));
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
