import type { Export, Push } from './state.ts';

/** `…-t2` for the second try of a push, `…-t3` for the one after it. */
export function nextTry(key: string): string {
  const [, stem = key, n = '1'] = /^(.*)-t(\d+)$/.exec(key) ?? [];
  return `${stem}-t${Number(n) + 1}`;
}

/** The present form of a push's first key, which it may have left for a later try. */
export function isTryOf(key: string, first: string): boolean {
  return key === first || (key.startsWith(`${first}-t`) && /^\d+$/.test(key.slice(first.length + 2)));
}

/**
 * The same part at the same system under an earlier key, delivered or perhaps on its way: it is not sent
 * again, or only once it has been looked for.
 */
export function sentBefore(
  pushes: readonly Push[],
  { sink, operation }: Pick<Push, 'sink' | 'operation'>,
  alternatives: boolean,
): Push | undefined {
  const body = JSON.stringify(operation.body);
  const same = pushes.filter((push) => push.sink === sink && push.operation.name === operation.name);
  const isSame = (push: Push) => JSON.stringify(push.operation.body) === body;
  // One of several alternatives was asked in its own words.
  const delivered = same.find((push) => push.status === 'delivered' && (alternatives || isSame(push)));
  return delivered ?? same.find((push) => isOpen(push) && isSame(push));
}

const isOpen = ({ status }: Push) => status !== 'delivered' && status !== 'failed';

/**
 * What stays when a pause is resolved: what is done, and what may have been sent without its end being
 * known. A system that took it and said later that it could not
 * carry it out is sent it again, unless the trouble leaves the effect standing.
 */
export function stillStanding({ pushes, trouble }: Pick<Export, 'pushes' | 'trouble'>): readonly Push[] {
  const reported =
    trouble !== null &&
    trouble.stands !== true &&
    !pushes.some((push) => push.sink === trouble.sink && push.status === 'failed');
  return pushes.filter(
    (push) => isOpen(push) || (push.status === 'delivered' && !(reported && push.sink === trouble.sink)),
  );
}
