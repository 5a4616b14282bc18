import { parse } from 'csv-parse/sync';
import { z } from 'zod';

/** One row of a table, with the line of the text on which it ends, from 1. */
export type CsvRow = { line: number; cells: readonly string[] };

/** With `info` each record comes with its place. */
const Records = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

/**
 * The rows of a CSV text that are not empty. A row whose quotes do not fit is told to `onBroken` by its
 * line and left out; without that, such a text throws.
 */
export function csvRows(
  text: string,
  { delimiter = ',', onBroken }: { delimiter?: string; onBroken?: (line: number) => void } = {},
): readonly CsvRow[] {
  const records = parse(text, {
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    ...(onBroken
      ? {
          skip_records_with_error: true,
          on_skip(error: { [key: string]: unknown } | undefined) {
            onBroken(Number(error?.['lines'] ?? 0));
            return undefined;
          },
        }
      : {}),
  });
  return Records.parse(records).map(({ record, info }) => ({ line: info.lines, cells: record }));
}
