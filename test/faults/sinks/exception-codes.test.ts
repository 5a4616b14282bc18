import { describe, expect, it } from 'vitest';
import { TYPES } from '../../../src/exports/catalog.ts';
import { EXCEPTIONS, exceptionRule } from '../../../src/exports/exceptions.ts';
import { CAUSES } from '../../../src/sinks/bigcommerce/causes.ts';
import { FEDEX_CODES } from '../../../src/sinks/fedex/codes.ts';
import { SINK_KINDS } from '../../../src/sinks/registry.ts';
import { SHIPSTATION_CODES } from '../../../src/sinks/shipstation/codes.ts';
import {
  codeOf,
  type Family,
  QUERY_ERRORS,
  STATUSES,
  USER_ERRORS,
} from '../../../src/sinks/shopify/errors.ts';
import { USPS_CODES } from '../../../src/sinks/usps/codes.ts';
import { openRow, ROWS } from './egress-rows.ts';
import { hostileSide } from './hostile.ts';

type Answer = { status: number; body: object };

/** How each kind is refused with a code of its own; its words say nothing. */
const REFUSED: Readonly<Record<string, (code: string, status?: number) => Answer>> = {
  webhook: (code, status = 422) => ({ status, body: { exception_code: code, message: 'No.' } }),
  bigcommerce: (title, status = 422) => ({ status, body: { status, title } }),
  shopify: (code, status = 200) => ({ status, body: { errors: [{ message: 'No.', extensions: { code } }] } }),
  fedex: (code, status = 400) => ({ status, body: { errors: [{ code, message: 'No.' }] } }),
  shipstation: (code, status = 400) => ({
    status,
    body: {
      errors: [{ error_source: 'shipstation', error_type: 'validation', error_code: code, message: 'No.' }],
    },
  }),
  usps: (code, status = 400) => ({
    status,
    body: {
      error: { code: String(status), message: 'No.', errors: [{ code, title: 'No.', detail: 'No.' }] },
    },
  }),
};

/** A sink of this kind whose far side takes its tokens and then gives one answer to everything. */
async function refusedBy(kind: string) {
  let answer: Answer = { status: 500, body: {} };
  const row = ROWS.findLast((each) => each.kind === kind);
  const honest = row?.turns.at(-1)?.honest;
  const [push] = row?.pushes ?? [];
  if (!row || !honest || !push) throw new Error('Every kind has a row.');
  const far = await hostileSide((response) => {
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  }, honest);
  const sink = openRow(row, far.url);
  return async (next: Answer) => {
    answer = next;
    return await sink.push(push);
  };
}

it('every kind of sink is refused here', () => {
  expect(Object.keys(REFUSED).sort()).toEqual(SINK_KINDS.map(({ kind }) => kind).sort());
});

/** Codes of the carriers' tables that pass by themselves: tried again, or looked for. */
const PASSES: ReadonlySet<string> = new Set(['rate_limited', 'carrier_unavailable', 'outcome_unknown']);

describe.each([
  ['fedex', FEDEX_CODES],
  ['usps', USPS_CODES],
  ['shipstation', SHIPSTATION_CODES],
] as const)('each code of %s', (kind, table) => {
  it('comes out of the sink as ours', async () => {
    const push = await refusedBy(kind);
    for (const [theirs, ours] of Object.entries(table)) {
      const outcome = await push(REFUSED[kind]?.(theirs) ?? { status: 500, body: {} });
      if (PASSES.has(ours))
        expect([theirs, outcome.kind]).toEqual([theirs, expect.stringMatching(/^(?:retry|unknown)$/u)]);
      else
        expect([theirs, outcome]).toEqual([
          theirs,
          expect.objectContaining({ kind: 'failed', exception_code: ours }),
        ]);
    }
  });
});

/** Words of BigCommerce, at least one for each row of its causes. */
const WORDS = [
  'Currency is not enabled.',
  'The maximum number of products has been reached, a limit.',
  'A fresh item requires absolute adjustment.',
  'The inventory is tracked by variant.',
  'Stock may not be negative.',
  'There is no such location.',
  'The limit of variants was reached.',
  'The price must be above cost.',
  'The variant does not exist.',
  'The weight is too long.',
  'No.',
];

it('each cause of BigCommerce comes out of the sink as ours', async () => {
  const push = await refusedBy('bigcommerce');
  for (const cause of CAUSES) {
    const first = (words: string) =>
      CAUSES.find((each) => each.status === cause.status && (each.words === null || each.words.test(words)));
    const words = WORDS.find((each) => first(each) === cause);
    expect([cause, words]).toEqual([cause, expect.any(String)]);
    const { status, body } = REFUSED['bigcommerce']?.(words ?? '', cause.status) ?? { status: 500, body: {} };
    expect(await push({ status, body })).toMatchObject({ kind: 'failed', exception_code: cause.code });
  }
});

it('each code and status of Shopify comes out of the sink as ours', async () => {
  const push = await refusedBy('shopify');
  for (const [theirs, ours] of Object.entries(QUERY_ERRORS))
    expect(await push(REFUSED['shopify']?.(theirs) ?? { status: 500, body: {} })).toMatchObject({
      kind: 'failed',
      exception_code: ours,
    });
  for (const [status, [ours]] of Object.entries(STATUSES))
    expect(await push({ status: Number(status), body: {} })).toMatchObject({
      kind: 'failed',
      exception_code: ours,
    });
  for (const [family, rows] of Object.entries(USER_ERRORS))
    for (const [code, ours] of Object.entries(rows))
      expect(codeOf(family as Family, { code, message: 'No.' })).toBe(ours);
});

it('each code of the catalogue is taken as it is from a partner who names it', async () => {
  const push = await refusedBy('webhook');
  const all = [...Object.keys(EXCEPTIONS), ...TYPES.flatMap(({ exceptions }) => Object.keys(exceptions))];
  for (const code of new Set(all))
    expect(await push(REFUSED['webhook']?.(code) ?? { status: 500, body: {} })).toMatchObject({
      kind: 'failed',
      exception_code: code,
    });
});

it.each(SINK_KINDS.map(({ kind }) => kind))(
  'a code that %s never named before goes to a person',
  async (kind) => {
    const push = await refusedBy(kind);
    const outcome = await push(REFUSED[kind]?.('NEVER_HEARD_OF_0001', 400) ?? { status: 500, body: {} });
    expect(outcome.kind).toBe('failed');
    const code = outcome.kind === 'failed' ? outcome.exception_code : '';
    for (const type of TYPES)
      expect(exceptionRule(type, code)).toMatchObject({ role: 'engineering', then: 'fail' });
  },
);
