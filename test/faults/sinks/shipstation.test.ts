import { describe, expect, it } from 'vitest';
import { createPusher } from '../../../src/sinks/perform.ts';
import type { PushRequest, SinkOutcome } from '../../../src/sinks/port.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { logInto } from '../../unit/sinks/far-side.ts';
import {
  labelPush,
  openShipStation,
  shipStationSide,
  type Trouble,
  voidPush,
} from '../../unit/sinks/shipstation-side.ts';
import { countTries, met } from './tally.ts';

countTries();

const AFTER: Trouble[] = [
  'reset_after',
  'hang_after',
  'html_after',
  'oversized_after',
  { after: 500 },
  { after: 502 },
  { after: 408 },
];
const BEFORE: Trouble[] = ['reset_before', 'hang_before'];
const LIMITED: Trouble[] = [{ status: 429, headers: { 'retry-after': '3' } }, { status: 429 }];

async function scene() {
  const clock = new ManualClock();
  const far = await shipStationSide(clock);
  const sink = openShipStation(far.url, { clock });
  const pusher = createPusher({ sinks: new Map([['shipping', sink]]), clock, log: logInto([]) });
  /** Attempts as the outbox makes them, until one is the last. */
  const finish = async (request: PushRequest): Promise<SinkOutcome[]> => {
    const outcomes: SinkOutcome[] = [];
    let unsettled = false;
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      const outcome = await pusher.push({ ...request, attempt, unsettled });
      outcomes.push(outcome);
      if (outcome.kind === 'delivered' || outcome.kind === 'failed') break;
      unsettled ||= outcome.kind === 'unknown';
      clock.advance(60_000);
    }
    return outcomes;
  };
  const count = (on: string) => far.calls().filter((call) => call.startsWith(on)).length;
  return { clock, far, sink, pusher, finish, count };
}

const kinds = (outcomes: readonly SinkOutcome[]) => outcomes.map((one) => one.kind);
const told = (trouble: Trouble) => JSON.stringify(trouble);

