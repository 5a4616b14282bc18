import { expect } from 'vitest';
import { verifyFile } from '../../../src/store/index.ts';
import { statesOf } from './ledger.ts';
import type { Town } from './process.ts';

const CHANNELS = [
  '#promo-approvals',
  '#merchandising',
  '#logistics',
  '#operations',
  '#supply-chain',
  '#meshline-remediation',
  '#on-call',
] as const;

/** Every message of ours by its post id; more than one under an id would be a duplicate. */
function posts(town: Town): Map<string, number> {
  const counted = new Map<string, number>();
  for (const channel of CHANNELS) {
    for (const { metadata } of town.sandbox.control.messages(channel)) {
      const id = metadata?.event_payload['post_id'];
      if (typeof id === 'string') counted.set(id, (counted.get(id) ?? 0) + 1);
    }
  }
  return counted;
}

const duplicated = (counted: ReadonlyMap<string, number>) => [...counted].filter(([, n]) => n > 1);

function count<T>(values: readonly T[]): Map<T, number> {
  const counted = new Map<T, number>();
  for (const value of values) counted.set(value, (counted.get(value) ?? 0) + 1);
  return counted;
}

type Sent = { operation: string; export: { export_id: string }; data: unknown };

/** What must hold after everything went quiet: nothing lost, nothing twice, the ledger whole. */
export async function expectNothingLostNorDoubled(
  town: Town,
  acknowledged: readonly string[],
): Promise<void> {
  const states = new Map(statesOf(town.file).map((state) => [state.id, state]));
  const lost = acknowledged.filter((id) => !states.has(id));
  expect(lost).toEqual([]);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  expect([...states.keys()].filter((id) => !acknowledged.includes(id))).toEqual([]);
  expect([...states.values()].filter((state) => state.status !== 'delivered')).toEqual([]);

  for (const sink of ['oms', 'wms'] as const) {
    const effects = town.sinks.effects(sink);
    const due = [...states.values()].flatMap((state) => state.pushes.filter((push) => push.sink === sink));
    expect(effects.map(({ key }) => key).toSorted()).toEqual(due.map(({ key }) => key).toSorted());
    const acts = effects.map(({ body }) => {
      const sent = body as Sent;
      return `${sent.export.export_id} ${sent.operation} ${JSON.stringify(sent.data)}`;
    });
    expect(duplicated(count(acts))).toEqual([]);
  }

  const posted = posts(town);
  expect(duplicated(posted)).toEqual([]);
  const asked = [...states.values()].filter((state) => state.revision?.policy.gate.mode !== 'policy');
  const cards = asked.flatMap((state) => state.channels.map((channel) => `card:${state.id}:${channel}`));
  expect(cards.filter((id) => !posted.has(id))).toEqual([]);

  const { faults } = await verifyFile(town.file);
  expect(faults).toEqual([]);
}
