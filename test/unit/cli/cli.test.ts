import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { systemClock } from '../../../src/clock.ts';
import { SECRETS, WHOLE } from '../../support/config.ts';
import { fixture } from '../../support/fixtures.ts';
import { type Intake, startIntake } from '../../support/intake.ts';

let folder: string;
let config: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshline-cli-'));
  config = join(folder, 'meshline.yml');
  writeFileSync(config, WHOLE);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command as somebody would type it; `piped` is what comes in by `-`. */
async function meshline(args: readonly string[], env: Record<string, string | undefined> = {}, piped = '') {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, {
    env: { ...SECRETS, MESHLINE_CONFIG: config, MESHLINE_DB: join(folder, 'none.db'), ...env },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    input: async () => Buffer.from(piped),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('what was typed wrongly is answered with a sentence', () => {
  test.each([
    [['frobnicate'], /There is no command "frobnicate"/],
    [['owners'], /There is no command "owners"/],
    [['send'], /meshline -- send FILE/],
    [['show', 'a', 'b'], /meshline -- show ID/],
    [['check', '--at', '3'], /"check" has no option --at/],
    [['send', '--frob', 'x'], /Unknown option '--frob'/],
    [['constructor'], /There is no command "constructor"/],
    [['verify', '--head', 'x'], /There is no ledger|A head is/],
  ])('%j', async (args, says) => {
    const { code, err } = await meshline(args);
    expect(code).not.toBe(0);
    expect(err).toMatch(says);
  });

  test('help, and no command at all, print the commands', async () => {
    for (const args of [[], ['help'], ['--help'], ['send', '--help']]) {
      const { code, out } = await meshline(args);
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('owners import FILE|-') });
    }
  });

  test('a file that is not there is named, with what to do', async () => {
    expect((await meshline(['send', '/nowhere.json'])).err).toMatch(
      /\/nowhere\.json cannot be read: it does not exist/,
    );
    const { err } = await meshline(['owners', 'export', '-'], { MESHLINE_CONFIG: '/nowhere.yml' });
    expect(err).toMatch(/Set MESHLINE_CONFIG/);
  });
});

describe('check', () => {
  test('says what is well, and that without Slack the demo runs', async () => {
    const { code, out } = await meshline(['check']);
    expect(out).toMatch(/^warn Slack: SLACK_BOT_TOKEN is not set/m);
    expect(out).toMatch(/^ok {3}.*meshline\.yml: no faults/m);
    expect(out).toMatch(/^ok {3}Sink wms \(webhook\): .*shipping_label_request/m);
    expect(out).toMatch(/^ok {3}Ledger: .* will be made/m);
    expect(code).toBe(0);
  });

  test('lists every fault with its line, and fails', async () => {
    writeFileSync(
      config,
      WHOLE.replace('default_owner: amara', 'default_owner: amra').replace('do: page', 'do: pge'),
    );
    const { code, out } = await meshline(['check'], { OMS_SECRET: undefined });
    expect(out.split('\n').filter((line) => line.startsWith('fail'))).toEqual([
      expect.stringMatching(/meshline\.yml:\d+:\d+ roles\.logistics\.default_owner: /),
      expect.stringMatching(/"pge" is not one of the known words/),
      expect.stringMatching(/Set OMS_SECRET before starting/),
    ]);
    expect(out).toContain('Meshline will not start like this.');
    expect(code).toBe(1);
  });

  test('finds a bot token without a way in, and a file that is no ledger', async () => {
    const db = written('broken.db', 'this is not a database, however much it is called one');
    const { code, out } = await meshline(['check'], {
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_API_URL: 'http://127.0.0.1:9/api/',
      MESHLINE_DB: db,
    });
    expect(out).toMatch(/^fail Slack: clicks cannot arrive/m);
    expect(out).toMatch(/^fail Ledger: .*does not open/m);
    expect(code).toBe(1);
  });

  test('names a variable that is wrong without its value', async () => {
    const { out } = await meshline(['check'], { SLACK_BOT_TOKEN: 'hunter2' });
    expect(out).toMatch(/^fail SLACK_BOT_TOKEN: /m);
    expect(out).not.toContain('hunter2');
  });

  test('reads variables from a file', async () => {
    const env = written(
      'env',
      Object.entries(SECRETS)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n'),
    );
    const unset = Object.fromEntries(Object.keys(SECRETS).map((name) => [name, undefined]));
    expect((await meshline(['check'], unset)).code).toBe(1);
    expect((await meshline(['check', '--env', env], unset)).code).toBe(0);
  });
});

