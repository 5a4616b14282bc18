import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextDelay } from '../../../src/sinks/retry.ts';

const policy = { max_attempts: 5, first_delay_ms: 1_000, max_delay_ms: 60_000 };

it('doubles its ceiling with each attempt and keeps to the cap', () => {
  const longest = [1, 2, 3, 4].map((attempt) => nextDelay(policy, attempt, null, 0.999_999_9));
  expect(longest).toEqual([2_000, 4_000, 8_000, 16_000]);
  expect(nextDelay({ ...policy, max_attempts: 10_000 }, 5_000, null, 0.999_999_9)).toBe(60_000);
});

it('gives up when the attempts are used up', () => {
  expect(nextDelay(policy, 4, null, 0)).toBe(1_000);
  expect(nextDelay(policy, 5, null, 0)).toBeNull();
  expect(nextDelay(policy, 6, 1_000, 0)).toBeNull();
});

it('stays between its bounds, and never comes earlier than it was asked to', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.option(fc.integer({ min: 0, max: 3_600_000 })),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, asked, random) => {
        const delay = nextDelay(policy, attempt, asked, random);
        if (delay === null) throw new Error('There are attempts left.');
        expect(delay).toBeGreaterThanOrEqual(Math.max(policy.first_delay_ms, asked ?? 0));
        expect(delay).toBeLessThanOrEqual(Math.max(policy.max_delay_ms, asked ?? 0));
      },
    ),
  );
});
