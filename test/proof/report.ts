import { afterAll } from 'vitest';
import { added, type Counts } from './counts.ts';
import type { RowId } from './rows.ts';

declare module 'vitest' {
  interface TaskMeta {
    proof?: Partial<Record<RowId, Counts>>;
  }
}

const reported: Partial<Record<RowId, Counts>> = {};

// Registered first, so it runs last: whatever a test or a hook of the file has reported is there.
// oxlint-disable-next-line no-empty-pattern -- Vitest reads the pattern to learn which fixtures a hook needs.
afterAll(({}, suite) => {
  suite.file.meta.proof = reported;
});

/**
 * Tells the table of `npm run proof` what a test tried. Called with what was counted, before it is asserted;
 * counts of several tests or files for one row are added up.
 */
export function reportProof(row: RowId, counts: Counts): void {
  reported[row] = added(reported[row], counts);
}
