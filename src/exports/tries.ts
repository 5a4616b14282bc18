/** `…-t2` for the second try of a push, `…-t3` for the one after it. */
export function nextTry(key: string): string {
  const [, stem = key, n = '1'] = /^(.*)-t(\d+)$/.exec(key) ?? [];
  return `${stem}-t${Number(n) + 1}`;
}

/** The present form of a push's first key, which it may have left for a later try. */
export function isTryOf(key: string, first: string): boolean {
  return key === first || (key.startsWith(`${first}-t`) && /^\d+$/.test(key.slice(first.length + 2)));
}
