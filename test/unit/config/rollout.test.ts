import { expect, it } from 'vitest';
import { edited, faultsOf, load, WHOLE } from '../../support/config.ts';

const policy = '  price_update:\n';
const withRollout = (rollout: string) => edited(policy, `${policy}    rollout: ${rollout}\n`);

it('takes a rollout, and only what makes sense of one', () => {
  expect(WHOLE).toContain(policy);
  const loaded = load(withRollout('{ stages: [5, 25, 100], hold_ms: 0, advance: hand }'));
  expect(loaded.ok && loaded.config.policies.get('price_update')?.rollout).toEqual({
    stages: [5, 25, 100],
    hold_ms: 0,
    advance: 'hand',
  });
  expect(faultsOf(withRollout('{ stages: [50, 10, 100] }')).join()).toContain('The percents rise');
  expect(faultsOf(withRollout('{ stages: [10, 90] }')).join()).toContain('the last stage is 100');
  expect(faultsOf(withRollout('{ stages: [100] }')).join()).toContain('at least two stages');
  expect(faultsOf(withRollout('{ hold: 5 }'))).toHaveLength(1);
});

it('keeps the name under which Meshline sends exports of its own', () => {
  const source = 'sources:\n';
  const text = edited(
    source,
    `${source}  meshline:\n    secret_env: PIM_SECRET\n    types: [price_update]\n`,
  );
  expect(faultsOf(text).join()).toContain(
    'meshline is the name under which Meshline sends exports of its own',
  );
});
