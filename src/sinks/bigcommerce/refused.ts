import { z } from 'zod';
import { count } from '../../exports/phrases.ts';
import type { Facts, PushRequest, SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';

/** A line that the shop refused, by our SKU. */
const RefusedLine = z.object({ sku: z.string(), code: z.string(), message: z.string() });
export type RefusedLine = z.infer<typeof RefusedLine>;

/** Where a long push goes on: lines before `at` are settled, and these of them were refused. */
const Cursor = z.object({ at: z.int().min(0), refused: z.array(RefusedLine) });
export type Cursor = z.infer<typeof Cursor>;

/** The beginning, for a push that has no cursor. */
export function cursorOf({ cursor }: PushRequest): Cursor {
  if (cursor === null) return { at: 0, refused: [] };
  return Cursor.parse(JSON.parse(cursor));
}

export function partial(cursor: Cursor, facts: Facts): SinkOutcome {
  return { kind: 'partial', cursor: JSON.stringify(cursor), facts };
}

const MOST_LINES = 200;

/** The end of a push, of whose lines `done` went out: delivered, or failed with each refused line told. */
export function ended(
  done: number,
  refused: readonly RefusedLine[],
  delivered: Extract<SinkOutcome, { kind: 'delivered' }> = { kind: 'delivered', reference: null },
): SinkOutcome {
  const first = refused[0];
  if (!first) return delivered;
  const lines = refused.slice(0, MOST_LINES).map((each) => ({ ...each }));
  const oneCause = refused.every(({ code }) => code === first.code);
  const code = oneCause ? first.code : 'partial_failure';
  const told = done > 0 ? `${count(done, 'line')} went out, ${refused.length} did not. ` : '';
  const more = refused.length > 1 ? ` (and ${refused.length - 1} more)` : '';
  return failed(code, `${told}SKU ${first.sku}: ${first.message}${more}`, {
    lines,
    ...(code === 'sku_mapping_failed' ? { skus: lines.map(({ sku }) => sku) } : {}),
  });
}

const Before = z.record(z.string(), z.json());

/** Values told as held before, with those of this attempt added; what was told first stays. */
export function before(request: PushRequest, more: Facts): { before: Facts } {
  const known = Before.safeParse(request.facts['before']);
  return { before: { ...more, ...(known.success ? known.data : {}) } };
}
