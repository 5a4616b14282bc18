import { expect, test } from 'vitest';
import { createCatalog, TYPES } from '../../../../src/exports/catalog.ts';
import type { Directory } from '../../../../src/exports/ownership.ts';
import { type Reading, read } from '../../../../src/exports/receive.ts';
import { Role } from '../../../../src/exports/words.ts';
import { ALICE, BOB, directory } from '../../../support/core.ts';
import { fixture } from '../../../support/fixtures.ts';
import { T0 } from '../../../support/manual-clock.ts';

const everybody: Directory = {
  ...directory,
  roles: new Map(
    Role.options.map((role) => [role, { members: [ALICE, BOB], channel: `C_${role}`, default_owner: ALICE }]),
  ),
};

const reading: Reading = {
  now: T0,
  catalog: createCatalog(),
  directory: everybody,
  policies: new Map(TYPES.map(({ name }) => [name, { routes: ['anything'] }])),
  sinks: [{ name: 'anything', accepts: () => true }],
  source: { name: 'fixtures', types: null, can_refetch: false },
};

const NAMES = TYPES.map(({ name }) => name);

test.each(NAMES)('%s is received, owned, gated and routed', (name) => {
  const { problems, revision, route } = read(fixture(name), reading, 1);
  expect(problems).toEqual([]);
  expect(route).toMatchObject({ owner: ALICE, channel: `C_${route.role}` });
  expect(revision?.policy.gate.reason).not.toBe('');
  expect(Object.values(revision?.policy.routes ?? {})).toContainEqual(['anything']);
});

test.each(NAMES)(
  '%s has the same hash whatever the order of its keys, and whatever is left out as null',
  (name) => {
    const raw = fixture(name);
    const turned = { ...raw, payload: Object.fromEntries(Object.entries(raw.payload).reverse()) };
    const type = reading.catalog.get(name);
    const spelledOut = { ...raw, payload: JSON.parse(JSON.stringify(type?.payload.parse(raw.payload))) };
    const hash = read(raw, reading, 1).revision?.hash;
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(read(turned, reading, 1).revision?.hash).toBe(hash);
    expect(read(spelledOut, reading, 1).revision?.hash).toBe(hash);
  },
);

test.each([
  ['exception_notify', 'logistics', 30],
  ['content_package_change', 'marketing_ops', 240],
  ['return_initiate', 'operations', 240],
  ['shipping_label_request', 'logistics', 10],
  ['inventory_delta', 'supply_chain', 15],
  ['price_update', 'merchandising', 30],
  ['promo_activation', 'marketing_ops', 15],
])('%s goes to %s for %d minutes', (name, role, minutes) => {
  const { route, revision } = read(fixture(name), reading, 1);
  expect(route.role).toBe(role);
  expect(revision?.policy.sla_ms).toBe(minutes * 60_000);
});
