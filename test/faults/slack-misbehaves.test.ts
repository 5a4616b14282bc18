import { type ExpectStatic, it } from 'vitest';
import { UiRefusal } from '../../sandbox/client.ts';
import type { Fault } from '../../sandbox/faults.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { promo } from '../support/clicks.ts';
import { type House, openHouse } from '../support/house.ts';
import { SteppedClock } from '../support/stepped-clock.ts';
import { earlyCalls, quietUntil } from './slack/early.ts';
import { errands, standing } from './slack/errands.ts';
import { type Chance, chance } from './town/chance.ts';

const TIMEOUT_MS = scaled({ short: 60_000, quick: 180_000, full: 900_000 });
const BACK_WITHIN_MS = 15_000;
const STEP_MS = 250;

const ERRORS = [
  'ratelimited',
  'fatal_error',
  'internal_error',
  'service_unavailable',
  'token_expired',
  'msg_too_long',
  'invalid_blocks',
  'an_error_of_tomorrow',
] as const;

const CONTENT: ReadonlySet<string> = new Set(['msg_too_long', 'invalid_blocks']);

const KINDS: readonly Fault['kind'][] = [
  'ratelimited',
  'ratelimited_no_retry_after',
  '500',
  'reset',
  'stored_then_reset',
  'stored_then_500',
  'html',
  'html_502',
  'not_json',
  'empty',
  'oversized',
  'redirect',
  'refused',
];

type Counted = { tries: number; lost: number; doubled: number; wrong: number; ms: number; notes: string[] };
const nothing = (): Counted => ({ tries: 0, lost: 0, doubled: 0, wrong: 0, ms: 0, notes: [] });

/** `expect` is the test's own, because the tests run beside each other. */
function settle(expect: ExpectStatic, counted: Counted): void {
  const { notes, ...counts } = counted;
  reportProof('slack_misbehaves', counts);
  expect(notes).toEqual([]);
  expect(counts).toMatchObject({ lost: 0, doubled: 0, wrong: 0 });
  if (SCALE !== 'short') expect(counts.ms).toBeLessThan(BACK_WITHIN_MS);
}

function faultOf(kind: Fault['kind'], method: string, { pick, between }: Chance): Fault {
  const match = method === 'all' ? {} : { match: { method } };
  const told = kind === 'ratelimited' ? { retry_after: between(1, 30) } : {};
  const drawn = pick(ERRORS);
  // A refusal of the content comes only where there is some; anywhere else Meshline rightly gives the message up.
  // A Home whose content is refused waits for its next change.
  const withoutContent =
    method === 'conversations.open' || (method === 'views.publish' && CONTENT.has(drawn));
  const said = withoutContent ? 'internal_error' : drawn;
  const error = kind === 'refused' ? { error: said } : {};
  return { ...match, ...told, ...error, kind, times: 0 };
}

async function oneTry(house: House, name: string, which: number, fault: Fault, lasting: number, c: Counted) {
  const clock = house.clock as SteppedClock;
  const { control } = house.sandbox;
  const errand = errands(house, name)[which];
  if (!errand) throw new Error('There is no such errand.');
  await errand.prepare?.();
  const before = control.calls().length;
  const label = `${errand.method} ${fault.kind} ${fault.error ?? ''} for ${lasting} ms`;
  control.addFault(fault);
  await errand.begin();
  const during = await clock.until(errand.done, lasting, STEP_MS);
  control.clearFaults();
  const over = clock.now();
  const quiet = quietUntil(control.calls().slice(before));
  const took = during ?? (await clock.until(errand.done, 60_000 + Math.max(0, quiet - over), STEP_MS));
  c.tries += 1;
  if (took === null) {
    c.lost += 1;
    c.notes.push(`${label}: never done`);
    return;
  }
  const back = during === null ? Math.max(0, clock.now() - Math.max(over, quiet)) : 0;
  c.ms = Math.max(c.ms, back);
  if (back > BACK_WITHIN_MS) c.notes.push(`${label}: back after ${back} ms`);
  await clock.pass(2_000, STEP_MS);
  const times = await errand.times();
  if (times !== 1) {
    c.doubled += times > 1 ? 1 : 0;
    c.lost += times < 1 ? 1 : 0;
    c.notes.push(`${label}: ${times} times`);
  }
  const early = earlyCalls(control.calls().slice(before));
  if (early.length > 0) {
    c.wrong += 1;
    c.notes.push(`${label}: ${early.length} early, the first ${early[0]?.method}`);
  }
  for (const person of ['priya', 'gil'] as const) await closeAll(house, person);
}

/** From the top down, as a person does. */
async function closeAll(house: House, person: 'priya' | 'gil'): Promise<void> {
  const actor = house.as(person);
  for (let looks = 0; looks < 20; looks += 1) {
    const top = (await actor.modals()).at(-1);
    if (!top) return;
    // A call that was late may have put another one on top since; they see it and close it.
    await actor.close(top).catch((error: unknown) => {
      if (!(error instanceof UiRefusal)) throw error;
    });
  }
}

