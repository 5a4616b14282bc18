import { toIso } from '../clock.ts';

/**
 * Text the core hands to whatever shows it. Plain strings may hold anything a sender wrote; the
 * surface escapes them. `strong` is emphasis, `at` an instant (ms) shown in the reader's own zone.
 */
export type Part = string | { strong: string } | { at: number };
export type Line = readonly Part[];

/** The words of a line without emphasis, instants in UTC: for logs, tasks and e-mail subjects. */
export function plain(line: Line): string {
  return line
    .map((part) =>
      typeof part === 'string'
        ? part
        : 'strong' in part
          ? part.strong
          : `${toIso(part.at).slice(0, 16).replace('T', ' ')} UTC`,
    )
    .join('');
}
