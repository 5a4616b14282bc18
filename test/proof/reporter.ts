import { writeFileSync } from 'node:fs';
import { stdout } from 'node:process';
import type { Reporter, TestModule } from 'vitest/node';
import { added } from './counts.ts';
import { SCALE } from './scale.ts';
import { type Reported, rowIds, table } from './table.ts';

function totals(modules: readonly TestModule[]): Reported {
  const all: Reported = {};
  for (const module of modules) {
    const counts = module.meta().proof ?? {};
    for (const id of rowIds) if (counts[id]) all[id] = added(all[id], counts[id]);
  }
  return all;
}

/** Prints after a run what its fault tests tried, or writes it where `npm run proof` asks for it. */
export default class ProofReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const reported = totals(modules);
    const out = process.env['MESHLINE_PROOF_OUT'];
    if (out !== undefined) writeFileSync(out, JSON.stringify(reported));
    else {
      const tried = rowIds.filter((id) => reported[id] !== undefined);
      stdout.write(`\n Faults\n${table(reported, SCALE, tried)}\n\n`);
    }
  }
}