it.concurrent('never comes early, posts once, and is back, whatever a method answers', {
  timeout: TIMEOUT_MS,
}, async ({ expect, onTestFinished }) => {
  const luck = chance(71);
  const clock = new SteppedClock();
  const house = await openHouse({ mode: 'http', clock });
  onTestFinished(async () => {
    await house.close();
    clock.stop();
  });
  await clock.pass(8_000, 500);
  const counted = nothing();
  const many = errands(house, '').length;
  const tries = scaled({ short: 10, quick: 45, full: 185 });
  for (let n = 0; n < tries; n += 1) {
    const which = (n + luck.between(0, 1)) % many;
    const method = errands(house, '')[which]?.method ?? '';
    const kind = KINDS[(Math.floor(n / many) + n) % KINDS.length] ?? '500';
    await oneTry(
      house,
      `try-${luck.seed}-${n}`,
      which,
      faultOf(kind, method, luck),
      luck.between(1_000, 30_000),
      counted,
    );
  }
  settle(expect, counted);
});

type Line = { how: string; tell: (house: House) => void };

/** What can happen to a connection, and what Slack can send on one. */
const LINES: readonly Line[] = [
  { how: 'cut', tell: ({ sandbox }) => sandbox.control.sockets('drop') },
  { how: 'recycled', tell: ({ sandbox }) => sandbox.control.sockets('refresh') },
  { how: 'announced to be recycled', tell: ({ sandbox }) => sandbox.control.sockets('warning') },
  { how: 'switched off', tell: ({ sandbox }) => sandbox.control.sockets('link_disabled') },
  {
    how: 'given nonsense',
    tell: ({ sandbox }) => sandbox.control.sendRaw('{"type":"of tomorrow"}', 'null', '{'),
  },
  { how: 'frozen', tell: ({ sandbox }) => sandbox.control.sockets('freeze') },
];

it.concurrent('is back on the line, whatever becomes of its connections', { timeout: TIMEOUT_MS }, async ({
  expect,
  onTestFinished,
}) => {
  const house = await openHouse();
  onTestFinished(() => house.close());
  const counted = nothing();
  const tries = scaled({ short: LINES.length, quick: LINES.length, full: LINES.length * 2 });
  for (let n = 0; n < tries; n += 1) {
    const line = LINES[n % LINES.length];
    const { id, card } = await promo(house, `Line ${n}`);
    line?.tell(house);
    const begun = performance.now();
    const accepted = async () => (await house.meshline.flow.ledger.get(id))?.acceptances.length ?? 0;
    // A frozen connection takes the click and says nothing; the person clicks again.
    await expect
      .poll(
        async () => {
          await house
            .as('priya')
            .click(card, 'accept')
            .catch(() => undefined);
          return accepted();
        },
        { timeout: 30_000, interval: 250 },
      )
      .toBe(1);
    const took = performance.now() - begun;
    counted.tries += 1;
    counted.ms = Math.max(counted.ms, took);
    if (took > BACK_WITHIN_MS) counted.notes.push(`${line?.how}: back after ${took} ms`);
    const [last] = house.sandbox.control.deliveries({ type: 'block_actions' }).slice(-1);
    if (last) await house.sandbox.control.redeliver(last.n);
    if ((await accepted()) !== 1 || standing(house, `card:${id}:`).length !== 1) counted.doubled += 1;
  }
  settle(expect, counted);
});

it.concurrent('is back after calls that hang', { timeout: TIMEOUT_MS }, async ({
  expect,
  onTestFinished,
}) => {
  const house = await openHouse({ mode: 'http' });
  onTestFinished(() => house.close());
  await promo(house, 'Before');
  const counted = nothing();
  const kinds = ['hang', 'drip', 'stored_then_hang'] as const;
  const tries = scaled({ short: 1, quick: 3, full: 9 });
  for (let n = 0; n < tries; n += 1) {
    const kind = kinds[n % kinds.length] ?? 'hang';
    house.sandbox.control.addFault({ match: { method: 'chat.postMessage' }, kind, times: 0 });
    const before = house.sandbox.control.calls().length;
    const { body } = await house.sendFixture('promo_activation', (raw) => {
      raw['idempotency_key'] = `hang-${n}`;
      raw['campaign_id'] = `hang-${n}`;
    });
    const stands = () => standing(house, `card:${body.export_id}:`).length;
    const called = () =>
      house.sandbox.control
        .calls()
        .slice(before)
        .some((call) => call.status === 0);
    await expect.poll(called, { timeout: 10_000 }).toBe(true);
    house.sandbox.control.clearFaults();
    const begun = performance.now();
    const known = () => house.meshline.flow.ledger.message(`card:${body.export_id}:#promo-approvals`);
    await expect.poll(known, { timeout: 40_000, interval: 50 }).not.toBeNull();
    const took = performance.now() - begun;
    counted.tries += 1;
    counted.ms = Math.max(counted.ms, took);
    if (took > BACK_WITHIN_MS) counted.notes.push(`${kind}: back after ${took} ms`);
    if (stands() !== 1) counted.doubled += 1;
  }
  settle(expect, counted);
});
