import type { Counts } from './counts.ts';
import { ROWS, type Row, type RowId } from './rows.ts';
import type { Scale } from './scale.ts';

export type Reported = Partial<Record<RowId, Counts>>;

export const rowIds = Object.keys(ROWS) as RowId[];

/** Why a row does not stand, or nothing. In shorter runs the number of tries is only told. */
export function short(row: Row, counts: Counts | undefined, scale: Scale): string | null {
  if (!counts || counts.tries === 0) return 'not tried';
  if (counts.lost + counts.doubled + counts.wrong > 0) return 'broken';
  if (scale === 'full' && counts.tries < row.tries)
    return `fewer than ${row.tries.toLocaleString('en')} tries`;
  // Beside the rest of the tests the machine itself takes its time.
  if (row.ms && scale !== 'short') {
    if (counts.ms === undefined) return 'not measured';
    if (counts.ms > row.ms.most) return 'too slow';
  }
  return null;
}

const duration = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

function cells(row: Row, counts: Counts | undefined, scale: Scale): string[] {
  const number = (value: number | undefined) => (value === undefined ? '-' : value.toLocaleString('en'));
  const time = counts?.ms === undefined ? '' : duration(counts.ms);
  const bar = row.ms ? `${row.ms.of} ${duration(row.ms.most)}` : '';
  return [
    row.fault,
    number(counts?.tries),
    number(counts?.lost),
    number(counts?.doubled),
    number(counts?.wrong),
    time,
    bar,
    short(row, counts, scale) ?? 'ok',
  ];
}

const HEADING = ['fault', 'tries', 'lost', 'doubled', 'wrong', 'worst', 'bar', ''];
const NUMBERS = new Set([1, 2, 3, 4, 5]);

/** The table that people read: one line a row, under the name of its group. */
export function table(reported: Reported, scale: Scale, only: readonly RowId[] = rowIds): string {
  const groups = Map.groupBy(only, (id) => ROWS[id].group);
  const lines = [...groups].map(([group, ids]) => ({
    group,
    rows: ids.map((id) => cells(ROWS[id], reported[id], scale)),
  }));
  const every = [HEADING, ...lines.flatMap(({ rows }) => rows)];
  const widths = HEADING.map((_, column) => Math.max(...every.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `  ${row
      .map((cell, at) => (NUMBERS.has(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')}`.trimEnd();
  return [line(HEADING), ...lines.flatMap(({ group, rows }) => ['', ` ${group}`, ...rows.map(line)])].join(
    '\n',
  );
}
