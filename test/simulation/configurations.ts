import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { type Config, renderFault } from '../../src/config.ts';
import { defineSink } from '../../src/sinks/define.ts';
import { EXAMPLE, load } from '../support/config.ts';
import type { ConfigFile } from '../support/house.ts';
import { SINKS } from './far-sides.ts';

const simulated = defineSink({
  kind: 'simulated',
  settings: z.strictObject({}),
  create: () => {
    throw new Error('The far sides of a simulation are opened by the simulation.');
  },
});

const ROUTES: Readonly<Record<string, readonly string[]>> = {
  promo_activation: ['oms', 'shop'],
  price_update: ['oms', 'shop'],
  inventory_delta: ['oms', 'wms', 'shop'],
  staged_product: ['oms', 'shop'],
  live_publish: ['oms', 'shop'],
  shipping_label_request: ['fedex', 'usps'],
  shipping_label_response: ['oms', 'wms'],
  return_initiate: ['oms', 'wms'],
  exception_notify: ['oms'],
  content_package_change: ['oms', 'wms'],
};

/** How an operator changes the file between two starts. */
const EDITS: readonly ((file: ConfigFile) => void)[] = [
  () => undefined,
  ({ policies }) => {
    Object.assign(policies['promo_activation'] ?? {}, { undo_ms: 600_000, sla_ms: 3_600_000 });
    Object.assign(policies['price_update'] ?? {}, {
      rollout: { stages: [25, 100], advance: 'hand', hold_ms: 600_000, min_lines: 4 },
    });
    Object.assign(policies['shipping_label_request'] ?? {}, { failover: { approve: 'always' } });
  },
  ({ policies }) => {
    delete policies['price_update']?.['rollout'];
    delete policies['promo_activation']?.['staging'];
    Object.assign(policies['inventory_delta'] ?? {}, { gate: 'single', undo_ms: 30_000 });
    Object.assign(policies['shipping_label_request'] ?? {}, { failover: { approve: 'never' } });
  },
  ({ policies }) => {
    Object.assign(policies['price_update'] ?? {}, { gate: 'two_step', ordered: true, sla_ms: 300_000 });
    Object.assign(policies['return_initiate'] ?? {}, { gate: 'two_step' });
    Object.assign(policies['inventory_delta'] ?? {}, { staging: ['oms_staging'] });
  },
];

function made(edit: (file: ConfigFile) => void): Config {
  const file = parse(EXAMPLE) as ConfigFile;
  const open = { kind: 'simulated', secret_env: 'OMS_SECRET', settings: {} };
  file.sinks = Object.fromEntries(SINKS.map((name) => [name, open]));
  for (const [type, routes] of Object.entries(ROUTES))
    file.policies[type] = { ...file.policies[type], routes };
  // Somebody who holds both roles of a gate must still not sign it twice.
  const roles = file['roles'] as Record<string, { members: string[] }>;
  roles['operations']?.members.push('priya');
  edit(file);
  const loaded = load(stringify(file), undefined, undefined, [simulated]);
  if (!loaded.ok)
    throw new Error(loaded.faults.map((fault) => renderFault('meshline.yml', fault)).join('\n'));
  return loaded.config;
}

let all: readonly Config[] | null = null;

/** The example's company on simulated sinks, and the same as its operators change it. */
export function configurations(): readonly Config[] {
  all ??= EDITS.map(made);
  return all;
}
