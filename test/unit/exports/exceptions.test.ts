import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { TYPES } from '../../../src/exports/catalog.ts';
import { EXCEPTIONS, exceptionRule } from '../../../src/exports/exceptions.ts';
import type { Export } from '../../../src/exports/state.ts';
import { fold, received } from '../../support/core.ts';
import { catalog, failure, made, ownerOf } from '../../support/labels.ts';
import { T0 } from '../../support/manual-clock.ts';

/** On its way to a sink, as an export of this type. */
function delivering(type: string): Export {
  const state = received({ gate: 'policy' });
  if (!state.revision) throw new Error('It has values.');
  return { ...state, revision: { ...state.revision, export_type: type } };
}

function refused(type: string, code: string): Export {
  const state = delivering(type);
  const key = state.pushes[0]?.key ?? '';
  const events = made(state, { do: 'record_push', key, outcome: failure(code), next_at: T0 + 1_000 });
  return fold(state, events, T0, state.id);
}

const CODES = TYPES.flatMap((type) =>
  [...new Set([...Object.keys(EXCEPTIONS), ...Object.keys(type.exceptions)])].map(
    (code) => [code, type.name] as const,
  ),
);

describe('the catalogue', () => {
  it.each(CODES)('%s stops a %s and gives it to whoever owns that', (code, type) => {
    const rule = exceptionRule(catalog.get(type), code);
    const state = refused(type, code);
    expect(state.status).toBe(rule.then === 'pause' ? 'paused' : 'failed');
    expect(state.trouble).toMatchObject({
      code,
      role: rule.role,
      severity: rule.severity,
      remedy: rule.remedy,
      // A failure of its own role stays with the export's own owner.
      owner: rule.role === state.route.role ? state.route.owner : ownerOf.get(rule.role),
    });
    expect(state.pushes.map((push) => push.status)).toEqual(['failed']);
  });

  it.each(Object.entries(EXCEPTIONS))('%s says what to do, in a sentence', (_code, { remedy }) => {
    expect(remedy).toMatch(/^[A-Z].{15,}\.$/u);
  });
});

test("a type's own rule goes before the general one", () => {
  const staged = catalog.get('staged_product');
  expect(exceptionRule(undefined, 'resource_state_conflict').role).toBe('logistics');
  expect(exceptionRule(staged, 'resource_state_conflict').role).toBe('merchandising');
});

test.each(['never_heard_of', 'constructor', '__proto__', 'toString'])(
  'an unknown code such as %s goes to a person and is not tried again',
  (code) => {
    const state = refused('price_update', code);
    expect(state).toMatchObject({ status: 'failed', trouble: { code, role: 'engineering' } });
    expect(state.trouble?.owner).toBe(ownerOf.get('engineering'));
    expect(state.pushes[0]).toMatchObject({ status: 'failed', next_at: null });
  },
);

const Survey = z.object({
  rows: z.array(z.object({ exception_code: z.string(), alternate_carrier: z.boolean() })),
});
const survey = new URL('../../../../shared/specs/carrier-exceptions.json', import.meta.url);

test.skipIf(!existsSync(survey))('an alternate is tried for exactly what the survey of carriers says', () => {
  const { rows } = Survey.parse(JSON.parse(readFileSync(survey, 'utf8')));
  const surveyed = Map.groupBy(rows, (row) => row.exception_code);
  for (const [code, own] of surveyed) {
    const rule = EXCEPTIONS[code];
    // What carriers answer differently for is never tried elsewhere by itself.
    if (rule)
      expect([code, rule.alternate ?? false]).toEqual([code, own.every((row) => row.alternate_carrier)]);
  }
});
