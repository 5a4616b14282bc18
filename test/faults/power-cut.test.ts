import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Disk, STYLES } from './power-cut/disk.ts';
import type { Act } from './power-cut/log.ts';
import { buildShim, type Recording, record } from './power-cut/recording.ts';
import { examine, examineRestore, type Verdict } from './power-cut/survival.ts';
import { type Chance, chance } from './town/chance.ts';

/** More with MESHLINE_FULL=1, or as many as MESHLINE_CUTS says; MESHLINE_SEED repeats what was printed. */
const FULL = process.env['MESHLINE_FULL'] === '1';
const CUTS = Number(process.env['MESHLINE_CUTS'] ?? (FULL ? 20_000 : 200));
/** As many cuts are made in one recording; then the work is recorded anew, and falls together otherwise. */
const CUTS_PER_RECORDING = 5_000;
const TIMEOUT_MS = 60_000 + CUTS * 100;

/** In memory where that is possible: what is cut here is the log, not the machine. */
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'meshline-power-cut-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const built = buildShim(folder);
if ('missing' in built) process.stdout.write(`Power cuts are not tried: ${built.missing}.\n`);
const shim = 'shim' in built ? built.shim : '';

/** Half of them right before or after something was synced, half anywhere; in the order of the log. */
function cutsOf(acts: readonly Act[], count: number, random: Chance): number[] {
  const edges = acts.flatMap((act, n) => (act.what === 'synced' ? [n, n + 1] : []));
  const cuts = Array.from({ length: count }, (_, n) => {
    if (n % 2 === 1) return random.between(0, acts.length);
    return count >= 2 * edges.length
      ? (edges[(n / 2) % edges.length] ?? 0)
      : (edges[random.between(0, edges.length - 1)] ?? 0);
  });
  return cuts.sort((a, b) => a - b);
}

type Loss = Verdict & { cut: number; style: string };

/** Cuts the power at each of `cuts` and gives every cut after which something was lost or broken. */
async function cutPower(
  { acts, top }: Recording,
  cuts: readonly number[],
  random: Chance,
  look = examine,
): Promise<{ losses: Loss[]; looked: number }> {
  const disk = new Disk(top);
  const acknowledged: string[] = [];
  const losses: Loss[] = [];
  let done = 0;
  let looked = 0;
  for (const cut of cuts) {
    for (; done < cut; done += 1) {
      const act = acts[done];
      if (!act) break;
      disk.apply(act);
      if (act.what === 'printed') acknowledged.push(...act.text.split('\n').filter(Boolean));
    }
    const style = random.pick(STYLES);
    const image = mkdtempSync(join(folder, 'image-'));
    disk.image(image, style, random);
    const verdict = await look(image, acknowledged);
    if (verdict.lost.length + verdict.broken.length > 0) losses.push({ cut, style, ...verdict });
    looked += acknowledged.length;
    rmSync(image, { recursive: true });
  }
  return { losses, looked };
}

/** Every file but the index of the write-ahead log, which is mapped into memory and made again. */
function filesOf(top: string): Map<string, string> {
  const names = readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('-shm'))
    .map((entry) => join(entry.parentPath, entry.name).slice(top.length));
  return new Map(names.sort().map((name) => [name, hash('sha256', readFileSync(join(top, name)))]));
}

/** The log has everything: what was printed, and every byte of every file. */
function expectWhole({ acts, lines, top }: Recording, random: Chance): void {
  const printed = acts.flatMap((act) => (act.what === 'printed' ? [act.text] : []));
  expect(printed.join('').split('\n').slice(0, -1)).toEqual(lines);
  const disk = new Disk(top);
  for (const act of acts) disk.apply(act);
  const image = mkdtempSync(join(folder, 'whole-'));
  disk.image(image, 'applied', random);
  expect(filesOf(image)).toEqual(filesOf(top));
}

describe.skipIf(shim === '')('a power cut', { timeout: TIMEOUT_MS }, () => {
  it('loses nothing that was acknowledged, and leaves nothing half done, wherever it comes', async () => {
    const random = chance();
    const losses: Loss[] = [];
    let [lost, writes, looked] = [0, 0, 0];
    for (let left = CUTS; left > 0; left -= CUTS_PER_RECORDING) {
      const recording = await record(shim, folder, 'workload.ts', 'full', '8');
      expectWhole(recording, random);
      const cuts = cutsOf(recording.acts, Math.min(left, CUTS_PER_RECORDING), random);
      const outcome = await cutPower(recording, cuts, random);
      losses.push(...outcome.losses);
      lost += outcome.losses.reduce((sum, loss) => sum + loss.lost.length, 0);
      writes += recording.acts.length;
      looked += outcome.looked;
    }
    process.stdout.write(
      `seed ${random.seed}: the power was cut ${CUTS} times in ${writes} writes and syncs; ` +
        `${looked} acknowledgements looked for, ${lost} lost\n`,
    );
    expect(losses.slice(0, 3)).toEqual([]);
  });

  it('within a restore leaves the old ledger, the new one, or a refusal to start until it is restored', async () => {
    const random = chance(2);
    const recording = await record(shim, folder, 'restoring.ts');
    const begun = recording.acts.findIndex((act) => act.what === 'printed');
    const cuts = Array.from({ length: Math.ceil(CUTS / 8) }, () =>
      random.between(begun + 1, recording.acts.length),
    );
    const { losses } = await cutPower(
      recording,
      cuts.toSorted((a, b) => a - b),
      random,
      examineRestore,
    );
    expect(losses.slice(0, 3)).toEqual([]);
  });

  it('does lose acknowledged work when commits are not synced, so that the test above can fail', async () => {
    const random = chance(1);
    const recording = await record(shim, folder, 'workload.ts', 'normal', '4');
    const cuts = cutsOf(recording.acts, 40, random);
    const { losses } = await cutPower(recording, cuts, random);
    expect(losses.filter((loss) => loss.lost.length > 0).length).toBeGreaterThan(0);
    expect(losses.flatMap((loss) => loss.broken)).toEqual([]);
  });
});