describe('beside a running Meshline', () => {
  let intake: Intake;
  let env: Record<string, string>;
  beforeEach(async () => {
    intake = await startIntake({ clock: systemClock });
    env = { MESHLINE_DB: intake.file, MESHLINE_PORT: String(intake.port) };
  });
  afterEach(async () => {
    await intake.close();
  });

  async function sent(type = 'promo_activation', more: readonly string[] = []): Promise<string> {
    const { code, out, err } = await meshline(
      ['send', '-', '--now', ...more],
      env,
      JSON.stringify(fixture(type)),
    );
    if (code !== 0) throw new Error(`${out}${err}`);
    return (JSON.parse(out) as { export_id: string }).export_id;
  }

  test('an export is sent, shown and replayed', async () => {
    const id = await sent();
    const shown = await meshline(['show', id], env);
    expect(shown.out).toMatch(/^state: +pending$/m);
    expect(shown.out).toMatch(/1 {2}\d{4}-\d\d-\d\d .* received/);
    const state: unknown = JSON.parse((await meshline(['show', id, '--json'], env)).out);
    const replayed = await meshline(['replay', id, '--at', '1'], env);
    const [step, ...rest] = replayed.out.split('\n');
    expect(step).toMatch(/received: nothing -> pending$/);
    expect(JSON.parse(rest.join('\n'))).toEqual(state);
    expect((await meshline(['replay', id, '--at', '99'], env)).err).toMatch(/from 1 to 1/);
    expect((await meshline(['show', 'nobody'], env)).err).toMatch(/There is no export nobody/);
  });

  test('a file of many lines is sent as one batch', async () => {
    const lines = ['promo_activation', 'price_update'].map((type) => JSON.stringify(fixture(type)));
    const file = written('many.ndjson', `${lines.join('\n')}\n`);
    const { code, out } = await meshline(['send', file, '--now', '--source', 'pim'], env);
    expect(out.split('\n').map((line) => (JSON.parse(line) as { status: number }).status)).toEqual([
      202, 202,
    ]);
    expect(code).toBe(0);
    expect((await meshline(['send', written('bad.ndjson', '{}\n{\n')], env)).err).toMatch(
      /bad\.ndjson:2: This line/,
    );
  });

  test('the source is asked for when several could have sent it', async () => {
    const text = JSON.stringify(fixture('price_update'));
    expect((await meshline(['send', '-'], env, text)).err).toMatch(/Choose one with --source: pim, erp/);
    expect((await meshline(['send', '-', '--source', 'nobody'], env, text)).err).toMatch(
      /There is no source nobody/,
    );
    await sent('price_update', ['--source', 'erp']);
  });

  test('a missing secret, a refusal and a Meshline that is not there are told', async () => {
    const text = JSON.stringify(fixture('promo_activation'));
    const unset = { ...env, PIM_SECRET: undefined };
    expect((await meshline(['send', '-'], unset, text)).err).toMatch(
      /secret of the source pim is not in the env/,
    );
    const wrong = { ...env, PIM_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}` };
    const refused = await meshline(['send', '-'], wrong, text);
    expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('bad_signature') });
    const absent = await meshline(['send', '-'], { ...env, MESHLINE_PORT: '1' }, text);
    expect(absent.err).toMatch(/does not answer at .* Start it with "npm start"/);
  });

  test('the ledger verifies, also against a head noted earlier, and is backed up', async () => {
    await sent();
    const verified = await meshline(['verify'], env);
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('1 events of 1 exports verify') });
    const head = /head is (\S+)\. Keep/.exec(verified.out)?.[1] ?? '';
    await sent('price_update', ['--source', 'erp']);
    expect((await meshline(['verify', '--head', head], env)).code).toBe(0);
    const other = head.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    expect(await meshline(['verify', '--head', other], env)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^fail /),
    });
    const copy = join(folder, 'copy.db');
    expect(await meshline(['backup', copy], env)).toMatchObject({
      code: 0,
      out: expect.stringContaining('verified'),
    });
    expect((await meshline(['verify'], { MESHLINE_DB: copy })).code).toBe(0);
    expect(await meshline(['backup', copy], env)).toMatchObject({
      code: 1,
      err: expect.stringContaining('exists already'),
    });
    expect((await meshline(['check'], env)).out).toMatch(/^ok {3}Ledger: .* opens; 2 exports are open/m);
  });
});

describe('owners', () => {
  test('are exported, changed and imported; the rest of the file stays as it was', async () => {
    const file = join(folder, 'owners.yml');
    expect((await meshline(['owners', 'export', file])).code).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/^people:/m);
    expect(text).not.toMatch(/^sinks:/m);
    writeFileSync(file, text.replace('name: Priya Raman', 'name: Priya R. Raman'));
    const dry = await meshline(['owners', 'import', file, '--dry-run']);
    expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was written') });
    expect(readFileSync(config, 'utf8')).toBe(WHOLE);
    expect((await meshline(['owners', 'import', file])).code).toBe(0);
    const now = readFileSync(config, 'utf8');
    expect(now).toContain('name: Priya R. Raman');
    expect(now).toContain('url: http://127.0.0.1:3401/oms');
    expect((await meshline(['check'])).code).toBe(0);
  });

  test('with a fault are refused whole', async () => {
    const file = join(folder, 'owners.yml');
    copyFileSync(config, file);
    expect((await meshline(['owners', 'import', file])).err).toMatch(
      /people, roles and on_call alone\. It also has/,
    );
    const { out } = await meshline(['owners', 'export', '-']);
    const refused = await meshline(
      ['owners', 'import', '-'],
      {},
      out.replace('default_owner: amara', 'default_owner: amra'),
    );
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/"amra" is not among the people/) });
    expect(readFileSync(config, 'utf8')).toBe(WHOLE);
  });
});
