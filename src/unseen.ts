/**
 * What a terminal or a reader would act on, or not see: control characters but line ends and tabs, direction
 * marks, separators of lines, and what has no width.
 */
const UNSEEN = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** As JSON writes them: the same text to whoever reads it as JSON, and nothing hidden to whoever reads it as it is. */
export function escapeUnseen(text: string): string {
  return text.replace(UNSEEN, (char) =>
    Array.from(
      { length: char.length },
      (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** The same on one line, for what stands beside our own words. */
export function oneLine(text: string): string {
  return escapeUnseen(text.replace(/[\r\n\t\u0085\u2028\u2029]+/gu, ' '));
}
