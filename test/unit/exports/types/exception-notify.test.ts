import { expect, test } from 'vitest';
import { plain } from '../../../../src/exports/text.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../src/exports/words.ts';
import { type Changes, changed, examine, finding, READABLE } from '../../../support/examine.ts';
import { fixture } from '../../../support/fixtures.ts';

const TYPE = 'exception_notify';

test.each<[string, string, Changes]>([
  ['exception_code_missing', 'error exception_code', { exception_code: undefined }],
  ['seen_in_future', 'error payload.first_seen', { 'payload.first_seen': '2026-11-24T09:06:00Z' }],
  ['seen_reversed', 'error payload.last_seen', { 'payload.last_seen': '2026-11-24T08:40:00Z' }],
])('%s at %s', (code, at, changes) => {
  const found = finding(examine(changed(TYPE, changes)).problems, code);
  expect(found?.at).toBe(at);
  expect(found?.message).toMatch(READABLE);
});

test.each([
  ['critical', 5 * MINUTE_MS],
  ['high', 30 * MINUTE_MS],
  ['normal', 4 * HOUR_MS],
  ['low', 4 * HOUR_MS],
])('a %s one has %d ms', (severity, sla_ms) => {
  expect(examine(changed(TYPE, { 'payload.severity': severity })).sla_ms).toBe(sla_ms);
});

test.each([
  ['insufficient_inventory', 'supply_chain'],
  ['sku_mapping_failed', 'merchandising'],
  ['carrier_mismatch', 'logistics'],
  ['never_heard_of', 'engineering'],
  [undefined, 'remediation'],
])('%s is acknowledged by %s', (exception_code, role) => {
  const { owner_role, gate } = examine(changed(TYPE, { exception_code }));
  expect(owner_role).toBe(role);
  expect(gate).toMatchObject({ mode: 'single', roles: [role] });
});

test('says what happened, to what, and what to do', () => {
  const { card, operations } = examine(fixture(TYPE));
  expect(plain(card.headline)).toBe(
    'Take over: FedEx refuses labels for two orders to Zürich (label pending, 2 orders)',
  );
  expect(card.facts.map(({ label }) => label)).toEqual([
    'Severity',
    'What to do',
    'Seen',
    'Last',
    'Affects',
    'Detail',
  ]);
  expect(operations).toMatchObject([
    {
      name: 'exception.open',
      body: { exception_code: 'label_pending', exception_metadata: { carrier: 'fedex' } },
    },
  ]);
});

test('the same trouble of the same things is one subject, in whatever order', () => {
  const { subjects } = examine(fixture(TYPE));
  const turned = changed(TYPE, {
    'payload.affected': [
      { kind: 'order', reference: '100487' },
      { kind: 'order', reference: '100482' },
    ],
  });
  expect(examine(turned).subjects).toEqual(subjects);
  expect(examine(changed(TYPE, { exception_code: 'carrier_mismatch' })).subjects).not.toEqual(subjects);
});