describe('buying a label', () => {
  it.for(AFTER.map((one) => [told(one), one] as const))(
    'buys one when the purchase ends in %s',
    async ([, trouble]) => {
      const { far, finish, count } = await scene();
      far.trouble('POST /v2/labels', trouble);
      const outcomes = await finish(labelPush());
      met(far.labels.length);
      expect(kinds(outcomes)).toEqual(['unknown', 'delivered']);
      expect(outcomes.at(-1)).toMatchObject({
        reference: far.labels[0]?.label_id,
        facts: { cost: { amount: '9.5' } },
      });
      expect(far.labels).toHaveLength(1);
      expect(count('POST /labels')).toBe(1);
    },
  );

  it.for(BEFORE.map((one) => [told(one), one] as const))(
    'buys one when %s stops the purchase',
    async ([, trouble]) => {
      const { far, finish } = await scene();
      far.trouble('POST /v2/labels', trouble);
      const outcomes = await finish(labelPush());
      met(far.labels.length);
      expect(kinds(outcomes)).toEqual(['unknown', 'delivered']);
      expect(far.labels).toHaveLength(1);
      expect(far.shipments).toHaveLength(1);
    },
  );

  it.for(LIMITED.map((one) => [told(one), one] as const))(
    'waits when the purchase is refused with %s',
    async ([, trouble]) => {
      const { far, finish } = await scene();
      far.trouble('POST /v2/labels', trouble);
      expect(kinds(await finish(labelPush()))).toEqual(['retry', 'delivered']);
      expect(far.labels).toHaveLength(1);
      expect(far.shipments).toHaveLength(1);
    },
  );

  it.for([...AFTER, ...BEFORE].map((one) => [told(one), one] as const))(
    'makes one shipment when that call ends in %s',
    async ([, trouble]) => {
      const { far, finish } = await scene();
      far.trouble('POST /v2/shipments', trouble);
      const outcomes = await finish(labelPush());
      met(far.labels.length);
      met(far.shipments.length);
      expect(kinds(outcomes)).toEqual(['unknown', 'delivered']);
      expect(far.shipments).toHaveLength(1);
      expect(far.labels).toHaveLength(1);
    },
  );

  it.for(
    ['GET /v2/shipments', 'POST /v2/rates'].flatMap((on) =>
      [...AFTER, ...BEFORE, ...LIMITED].map((one) => [on, told(one), one] as const),
    ),
  )('tries again when %s ends in %s, which changes nothing', async ([on, , trouble]) => {
    const { far, finish } = await scene();
    far.trouble(on, trouble);
    expect(kinds(await finish(labelPush()))).toEqual(['retry', 'delivered']);
    expect(far.labels).toHaveLength(1);
  });

  it('buys nothing more while it cannot be told', async () => {
    const { far, finish, count } = await scene();
    far.trouble('POST /v2/labels', 'reset_after');
    for (let time = 0; time < 5; time += 1) far.trouble('GET /v2/labels', { status: 500 });
    expect(kinds(await finish(labelPush()))).toEqual(Array.from({ length: 6 }, () => 'unknown'));
    expect(count('POST /labels')).toBe(1);
  });

  it('finds the label of a purchase that was not to be seen when it was looked for', async () => {
    const { far, finish, count } = await scene();
    far.trouble('POST /v2/labels', 'reset_after');
    far.trouble('GET /v2/shipments', { status: 429 });
    far.trouble('POST /v2/labels', {
      status: 400,
      body: { errors: [{ error_code: 'invalid_status', message: 'No.' }] },
    });
    far.hide();
    expect(kinds(await finish(labelPush())).at(-1)).toBe('delivered');
    expect(far.labels).toHaveLength(1);
    expect(count('PUT')).toBe(0);
  });

  it('waits for a label that is still being made', async () => {
    const { far, finish } = await scene();
    far.labelsAre('processing');
    const push = labelPush();
    expect(kinds(await finish(push))).not.toContain('delivered');
    expect(far.labels).toHaveLength(1);
    const [label] = far.labels;
    if (label) label.status = 'completed';
    expect(kinds(await finish(push))).toEqual(['delivered']);
    expect(far.labels).toHaveLength(1);
  });

  it('tells a label that could not be made, and one voided by somebody since is for a person', async () => {
    const { far, pusher, finish } = await scene();
    far.labelsAre('error');
    expect(await finish(labelPush())).toMatchObject([{ kind: 'failed', exception_code: 'label_pending' }]);
    far.labelsAre('completed');
    const other = labelPush({}, { key: 'push:other' });
    expect(kinds(await finish(other))).toEqual(['delivered']);
    for (const label of far.labels) label.voided = true;
    expect(await pusher.push({ ...other, unsettled: true })).toMatchObject({ kind: 'unknown' });
    expect(far.labels).toHaveLength(2);
  });

  it('does nothing where the key is refused or nobody listens', async () => {
    const { far, pusher } = await scene();
    far.trouble('GET /v2/shipments', { status: 401 });
    expect(await pusher.push(labelPush())).toMatchObject({
      kind: 'failed',
      exception_code: 'carrier_auth_expired',
    });
    const closed = openShipStation('http://127.0.0.1:9/v2');
    expect(await closed.push(labelPush())).toMatchObject({ kind: 'retry' });
    expect(far.shipments).toEqual([]);
  });
});

describe('voiding a label', () => {
  it.for([...AFTER, ...BEFORE].map((one) => [told(one), one] as const))(
    'voids once when the void ends in %s',
    async ([, trouble]) => {
      const { far, finish, count } = await scene();
      await finish(labelPush());
      far.trouble('PUT /v2/labels', trouble);
      const outcomes = await finish(voidPush([far.labels[0]?.tracking_number ?? '']));
      expect(kinds(outcomes)).toEqual(['unknown', 'delivered']);
      expect(far.labels[0]?.voided).toBe(true);
      expect(count('PUT /labels')).toBe(told(trouble).includes('before') ? 2 : 1);
    },
  );

  it.for(LIMITED.map((one) => [told(one), one] as const))(
    'waits when the void is refused with %s',
    async ([, trouble]) => {
      const { far, finish } = await scene();
      await finish(labelPush());
      far.trouble('PUT /v2/labels', trouble);
      expect(kinds(await finish(voidPush([far.labels[0]?.tracking_number ?? ''])))).toEqual([
        'retry',
        'delivered',
      ]);
    },
  );
});
