import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { EXAMPLE, faultsOf, load } from '../../support/config.ts';
import type { ConfigFile } from '../../support/house.ts';

function file(staging: unknown): string {
  const example = parse(EXAMPLE) as ConfigFile;
  Object.assign(example.policies['promo_activation'] ?? {}, { staging });
  return stringify(example);
}

it('takes the names of staging sinks', () => {
  const loaded = load(file(['oms_staging']));
  expect(loaded.ok && loaded.config.policies.get('promo_activation')?.staging).toEqual(['oms_staging']);
});

it('refuses a sink that there is not, and one that is named twice', () => {
  const [unknown] = faultsOf(file(['oms_stagin']));
  expect(unknown).toContain('policies.promo_activation.staging');
  expect(unknown).toContain('oms_staging');
  expect(faultsOf(file(['oms_staging', 'oms_staging']))[0]).toContain('"oms_staging" stands here twice.');
});
