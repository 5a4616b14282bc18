import { expect, it, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { EXAMPLE, faultsOf, load } from '../../support/config.ts';
import type { ConfigFile } from '../../support/house.ts';

function file(type: string, policy: object): string {
  const example = parse(EXAMPLE) as ConfigFile;
  Object.assign(example.policies[type] ?? {}, policy);
  return stringify(example);
}

test.each(['never', 'dearer', 'always'])('failover can ask %s', (approve) => {
  const loaded = load(file('shipping_label_request', { routes: ['wms', 'oms'], failover: { approve } }));
  expect(loaded.ok && loaded.config.policies.get('shipping_label_request')?.failover).toEqual({ approve });
});

it('is told apart from what it is not', () => {
  expect(faultsOf(file('shipping_label_request', { failover: { approve: 'sometimes' } })).join()).toContain(
    'approve',
  );
  expect(faultsOf(file('price_update', { failover: { approve: 'never' } })).join()).toContain('failover');
});

it('warns where there is nobody to fail over to', () => {
  const loaded = load(file('shipping_label_request', { routes: ['wms'], failover: { approve: 'never' } }));
  const warnings = loaded.ok ? loaded.warnings.map((each) => each.message) : [];
  expect(warnings.join()).toContain('nobody to fail over to');
});
