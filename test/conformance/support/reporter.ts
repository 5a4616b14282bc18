import { stdout } from 'node:process';
import type { Reporter, TestModule } from 'vitest/node';
import type { ConformanceCounts } from './report.ts';
import { SKIPPED, SPECS_HERE } from './specs.ts';

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return rows.map((row) => `  ${line(row)}`.trimEnd()).join('\n');
}

/** Counts of every system over all files. */
function totals(modules: readonly TestModule[]): Map<string, ConformanceCounts> {
  const all = new Map<string, ConformanceCounts>();
  for (const module of modules)
    for (const [system, { operations, error_codes }] of Object.entries(module.meta().conformance ?? {})) {
      const known = all.get(system) ?? { operations: 0, error_codes: 0 };
      all.set(system, {
        operations: known.operations + operations,
        error_codes: known.error_codes + error_codes,
      });
    }
  return all;
}

/** Prints, after a run, how much of each system was validated against its specification. */
export default class ConformanceReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (!SPECS_HERE) {
      stdout.write(`\n Conformance  ${SKIPPED}\n`);
      return;
    }
    const rows = [...totals(modules)]
      .toSorted(([one], [other]) => one.localeCompare(other))
      .map(([system, counts]) => [system, String(counts.operations), String(counts.error_codes)]);
    const heading = ['system', 'operations validated', 'error codes validated'];
    stdout.write(`\n Conformance\n${table([heading, ...rows])}\n\n`);
  }
}
