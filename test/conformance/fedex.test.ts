import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Said } from '../../sandbox/sinks/carriers/carrier.ts';
import { FEDEX, fedexError } from '../../sandbox/sinks/carriers/fedex.ts';
import { FEDEX_CODES } from '../../src/sinks/fedex/codes.ts';
import type { PushRequest } from '../../src/sinks/port.ts';
import { ABROAD, aLabel, aVoid, PARCEL } from '../unit/sinks/carrier-far-side.ts';
import { fedexFarSide } from '../unit/sinks/fedex-far-side.ts';
import { loadSpec, SPECS_HERE, specPath } from './support/openapi.ts';
import { reportConformance } from './support/report.ts';

const FILES: Readonly<Record<string, string>> = {
  [FEDEX.rate]: 'fedex/rate-api.json',
  [FEDEX.ship]: 'fedex/ship-api.json',
  [FEDEX.cancel]: 'fedex/ship-api.json',
  [FEDEX.track]: 'fedex/track.json',
};
const specOf = (path: string) => loadSpec(FILES[path] ?? '');
const METHOD: Readonly<Record<string, string>> = { [FEDEX.cancel]: 'PUT' };
const keyOf = (path: string) => `${METHOD[path] ?? 'POST'} ${path}`;

const Rows = z.object({
  rows: z.array(
    z.object({ carrier: z.string(), code: z.string(), http: z.string(), exception_code: z.string() }),
  ),
});
const rows = () =>
  Rows.parse(JSON.parse(readFileSync(specPath('carrier-exceptions.json'), 'utf8'))).rows.filter(
    ({ carrier }) => carrier === 'fedex',
  );

/**
 * Where our reading differs from the proposal: a label may exist after an unexpected error, whatever
 * its status; what is told beside a label is a note of it.
 */
const OURS: Readonly<Record<string, string>> = {
  'SYSTEM.UNEXPECTED.ERROR': 'outcome_unknown',
  'SHIP.RECIPIENT.POSTALCITY.MISMATCH': 'note',
};
const THEIRS: Readonly<Record<string, string>> = { carrier_outcome_unknown: 'outcome_unknown' };

const recorded = (file: string): unknown[] =>
  z.array(z.unknown()).parse(JSON.parse(readFileSync(specPath(`fedex/samples/${file}`), 'utf8')));

