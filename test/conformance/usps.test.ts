import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Said } from '../../sandbox/sinks/carriers/carrier.ts';
import { USPS, uspsError } from '../../sandbox/sinks/carriers/usps.ts';
import { USPS_CODES } from '../../src/sinks/usps/codes.ts';
import { aLabel, aVoid, PARCEL, send } from '../unit/sinks/carrier-far-side.ts';
import { uspsFarSide } from '../unit/sinks/usps-far-side.ts';
import { loadSpec, SPECS_HERE, specPath } from './support/openapi.ts';
import { reportConformance } from './support/report.ts';

const LABELS = 'usps/usps-domestic-labels.yaml';
const PRICES = 'usps/usps-domestic-prices.yaml';
/** The tokens have no specification here. */
const specOf = (path: string) =>
  path.startsWith(USPS.label) ? loadSpec(LABELS) : path.startsWith(USPS.rate) ? loadSpec(PRICES) : null;

const Rows = z.object({
  rows: z.array(
    z.object({ carrier: z.string(), code: z.string(), http: z.string(), exception_code: z.string() }),
  ),
});
const rows = () =>
  Rows.parse(JSON.parse(readFileSync(specPath('carrier-exceptions.json'), 'utf8'))).rows.filter(
    ({ carrier }) => carrier === 'usps',
  );

const OPERATIONS = {
  rate: 'POST /base-rates/search',
  label: 'POST /label',
  cancel: 'DELETE /label/{trackingNumber}',
};

describe.skipIf(!SPECS_HERE)('USPS', () => {
  it('takes every request as its specification has it', async () => {
    const far = await uspsFarSide();
    const sink = far.open();
    for (const push of [
      aLabel('usps'),
      { ...aLabel('usps', { parcels: [PARCEL, PARCEL] }), key: 'several' },
      { ...aLabel('usps', { label_format: 'zpl' }), key: 'zpl' },
    ])
      expect(await sink.push(push)).toMatchObject({ kind: 'delivered' });
    await far.open({ price_type: 'CONTRACT' }).push({ ...aLabel('usps'), key: 'contract' });
    expect(await sink.push(aVoid('usps', far.labels[0]?.tracking ?? ''))).toMatchObject({
      kind: 'delivered',
    });
    await sink.probe?.();
    const made = new Set<string>();
    for (const { method, path, headers, body } of far.seen) {
      const checked = specOf(path)?.check({ method, path, headers, body });
      if (!checked) continue;
      expect({ path, problems: checked.problems }).toEqual({ path, problems: [] });
      made.add(checked.operation ?? '');
    }
    expect([...made].toSorted()).toEqual(Object.values(OPERATIONS).toSorted());
    reportConformance('usps', { operations: made.size, error_codes: 0 });
  });

  it('has its own examples of success read', async () => {
    const far = await uspsFarSide();
    far.fail(USPS.rate, (response) =>
      send(response, { status: 200, body: loadSpec(PRICES).example(OPERATIONS.rate, 200) }),
    );
    const outcome = await far.open().push(aLabel('usps', { max_cost: { amount: '9999', currency: 'USD' } }));
    expect(outcome).toMatchObject({ kind: 'delivered' });
    far.fail(USPS.label, (response) =>
      send(response, { status: 200, body: loadSpec(LABELS).example(OPERATIONS.cancel, 200) }),
    );
    expect(await far.open().push(aVoid('usps', '1'))).toMatchObject({ kind: 'delivered' });
  });

  it('has a shape of a success that the fake keeps', async () => {
    const far = await uspsFarSide();
    const answers: [string, Said][] = [];
    for (const path of [USPS.rate, USPS.label])
      far.fail(path, (response, effect) => {
        const said = effect();
        answers.push([path, said]);
        send(response, said);
      });
    await far.open().push(aLabel('usps'));
    for (const [path, { body }] of answers) {
      const operation = path === USPS.rate ? OPERATIONS.rate : OPERATIONS.label;
      expect(specOf(path)?.answerProblems(operation, 200, body)).toEqual([]);
    }
    expect(answers).toHaveLength(2);
  });

  it('refuses in the shape of its specification', () => {
    for (const status of [400, 401, 403, 429, 503])
      expect(loadSpec(LABELS).answerProblems(OPERATIONS.label, status, uspsError(status, 'X').body)).toEqual(
        [],
      );
  });

  it.each([
    [401, 'carrier_auth_expired'],
    [403, 'carrier_auth_forbidden'],
    [404, 'carrier_endpoint_not_found'],
    [429, 'retry'],
    [500, 'unknown'],
    [503, 'unknown'],
  ])('answering %i to a purchase is read as %s', async (status, expected) => {
    const far = await uspsFarSide();
    for (const _ of [1, 2]) far.fail(USPS.label, (response) => send(response, uspsError(status, 'X')));
    const outcome = await far.open().push(aLabel('usps'));
    expect(outcome.kind === 'failed' ? outcome.exception_code : outcome.kind).toBe(expected);
  });

  it('has its codes read as in the table, each through the sink', async () => {
    const far = await uspsFarSide();
    const sink = far.open({ calls_per_hour: 10_000 });
    const table = rows();
    for (const { code, http, exception_code } of table) {
      expect([code, USPS_CODES[code]]).toEqual([code, exception_code]);
      const status = Number(http);
      const words = status === 400 ? uspsError(400, code) : named(status, code);
      const voids = exception_code.startsWith('label_');
      // A price is read, so that what says "not now" is tried again.
      far.fail(status === 400 ? USPS.label : USPS.rate, (response) => send(response, words));
      const push = voids ? aVoid('usps', '1') : aLabel('usps', {}, { key: `k-${code}` });
      const outcome = await sink.push(push);
      const expected =
        exception_code === 'label_already_voided' ? 'delivered' : status === 400 ? exception_code : 'retry';
      expect([code, outcome.kind === 'failed' ? outcome.exception_code : outcome.kind]).toEqual([
        code,
        expected,
      ]);
    }
    expect(Object.keys(USPS_CODES).toSorted()).toEqual(table.map(({ code }) => code).toSorted());
    reportConformance('usps', { operations: 0, error_codes: table.length });
  });
});

/** A refusal whose only code is that of the whole answer. */
function named(status: number, code: string): Said {
  return { status, body: { apiVersion: '/prices/v3', error: { code, message: code } } };
}
