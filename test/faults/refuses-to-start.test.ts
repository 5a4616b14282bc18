import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { headLine } from '../../src/head-line.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE } from '../proof/scale.ts';
import { CASES, clockAt, DAY_MS } from './refusing/cases.ts';
import { contents, eventsOf, sceneOf, start, type Template } from './refusing/scene.ts';
import { BY_POLICY } from './town/exports.ts';
import { openTown, type Town } from './town/process.ts';
import { post } from './town/senders.ts';

const AS_ROOT = process.getuid?.() === 0;

let town: Town;
let template: Template;

beforeAll(async () => {
  town = await openTown((file) => {
    delete file['schedules'];
  });
  town.start();
  await town.ready();
  for (const [n, make] of BY_POLICY.entries()) await post(town.url, make(n));
  await town.end('SIGTERM');
  const db = new Database(town.file, { readonly: true });
  const last = db
    .prepare<[], Template['last']>('SELECT seq, at, hash FROM events ORDER BY seq DESC LIMIT 1')
    .get();
  db.close();
  if (!last) throw new Error('The ledger is empty.');
  template = { env: town.env, file: town.file, last };
}, 60_000);
afterAll(() => town.close());

/** Each start takes its second: the short run tries every fifth. */
const TRIED = SCALE === 'short' ? CASES.filter((_, n) => n % 5 === 2) : CASES;

it.concurrent.for(TRIED)(
  'refuses with a sentence, and changes nothing: $state',
  { timeout: 60_000 },
  async ({ breaks, says, lines = 1, needsRoot, opens }, { expect, onTestFinished }) => {
    if (needsRoot && !AS_ROOT) return;
    const made = sceneOf(template, onTestFinished);
    const undo = await breaks(made);
    onTestFinished(() => void undo?.());
    const look = () => (opens ? eventsOf(made.file) : contents(made.folder));
    const before = look();
    const { code, said } = await start(made, onTestFinished);
    const after = look();
    const sentences = said
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('{'));
    const wrong =
      code === 1 && says.test(sentences.join('\n')) && sentences.length === lines && !/^\s+at /m.test(said);
    const changed = JSON.stringify(before) !== JSON.stringify(after);
    reportProof('refuses_to_start', { tries: 1, lost: changed ? 1 : 0, doubled: 0, wrong: wrong ? 0 : 1 });
    expect(sentences.join('\n')).toMatch(says);
    expect({ code, sentences: sentences.length }).toEqual({ code: 1, sentences: lines });
    expect(after).toEqual(before);
  },
);

it('starts where all is well, and with --trust-clock after a clock that was wrong', {
  timeout: 60_000,
}, async ({ onTestFinished }) => {
  const { last } = template;
  const well = sceneOf(template, onTestFinished);
  writeFileSync(join(well.folder, 'heads.txt'), headLine(last.at, last));
  expect((await start(well, onTestFinished)).said).toContain('Meshline is ready');
  const trusted = sceneOf(template, onTestFinished);
  trusted.node = clockAt(last.at - 3 * DAY_MS);
  trusted.args = ['--trust-clock'];
  expect((await start(trusted, onTestFinished)).said).toContain('Meshline is ready');
});
