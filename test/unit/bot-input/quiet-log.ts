import type { Log } from '../../../src/log.ts';

/** A log that keeps what was written, for tests that ask about it. */
export function quietLog(): Log & { lines: { level: string; facts: object; message: string }[] } {
  const lines: { level: string; facts: object; message: string }[] = [];
  const keep = (level: string) => (facts: object, message: string) =>
    void lines.push({ level, facts, message });
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
