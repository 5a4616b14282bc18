import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { checkDirectory } from '../../../src/cli/check-directory.ts';
import { checkWorkspace } from '../../../src/cli/check-slack.ts';
import { checkStart } from '../../../src/cli/check-start.ts';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { readEnvironment } from '../../../src/config.ts';
import type { Directory, Person } from '../../../src/exports/ownership.ts';
import { headLine } from '../../../src/head-line.ts';
import { reach } from '../../../src/sinks/reach.ts';
import { openLedger } from '../../../src/store/index.ts';
import { EXAMPLE, load, SECRETS } from '../../support/config.ts';
import { ALICE, CAROL, directory, GONE } from '../../support/core.ts';

function example(): Directory {
  const loaded = load(EXAMPLE, SECRETS);
  if (!loaded.ok) throw new Error('The example has no faults.');
  return loaded.config.directory;
}

const texts = (findings: readonly { level: string; text: string }[], level: string) =>
  findings.filter((each) => each.level === level).map((each) => each.text);

describe('the directory', () => {
  it('of the example is complete', () => {
    expect(checkDirectory(example()).map((each) => each.level)).toEqual(Array(8).fill('ok'));
  });

  it('is told where nobody would answer, each with what to do', () => {
    const people = new Map(directory.people);
    const alice = people.get(ALICE);
    if (!alice) throw new Error('She is there.');
    people.set(ALICE, { ...alice, active: false, backup: null });
    const rota = { ...directory.on_call, people: [GONE] };
    const broken = checkDirectory({ ...directory, people, on_call: rota });
    expect(texts(broken, 'fail')).toEqual([
      'Role marketing ops: Alice is deactivated and has no backup. Name another owner in /owners.',
      'On-call: nobody of the rota is active, so pages reach only the channel. Set on_call.people.',
    ]);
    const away = new Map([[CAROL, { until: null, reason: 'is out', note: null }]]);
    expect(texts(checkDirectory({ ...directory, away }), 'ok')).toContainEqual(
      expect.stringContaining('Carol is out.'),
    );
  });
});

describe('the workspace', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ manifest: 'manifest.yml' });
  });
  afterAll(() => sandbox.close());

  it('has the app in every channel and everybody in it', async () => {
    const findings = await checkWorkspace(sandbox.botToken, sandbox.apiUrl, example());
    expect(findings.filter((each) => each.level !== 'ok')).toEqual([]);
    expect(texts(findings, 'ok')).toContain('Channel #promo-approvals: the app is in it.');
  });

  it('is told what is missing in it, with the remedy', async () => {
    sandbox.control.removeBot('promo-approvals');
    const known = example();
    const people = new Map(known.people);
    const [first] = people.values();
    people.set('x', { ...(first as Person), id: 'x', name: 'Nora New', email: 'nora@elsewhere.example' });
    const logistics = known.roles.get('logistics');
    if (!logistics) throw new Error('It is there.');
    const roles = new Map(known.roles).set('logistics', { ...logistics, channel: '#nowhere' });
    const findings = await checkWorkspace(sandbox.botToken, sandbox.apiUrl, { ...known, people, roles });
    expect(texts(findings, 'fail')).toEqual([
      'Channel #promo-approvals: the app is not in it, so no card can appear. Type /invite @Meshline there.',
      'Channel #nowhere: the app sees no such channel. Make it, or invite the app with /invite.',
    ]);
    expect(texts(findings, 'warn')).toEqual([expect.stringContaining('Nora New')]);
  });

  it('is not asked further with a token that it refuses, or when it cannot be reached', async () => {
    const refused = await checkWorkspace('xoxb-wrong', sandbox.apiUrl, example());
    expect(refused).toEqual([{ level: 'fail', text: expect.stringContaining('the bot token is refused') }]);
    const lost = await checkWorkspace(sandbox.botToken, 'http://127.0.0.1:9/api/', example());
    expect(lost).toEqual([{ level: 'warn', text: expect.stringContaining('cannot be asked from here') }]);
  });
});

describe('a sink', () => {
  it('is reached by a connection on which nothing is sent', async () => {
    const heard: Buffer[] = [];
    const server = createServer((socket) => socket.on('data', (data) => heard.push(data)));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as { port: number };
    expect(await reach(`http://127.0.0.1:${port}/hook`, true)).toBeNull();
    expect(await reach(`http://127.0.0.1:${port}/hook`, false)).toContain('https://');
    expect(await reach(`https://127.0.0.1:${port}/hook`, false)).toContain('private');
    await new Promise((resolve) => {
      server.close(resolve);
    });
    expect(await reach(`http://127.0.0.1:${port}/hook`, true)).toBe('the connection is refused');
    expect(heard).toEqual([]);
  });

  it('is never looked for at instance metadata', async () => {
    expect(await reach('http://169.254.169.254/latest', true)).toContain('never called');
  });
});

describe('what a start would refuse', () => {
  it('is a port that is taken, and a ledger that ends before its noted head', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meshline-check-'));
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const file = join(folder, 'meshline.db');
    const heads = join(folder, 'heads.txt');
    const ledger = await openLedger({ file, clock: systemClock, ids: systemIds(systemClock) });
    await ledger.close();
    writeFileSync(heads, headLine(systemClock.now(), { seq: 9, hash: Buffer.alloc(32) }));
    const loaded = load(`${EXAMPLE}\nschedules: { head: { every_ms: 60000, file: ${heads} } }\n`, SECRETS);
    if (!loaded.ok) throw new Error('The example has no faults.');
    const read = readEnvironment({ MESHLINE_DB: file, MESHLINE_PORT: String(port) });
    if (!read.ok) throw new Error('The environment has no faults.');
    const findings = await checkStart(loaded.config, read.environment);
    expect(texts(findings, 'warn')).toEqual([
      expect.stringContaining(`Port ${port} of 127.0.0.1 is taken by another program.`),
    ]);
    expect(texts(findings, 'fail')).toEqual([
      expect.stringMatching(/^Ledger: The ledger ends at event 0, and .*heads\.txt notes event 9: /),
    ]);
  });
});