describe.skipIf(!SPECS_HERE)('FedEx', () => {
  it('takes every request as its specification has it, and its answers are read', async () => {
    const far = await fedexFarSide();
    const sink = far.open({ fallback_phone: '+49 30 5550100' });
    const domestic = aLabel('fedex', { parcels: [PARCEL, { ...PARCEL, dimensions: null }] });
    const pushes: PushRequest[] = [
      domestic,
      { ...aLabel('fedex', ABROAD), key: 'abroad' },
      { ...aLabel('fedex', { label_format: 'zpl' }), key: 'zpl' },
      aVoid('fedex', '794953555010'),
    ];
    for (const push of pushes) expect(await sink.push(push)).toMatchObject({ kind: 'delivered' });
    await sink.reconcile(domestic);
    await sink.probe?.();
    const made = new Set<string>();
    for (const { method, path, headers, body } of far.seen.filter((one) => one.path !== FEDEX.token)) {
      const { operation, problems } = specOf(path).check({ method, path, headers, body });
      expect({ path, problems }).toEqual({ path, problems: [] });
      made.add(operation ?? '');
    }
    expect([...made].toSorted()).toEqual(Object.keys(FILES).map(keyOf).toSorted());
    reportConformance('fedex', { operations: made.size, error_codes: 0 });
  });

  it.each([
    [FEDEX.ship, 400, 'carrier_account_invalid'],
    [FEDEX.ship, 401, 'carrier_auth_expired'],
    [FEDEX.ship, 403, 'carrier_auth_forbidden'],
    [FEDEX.ship, 404, 'carrier_endpoint_not_found'],
    [FEDEX.ship, 500, 'unknown'],
    [FEDEX.ship, 503, 'unknown'],
    [FEDEX.rate, 500, 'retry'],
    [FEDEX.rate, 503, 'retry'],
    [FEDEX.cancel, 401, 'carrier_auth_expired'],
  ])('answers %s with its own example of %i, read as %s', async (path, status, expected) => {
    const far = await fedexFarSide();
    const said: Said = { status, body: specOf(path).example(keyOf(path), status) };
    for (const _ of [1, 2])
      far.fail(path, (response) => response.writeHead(status).end(JSON.stringify(said.body)));
    const push = path === FEDEX.cancel ? aVoid('fedex', '1') : aLabel('fedex');
    const outcome = await far.open().push(push);
    expect(outcome.kind === 'failed' ? outcome.exception_code : outcome.kind).toBe(expected);
  });

  it('has its recorded answers read', async () => {
    const far = await fedexFarSide();
    const [, shipped] = recorded('shipping_responses.json');
    const [rated] = recorded('rating_responses.json');
    far.fail(FEDEX.rate, (response) => response.writeHead(200).end(JSON.stringify(rated)));
    far.fail(FEDEX.ship, (response) => response.writeHead(200).end(JSON.stringify(shipped)));
    const carrier = { preferred: 'fedex', service: 'international_economy', alternates: [] };
    const push = aLabel('fedex', { carrier, max_cost: { amount: '954.17', currency: 'USD' } });
    expect(await far.open().push(push)).toMatchObject({
      kind: 'delivered',
      reference: '794791341818',
      facts: { cost: { amount: '4448.19', currency: 'USD' } },
    });
    far.fail(FEDEX.rate, (response) => response.writeHead(200).end(JSON.stringify(rated)));
    const cheaper = aLabel('fedex', { carrier, max_cost: { amount: '954.16', currency: 'USD' } });
    expect(await far.open().push(cheaper)).toMatchObject({ exception_code: 'label_pending' });
  });

  it('has a shape of a success that the fake keeps', async () => {
    const far = await fedexFarSide();
    const push = aLabel('fedex');
    const answers: [string, Said][] = [];
    for (const path of [FEDEX.rate, FEDEX.ship])
      far.fail(path, (response, effect) => {
        const said = effect();
        answers.push([path, said]);
        response.writeHead(said.status).end(JSON.stringify(said.body));
      });
    await far.open().push(push);
    for (const [path, { body }] of answers)
      expect(specOf(path).answerProblems(keyOf(path), 200, body)).toEqual([]);
    expect(answers).toHaveLength(2);
  });

  it('has its codes read as in the table, each through the sink', async () => {
    const far = await fedexFarSide();
    const sink = far.open();
    let reached = 0;
    for (const { code, http, exception_code } of rows()) {
      const expected = OURS[code] ?? THEIRS[exception_code] ?? exception_code;
      if (expected !== 'note') expect([code, FEDEX_CODES[code]]).toEqual([code, expected]);
      expect([code, await readThroughSink(far, sink.push.bind(sink), code, http)]).toEqual([code, expected]);
      reached += 1;
    }
    expect(reached).toBe(rows().length);
    expect(Object.keys(FEDEX_CODES)).toHaveLength(reached - 1);
    reportConformance('fedex', { operations: 0, error_codes: reached });
  });
});

type Far = Awaited<ReturnType<typeof fedexFarSide>>;

/** What the sink makes of a code where FedEx would tell it; outcomes without a code by what they mean. */
async function readThroughSink(
  far: Far,
  push: (request: PushRequest) => ReturnType<ReturnType<Far['open']>['push']>,
  code: string,
  http: string,
): Promise<string> {
  const status = Number(http);
  const answered = status === 200 ? { status, body: { output: { alerts: [{ code, message: 'x' }] } } } : null;
  const said: Said = answered ?? fedexError(status, code);
  const answer = (path: string, times = 1) => {
    for (let n = 0; n < times; n += 1)
      far.fail(path, (response) => response.writeHead(said.status).end(JSON.stringify(said.body)));
  };
  const label = aLabel('fedex', {}, { key: `k-${code}` });
  if (code === 'CANCELSHIPMENT.TRACKINGNUMBER.DELETED') {
    answer(FEDEX.cancel);
    const outcome = await push(aVoid('fedex', '1'));
    return outcome.kind === 'delivered' ? 'label_already_voided' : outcome.kind;
  }
  if (code === 'TRACKINGIDS.TRACKINGNUMBER.CLOSED') {
    answer(FEDEX.cancel);
    const outcome = await push(aVoid('fedex', '1'));
    return outcome.kind === 'failed' ? outcome.exception_code : outcome.kind;
  }
  if (code === 'SHIP.RECIPIENT.POSTALCITY.MISMATCH') {
    far.state.alerts = [{ code, message: 'x' }];
    const outcome = await push(label);
    far.state.alerts = [];
    return outcome.kind === 'delivered' && outcome.facts?.['notes'] ? 'note' : outcome.kind;
  }
  const writes = FEDEX_CODES[code] === 'outcome_unknown';
  answer(writes ? FEDEX.ship : FEDEX.rate, status === 401 ? 2 : 1);
  const outcome = await push(label);
  if (outcome.kind === 'failed') return outcome.exception_code;
  if (outcome.kind === 'unknown') return 'outcome_unknown';
  if (outcome.kind !== 'retry') return outcome.kind;
  return status === 429 ? 'rate_limited' : 'carrier_unavailable';
}
