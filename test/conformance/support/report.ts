import { afterAll } from 'vitest';

/** `operations`: those whose requests were validated. `error_codes`: those whose reading was looked at. */
export type ConformanceCounts = { operations: number; error_codes: number };

declare module 'vitest' {
  interface TaskMeta {
    conformance?: Record<string, ConformanceCounts>;
  }
}

const reported: Record<string, ConformanceCounts> = {};

// Registered first, so it runs last: whatever a test or a hook of the file has reported is there.
// oxlint-disable-next-line no-empty-pattern -- Vitest reads the pattern to learn which fixtures a hook needs.
afterAll(({}, suite) => {
  suite.file.meta.conformance = reported;
});

/**
 * Tells the table of `npm run test:conformance` what a test file has validated against a system's
 * specification. Called from a test or a hook of it, once the counts are known; counts of several files
 * for one system are added up.
 */
export function reportConformance(system: string, counts: ConformanceCounts): void {
  const known = reported[system] ?? { operations: 0, error_codes: 0 };
  reported[system] = {
    operations: known.operations + counts.operations,
    error_codes: known.error_codes + counts.error_codes,
  };
}
