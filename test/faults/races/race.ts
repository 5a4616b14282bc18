import { decide } from '../../../src/exports/decide.ts';
import type { Refusal } from '../../../src/exports/refusals.ts';
import { receive } from '../../../src/flow/intake.ts';
import type { Desk } from '../../../src/flow/ports.ts';
import { contextOf, type Flow } from '../../../src/flow/settings.ts';
import type { Committed } from '../../../src/store/port.ts';
import { ALICE, BOB, CAROL, DAN, MAYA, rawProbe } from '../../support/core.ts';
import type { Chance } from '../town/chance.ts';
import type { Contender } from './judge.ts';

/** What is about to happen when everybody comes at once. */
export const MOMENTS = ['early', 'escalation', 'expiry', 'end of the undo window'] as const;
export type Moment = (typeof MOMENTS)[number];

type Ask = { wants: Contender['wants']; by: string | null; does: () => Promise<Committed | Refusal | null> };

export type Race = { id: string; subject: string; asks: readonly Ask[]; contenders: Contender[] };

/** One export of Maya's, and who comes for it at the same moment. */
export async function enter(flow: Flow, desk: Desk, n: number, moment: Moment, luck: Chance): Promise<Race> {
  const subject = `s${n}`;
  const gate = moment === 'end of the undo window' || luck.next() < 0.6 ? 'single' : 'two_step';
  const probe = (key: string, value: number) =>
    rawProbe(
      { subject, value, gate, operations: 1 + (n % 2) },
      { idempotency_key: key, source: { system: 'erp', reference: key, requested_by: MAYA } },
      flow.clock.now(),
    );
  const raw = probe(`k${n}`, 1);
  const first = await receive(flow, 'erp', raw, `k${n}`);
  if (first.kind !== 'stored') throw new Error('The probe was not stored.');
  const { id } = first.committed.after;
  const command = (of: 'supersede' | 'expire' | 'tick') => () =>
    flow.ledger.update(id, flow.clock.now(), (state) => {
      const context = contextOf(flow);
      if (of === 'supersede') return decide(state, { do: 'supersede', newer: 'a newer one' }, context);
      return decide(state, of === 'tick' ? { do: 'tick', may_expire: true } : { do: 'expire' }, context);
    });
  const accept = (by: string): Ask => ({
    wants: 'accept',
    by,
    does: () => desk.accept(id, by, 1, luck.next() < 0.9),
  });
  const owner = moment === 'early' || luck.next() < 0.7 ? ALICE : BOB;
  const kinds: Readonly<Record<string, () => Ask[]>> = {
    accept: () => [accept(owner)],
    'accept at both steps': () => [accept(ALICE), accept(CAROL), ...(luck.next() < 0.3 ? [accept(DAN)] : [])],
    'accept twice': () => [accept(owner), accept(owner)],
    'the backup accepts': () => [accept(BOB)],
    reject: () => [{ wants: 'reject', by: ALICE, does: () => desk.reject(id, ALICE, 1, 'Too dear.') }],
    withdraw: () => [{ wants: 'withdraw', by: MAYA, does: () => desk.withdraw(id, MAYA, null) }],
    'send back': () => [
      { wants: 'send back', by: ALICE, does: () => desk.requestChanges(id, ALICE, 1, 'Look at the price.') },
    ],
    edit: () => {
      const edited = { ...raw, payload: { subject, value: 2, gate, operations: 1 + (n % 2) } };
      return [{ wants: 'edit', by: ALICE, does: () => desk.edit(id, ALICE, 1, edited) }];
    },
    newer: () => [
      {
        wants: 'tick',
        by: null,
        does: async () => {
          await receive(flow, 'erp', probe(`k${n}-newer`, 3), `k${n}-newer`);
          return null;
        },
      },
    ],
    supersede: () => [{ wants: 'supersede', by: null, does: command('supersede') }],
    expire: () => [{ wants: 'expire', by: null, does: command('expire') }],
    tick: () => [
      { wants: 'tick', by: null, does: command('tick') },
      { wants: 'tick', by: null, does: command('tick') },
    ],
    review: () => [{ wants: 'review', by: ALICE, does: () => desk.openReview(id, ALICE, false) }],
    undo: () => {
      const by = luck.pick([ALICE, MAYA]);
      return [{ wants: 'undo', by, does: () => desk.undo(id, by) }];
    },
  };
  const most = 2 + luck.between(1, 4);
  const names = [
    'accept',
    'tick',
    ...Array.from({ length: most }, () => luck.pick(['accept', ...Object.keys(kinds)])),
  ];
  const asks = names.flatMap((name) => kinds[name]?.() ?? []);
  return {
    id,
    subject,
    asks: asks.filter(({ wants }) => moment === 'end of the undo window' || wants !== 'undo'),
    contenders: [],
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Lets everybody of all races come in an order of chance, a few at a time, and waits for their answers. */
export async function run(
  races: readonly Race[],
  beside: () => Promise<unknown>,
  luck: Chance,
): Promise<void> {
  const starts: (() => Promise<unknown>)[] = races.flatMap((race) =>
    race.asks.map(({ wants, by, does }) => async () => {
      const contender: Contender = { wants, by, answer: null };
      race.contenders.push(contender);
      contender.answer = await does();
    }),
  );
  starts.push(beside, beside, beside);
  for (let n = starts.length - 1; n > 0; n -= 1) {
    const other = luck.between(0, n);
    const [one, two] = [starts[n], starts[other]];
    if (one && two) [starts[n], starts[other]] = [two, one];
  }
  const going: Promise<unknown>[] = [];
  let together = 0;
  for (const start of starts) {
    if (together <= 0) {
      together = luck.between(1, 60);
      await turn();
    }
    together -= 1;
    going.push(start());
  }
  await Promise.all(going);
}
