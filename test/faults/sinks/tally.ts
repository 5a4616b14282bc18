import { afterEach } from 'vitest';
import { reportProof } from '../../proof/report.ts';

let lost = 0;
let doubled = 0;

/** What the far side has had of an effect that was due `wanted` times. */
export function met(effects: number, wanted = 1): void {
  lost += Math.max(0, wanted - effects);
  doubled += Math.max(0, effects - wanted);
}

/** Every test of this file is one try of a fault; one that fails without saying how is wrong. */
export function countTries(): void {
  afterEach(({ task }) => {
    const failed = task.result?.state === 'fail';
    const told = lost + doubled > 0;
    reportProof('sinks', { tries: 1, lost, doubled, wrong: failed && !told ? 1 : 0 });
    [lost, doubled] = [0, 0];
  });
}
