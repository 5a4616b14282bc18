import { expect, test } from 'vitest';
import { createCatalog } from '../../../src/exports/catalog.ts';
import { exceptionRule } from '../../../src/exports/exceptions.ts';

test.each([
  ['no_owner', 'remediation', 'pause'],
  ['insufficient_inventory', 'supply_chain', 'pause'],
  ['sku_mapping_failed', 'merchandising', 'pause'],
  ['label_pending', 'logistics', 'pause'],
  ['carrier_mismatch', 'logistics', 'pause'],
  ['sink_unauthorized', 'engineering', 'fail'],
])('%s belongs to %s and makes the export %s', (code, role, then) => {
  expect(exceptionRule(undefined, code)).toMatchObject({ role, then });
});

test("a type's own rule goes before the general one", () => {
  const staged = createCatalog().get('staged_product');
  expect(exceptionRule(undefined, 'resource_state_conflict').role).toBe('logistics');
  expect(exceptionRule(staged, 'resource_state_conflict').role).toBe('merchandising');
});

test.each(['never_heard_of', 'constructor', '__proto__', 'toString'])(
  'an unknown code such as %s goes to engineering and is not retried',
  (code) => {
    const rule = exceptionRule(createCatalog().get('price_update'), code);
    expect(rule).toMatchObject({ role: 'engineering', then: 'fail' });
  },
);
