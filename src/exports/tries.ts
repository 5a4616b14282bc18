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

/** The same part at the same system, delivered under an earlier key: it is not sent again. */
export function deliveredBefore(
  pushes: readonly Push[],
  { sink, operation }: Pick<Push, 'sink' | 'operation'>,
  alternatives: boolean,
): Push | undefined {
  const body = JSON.stringify(operation.body);
  return pushes.find(
    (push) =>
      push.status === 'delivered' &&
      push.sink === sink &&
      push.operation.name === operation.name &&
      // One of several alternatives was asked in its own words.
      (alternatives || JSON.stringify(push.operation.body) === body),
  );
}

/**
 * What stays done when a pause is resolved. A system that took it and said later that it could not
 * carry it out is sent it again, unless the trouble leaves the effect standing.
 */
export function stillDelivered({ pushes, trouble }: Pick<Export, 'pushes' | 'trouble'>): readonly Push[] {
  const reported =
    trouble !== null &&
    trouble.stands !== true &&
    !pushes.some((push) => push.sink === trouble.sink && push.status === 'failed');
  return pushes.filter((push) => push.status === 'delivered' && !(reported && push.sink === trouble.sink));
}
