import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { headLine, recordWords } from '../../src/head-line.ts';
import { type Fault, type Noted, verifyFile } from '../../src/store/index.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { breakIn, eventsIn, forgeChain, forgeProjections } from './tampering/attacker.ts';
import { livedLedger } from './tampering/lived.ts';
import { fillUp } from './tampering/million.ts';
import { MUTATIONS } from './tampering/mutations.ts';
import { chance } from './town/chance.ts';

const random = chance();
const folder = mkdtempSync(join(tmpdir(), 'meshline-tampering-'));
const small = join(folder, 'small.db');
/** A head every so many events, as a minute's work leaves one. */
const EVERY = 25;

beforeAll(async () => {
  process.stdout.write(`Tampering with seed ${random.seed}.\n`);
  const { file } = await livedLedger(folder, { seed: 8, days: 1 });
  copyFileSync(file, small);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Heads as the head file notes them, and as people copy them from cards: the last one is the ledger's own. */
function headsOf(file: string): Noted[] {
  const events = breakIn(file, eventsIn);
  const last = events.at(-1);
  return events
    .filter(({ seq }) => seq % EVERY === 0 || seq === last?.seq)
    .map(({ seq, hash }) => ({ seq, hash: seq % 2 === 0 ? hash : hash.toString('hex').slice(0, 12) }));
}

type Verifier = { verify(file: string, noted: readonly Noted[]): Promise<readonly Fault[]> };

function verifier(): Verifier {
  const worker = new Worker(new URL('./tampering/verifying.ts', import.meta.url));
  onTestFinished(async () => {
    await worker.terminate();
  });
  return {
    async verify(file, noted) {
      worker.postMessage({ file, noted });
      const [faults] = (await once(worker, 'message')) as [Fault[]];
      return faults;
    },
  };
}

const TRIES = scaled({ short: MUTATIONS.length, quick: 300, full: 1_000 });

it('is found, whatever is changed and however well the rest is made to agree', {
  timeout: 600_000,
}, async () => {
  const noted = headsOf(small);
  const missed: string[] = [];
  let [next, tries, needed] = [0, 0, 0];
  const work = async (name: string) => {
    const { verify } = verifier();
    const file = join(folder, `${name}.db`);
    expect(await verify(small, noted)).toEqual([]);
    while (tries < TRIES) {
      const n = next++;
      const mutation = MUTATIONS[n % MUTATIONS.length];
      if (!mutation) throw new Error('There is no mutation.');
      copyFileSync(small, file);
      if (!breakIn(file, (db) => mutation.apply(db, chance(n)))) continue;
      tries += 1;
      if ((await verify(file, [])).length > 0) continue;
      needed += 1;
      if (mutation.alone || (await verify(file, noted)).length === 0) {
        missed.push(`${mutation.name} (number ${n} of seed ${random.seed})`);
      }
    }
  };
  await Promise.all(['one', 'other'].map(work));
  process.stdout.write(`${tries} mutations; ${needed} needed a head from outside.\n`);
  reportProof('audit', { tries, lost: 0, doubled: 0, wrong: missed.length });
  expect(missed).toEqual([]);
  expect(needed).toBeGreaterThan(0);
});

it('takes nothing that somebody forged without changing it for a change', async () => {
  const { verify } = verifier();
  const file = join(folder, 'forged.db');
  copyFileSync(small, file);
  breakIn(file, (db) => {
    forgeChain(db, eventsIn(db));
    forgeProjections(db);
  });
  expect(await verify(file, headsOf(small))).toEqual([]);
});

/** A thread takes more than this many in pieces of an eighth. */
const IN_PIECES = 25_000;

/** Where the pieces meet, and at both ends: each change has to be found as in the middle of one. */
const AT_SEAMS: readonly ((last: number) => string)[] = [
  (last) => `UPDATE events SET hash = randomblob(32) WHERE seq = ${Math.ceil(last / 8)}`,
  (last) => `UPDATE events SET at = at + 1 WHERE seq = ${Math.ceil(last / 8) + 1}`,
  (last) => `DELETE FROM events WHERE seq = ${Math.ceil(last / 8)}`,
  (last) => `DELETE FROM events WHERE seq = ${Math.ceil(last / 8) + 1}`,
  (last) => `DELETE FROM events WHERE seq BETWEEN ${Math.ceil(last / 8)} AND ${2 * Math.ceil(last / 8) + 1}`,
  () => 'DELETE FROM events WHERE seq = 1',
  () => 'UPDATE events SET seq = -1 WHERE seq = 1',
  (last) => `UPDATE events SET seq = seq + 1000000 WHERE seq = ${last}`,
  (last) => `DELETE FROM events WHERE seq = ${last}`,
  () => 'DELETE FROM exports WHERE id = (SELECT max(id) FROM exports)',
  (last) =>
    `DELETE FROM exports WHERE id = (SELECT export_id FROM events WHERE seq = ${Math.floor(last / 2)})`,
  () => 'DELETE FROM subject_heads WHERE subject = (SELECT max(subject) FROM subject_heads)',
  () => "INSERT INTO subject_heads VALUES ('x', 1, 'x')",
  () => "INSERT INTO skus VALUES ('X', 'x')",
];

it('is found where the pieces meet that threads verify apart', { timeout: 120_000 }, async () => {
  const [large, file] = [join(folder, 'large.db'), join(folder, 'seam.db')];
  copyFileSync(small, large);
  const { seq } = fillUp(large, IN_PIECES);
  const missed: string[] = [];
  const tried = AT_SEAMS.filter((_, n) => (n + random.seed) % scaled({ short: 3, quick: 1, full: 1 }) === 0);
  for (const change of tried) {
    copyFileSync(large, file);
    breakIn(file, (db) => db.exec(change(seq)));
    if ((await verifyFile(file)).faults.length === 0) missed.push(change(seq));
  }
  reportProof('audit', { tries: tried.length, lost: 0, doubled: 0, wrong: missed.length });
  expect((await verifyFile(large)).faults).toEqual([]);
  expect(missed).toEqual([]);
});

it.skipIf(SCALE === 'short')(
  'is verified in seconds when it has a million events',
  { timeout: 600_000 },
  async () => {
    const many = join(folder, 'many.db');
    copyFileSync(small, many);
    const head = fillUp(many, 1_000_000);
    const began = performance.now();
    const { events, exports, faults } = await verifyFile(many, head);
    const ms = ((performance.now() - began) / events) * 1_000_000;
    process.stdout.write(
      `${events} events of ${exports} exports: a million verified in ${Math.round(ms)} ms.\n`,
    );
    reportProof('audit', { tries: 1, lost: 0, doubled: 0, wrong: faults.length, ms });
    expect(faults).toEqual([]);
  },
);

/** Runs a command as an operator would type it. */
async function meshline(file: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  const env = { MESHLINE_DB: file };
  const code = await run(args, { env, out: say, err: say, input: async () => Buffer.alloc(0) });
  return { code, said: said.join('\n') };
}

it('is told to whoever asks, with what to do', async () => {
  const [file, heads] = [join(folder, 'asked.db'), join(folder, 'heads.txt')];
  copyFileSync(small, file);
  const lines = headsOf(small).map(({ seq, hash }) =>
    typeof hash === 'string'
      ? `Delivered · ${recordWords({ seq, hash })}\n`
      : headLine(0, { seq, hash: Buffer.from(hash) }),
  );
  writeFileSync(heads, lines.join(''));
  expect(await meshline(file, 'verify', '--against', heads)).toMatchObject({ code: 0 });
  breakIn(file, (db) => {
    const events = eventsIn(db);
    forgeChain(db, events.slice(0, -1));
    forgeProjections(db);
  });
  expect(await meshline(file, 'verify')).toMatchObject({ code: 0 });
  expect(await meshline(file, 'verify', '--against', heads)).toMatchObject({
    code: 1,
    said: expect.stringMatching(/The chain ends at event \d+; it was noted up to .+ Stop Meshline/),
  });
});
