import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { actAs } from '../../sandbox/client.ts';
import { run } from '../../src/cli/run.ts';
import { verifyFile } from '../../src/store/index.ts';
import { reportProof } from '../proof/report.ts';
import { PEOPLE } from '../support/house.ts';
import { BY_ONE, BY_POLICY, type Parcel } from './town/exports.ts';
import { statesOf, tally } from './town/ledger.ts';
import { openTown, type Town } from './town/process.ts';
import { post } from './town/senders.ts';

const WITHIN = { timeout: 30_000, interval: 50 };

/** Runs a command as an operator of this town would type it. */
async function meshline(town: Town, ...args: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const code = await run(args, { env: town.env, out: say, err: say, input: async () => Buffer.alloc(0) });
  return { code, said: said.join('\n') };
}

async function sendAll(town: Town, parcels: readonly Parcel[]): Promise<string[]> {
  const answers = await Promise.all(parcels.map((parcel) => post(town.url, parcel)));
  expect(answers.map(({ status }) => status)).toEqual(parcels.map(() => 202));
  return answers.map(({ id }) => id);
}

const byPolicy = (from: number, count: number): Parcel[] =>
  Array.from({ length: count }, (_, n) => {
    const make = BY_POLICY[n % BY_POLICY.length];
    if (!make) throw new Error('There is nothing to send.');
    return make(from + n);
  });

/** What each sink carried out, as export and operation, however it was keyed. */
function carriedOut(town: Town): string[] {
  return (['oms', 'wms'] as const).flatMap((sink) =>
    town.sinks.effects(sink).map(({ body }) => {
      const sent = body as { operation: string; export: { export_id: string }; data: unknown };
      return `${sink} ${sent.export.export_id} ${sent.operation} ${JSON.stringify(sent.data)}`;
    }),
  );
}

it('goes on from a restored backup, and does nothing twice at the sinks', { timeout: 120_000 }, async () => {
  const town = await openTown();
  onTestFinished(() => town.close());
  const both = (mode: string) => ['oms', 'wms'].forEach((sink) => town.sinks.setMode(sink, mode));
  const backup = join(dirname(town.file), 'backup.db');
  const heads = join(dirname(town.file), 'heads.txt');
  town.start();
  await town.ready();

  const early = await sendAll(town, byPolicy(0, 6));
  await expect.poll(() => tally(town.file), WITHIN).toEqual({ delivered: 6 });
  const asked = await sendAll(
    town,
    [BY_ONE[1]?.(50)].flatMap((parcel) => parcel ?? []),
  );
  const mei = actAs(town.sandbox.url, PEOPLE.mei.slack);
  const card = await mei.waitForMessage('#merchandising', () => true, 20_000);
  both('fail_500');
  const waiting = await sendAll(town, byPolicy(10, 6));
  await expect.poll(() => tally(town.file), WITHIN).toEqual({ delivered: 6, delivering: 6, pending: 1 });
  expect((await meshline(town, 'backup', backup)).code).toBe(0);

  both('ok');
  await expect.poll(() => tally(town.file), WITHIN).toEqual({ delivered: 12, pending: 1 });
  const later = await sendAll(town, byPolicy(20, 3));
  await expect.poll(() => tally(town.file), WITHIN).toEqual({ delivered: 15, pending: 1 });
  const before = carriedOut(town);
  const { head } = await verifyFile(town.file);
  writeFileSync(heads, `2026-11-24T09:00:00.000Z ${head.seq} ${head.hash.toString('hex')}\n`);
  expect(await meshline(town, 'verify', '--against', heads)).toMatchObject({ code: 0 });

  const refused = await meshline(town, 'restore', backup);
  expect(refused).toMatchObject({
    code: 1,
    said: expect.stringMatching(/in use by process .+ stop that one first/),
  });
  expect(await town.end('SIGTERM')).toBe(0);
  const { code, said } = await meshline(town, 'restore', backup);
  expect(code).toBe(0);
  expect(said).toMatch(/is now .+backup\.db: \d+ events of 13 exports, up to 20.+Z, verified\./);
  expect(said).toMatch(/Next: start Meshline\. \d+ outbox rows are tried again under the keys they had/);
  const kept = readdirSync(dirname(town.file)).find((name) => name.includes('.before-restore-')) ?? '';
  expect(statesOf(join(dirname(town.file), kept))).toHaveLength(16);
  expect(existsSync(backup)).toBe(true);
  const cut = await meshline(town, 'verify', '--against', heads);
  expect(cut).toMatchObject({
    code: 1,
    said: expect.stringMatching(/The chain ends at event \d+; it was noted up to/),
  });

  town.start();
  await town.ready();
  await expect.poll(() => tally(town.file), WITHIN).toEqual({ delivered: 12, pending: 1 });
  await mei.click(card, 'accept');
  await expect.poll(() => tally(town.file), WITHIN).toEqual({ delivered: 13 });
  expect(await town.end('SIGTERM')).toBe(0);

  const after = carriedOut(town);
  const undone = before.filter((one) => !after.includes(one)).length;
  reportProof('restore', { tries: 1, lost: undone, doubled: after.length - new Set(after).size, wrong: 0 });
  expect(before.filter((one) => !after.includes(one))).toEqual([]);
  expect(new Set(after).size).toBe(after.length);
  expect(after.filter((one) => asked.some((id) => one.includes(id)))).toHaveLength(1);
  expect(after).toHaveLength(before.length + 1);
  const known = statesOf(town.file).map(({ id }) => id);
  expect(known.toSorted()).toEqual([...early, ...waiting, ...asked].toSorted());
  expect(later.filter((id) => known.includes(id))).toEqual([]);
  expect((await verifyFile(town.file)).faults).toEqual([]);
});
