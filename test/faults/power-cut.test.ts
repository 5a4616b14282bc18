import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { Disk, type Image, STYLES } from './power-cut/disk.ts';
import { place } from './power-cut/images.ts';
import type { Act } from './power-cut/log.ts';
import { buildShim, type Recording, record } from './power-cut/recording.ts';
import { Survivors, type Verdict } from './power-cut/survival.ts';
import { type Chance, chance } from './town/chance.ts';

/** Crash images that are looked at; each differs from the others, or more was acknowledged by then. */
const IMAGES = scaled({ short: 200, quick: 5_000, full: 100_000 });
const RESTORE_IMAGES = scaled({ short: 25, quick: 1_000, full: 10_000 });
/** As many come from one recording; then the work is recorded anew, and falls together otherwise. */
const PER_RECORDING = 4_000;
const TIMEOUT_MS = 60_000 + IMAGES * 20;

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
type Outcome = { tried: number; looked: number; writes: number; losses: Loss[] };
type Look = (survivors: Survivors, image: Image, acknowledged: readonly string[]) => Promise<Verdict>;

const examine: Look = (survivors, ...left) => survivors.examine(...left);
const examineRestore: Look = (survivors, ...left) => survivors.examineRestore(...left);

/** Cuts the power at each of `cuts`; an image that was `seen` with as much acknowledged is no other try. */
async function cutPower(
  { acts, top }: Recording,
  cuts: readonly number[],
  random: Chance,
  look: Look,
  { survivors, seen }: { survivors: Survivors; seen: Set<string> },
): Promise<Outcome> {
  const disk = new Disk(top);
  const acknowledged: string[] = [];
  const outcome: Outcome = { tried: 0, looked: 0, writes: acts.length, losses: [] };
  let done = 0;
  for (const cut of cuts) {
    for (; done < cut; done += 1) {
      const act = acts[done];
      if (!act) break;
      disk.apply(act);
      if (act.what === 'printed') acknowledged.push(...act.text.split('\n').filter(Boolean));
    }
    const style = random.pick(STYLES);
    const image = disk.image(style, random);
    const name = `${image.name} ${acknowledged.length}`;
    if (seen.has(name)) continue;
    seen.add(name);
    const verdict = await look(survivors, image, acknowledged);
    if (verdict.lost.length + verdict.broken.length > 0) outcome.losses.push({ cut, style, ...verdict });
    outcome.tried += 1;
    outcome.looked += acknowledged.length;
  }
  return outcome;
}

/** Looks at `wanted` images of as many recordings as that takes. */
async function cutAgainAndAgain(
  wanted: number,
  random: Chance,
  look: Look,
  recorded: () => Promise<{ recording: Recording; cuts(count: number): number[] }>,
  level: 'full' | 'normal' = 'full',
): Promise<Outcome> {
  const all: Outcome = { tried: 0, looked: 0, writes: 0, losses: [] };
  while (all.tried < wanted) {
    const { recording, cuts } = await recorded();
    const images = mkdtempSync(join(folder, 'images-'));
    const known = { survivors: new Survivors(images, level), seen: new Set<string>() };
    const most = Math.min(wanted, all.tried + PER_RECORDING);
    all.writes += recording.acts.length;
    for (let fresh = 1; all.tried < most && fresh > 0; ) {
      const outcome = await cutPower(recording, cuts(most - all.tried), random, look, known);
      fresh = outcome.tried;
      all.tried += outcome.tried;
      all.looked += outcome.looked;
      all.losses.push(...outcome.losses);
    }
    for (const used of [images, recording.top]) rmSync(used, { recursive: true, force: true });
  }
  return all;
}

function reported(row: 'power_cut' | 'power_cut_restore', { tried, losses }: Outcome): void {
  const lost = losses.reduce((sum, loss) => sum + loss.lost.length, 0);
  const wrong = losses.reduce((sum, loss) => sum + loss.broken.length, 0);
  reportProof(row, { tries: tried, lost, doubled: 0, wrong });
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
  const whole = mkdtempSync(join(folder, 'whole-'));
  place(disk.image('applied', random), whole);
  expect(filesOf(whole)).toEqual(filesOf(top));
  rmSync(whole, { recursive: true });
}

describe.skipIf(shim === '')('a power cut', { timeout: TIMEOUT_MS }, () => {
  it('loses nothing that was acknowledged, and leaves nothing half done, wherever it comes', async () => {
    const random = chance();
    const all = await cutAgainAndAgain(IMAGES, random, examine, async () => {
      const recording = await record(shim, folder, 'workload.ts', 'full', '8');
      expectWhole(recording, random);
      return { recording, cuts: (count) => cutsOf(recording.acts, count, random) };
    });
    process.stdout.write(
      `seed ${random.seed}: ${all.tried} crash images of ${all.writes} writes and syncs; ` +
        `${all.looked} acknowledgements looked for\n`,
    );
    reported('power_cut', all);
    expect(all.losses.slice(0, 3)).toEqual([]);
  });

  it('within a restore leaves the old ledger, the new one, or a refusal to start until it is restored', async () => {
    const random = chance(2);
    const all = await cutAgainAndAgain(RESTORE_IMAGES, random, examineRestore, async () => {
      const recording = await record(shim, folder, 'restoring.ts');
      const { acts } = recording;
      const begun = acts.findIndex((act) => act.what === 'printed');
      const anywhere = () => random.between(begun + 1, acts.length);
      return {
        recording,
        cuts: (count) => Array.from({ length: count }, anywhere).toSorted((a, b) => a - b),
      };
    });
    process.stdout.write(`seed ${random.seed}: ${all.tried} crash images of restores\n`);
    reported('power_cut_restore', all);
    expect(all.losses.slice(0, 3)).toEqual([]);
  });

  it('does lose acknowledged work when commits are not synced, so that the test above can fail', async () => {
    const random = chance(1);
    const recorded = async () => {
      const recording = await record(shim, folder, 'workload.ts', 'normal', '4');
      return { recording, cuts: (count: number) => cutsOf(recording.acts, count, random) };
    };
    const { losses } = await cutAgainAndAgain(40, random, examine, recorded, 'normal');
    expect(losses.filter((loss) => loss.lost.length > 0).length).toBeGreaterThan(0);
    expect(losses.flatMap((loss) => loss.broken)).toEqual([]);
  });
});
