import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { run } from '../../src/cli/run.ts';
import { createLogger } from '../../src/log.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { EXAMPLE, SECRETS } from '../support/config.ts';
import { type ConfigFile, openHouse } from '../support/house.ts';
import type { Logged } from '../unit/sinks/far-side.ts';
import { canary, createFinder, signingCanary } from './hostile/canaries.ts';
import { openRow, ROWS, type Row } from './sinks/egress-rows.ts';
import { echo, hostileSide } from './sinks/hostile.ts';
import { chance } from './town/chance.ts';

const TIMEOUT_MS = scaled({ short: 60_000, quick: 180_000, full: 600_000 });
const random = chance();
const seed = `seed ${random.seed}`;

/** How others write a secret back: as it is, encoded, cut, or within something else. */
const WRITTEN: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(`token=${secret};`).toString('base64'),
  (secret) => Buffer.from(secret).toString('base64url'),
  (secret) => Buffer.from(secret).toString('hex'),
  (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
  (secret) => encodeURIComponent(secret),
  (secret) => JSON.stringify(secret),
  (secret) => secret.slice(0, 12),
  (secret) => secret.slice(-12),
  (secret) => secret.slice(10, 19),
  (secret) => `https://user:${secret}@far.example/?access_token=${secret}`,
  (secret) => `${'x'.repeat(290)}${secret}`,
  (secret) => `${'x'.repeat(493)}${secret}`,
];

const STATUSES = [200, 201, 207, 301, 400, 401, 403, 404, 409, 410, 413, 422, 423, 429, 500, 503] as const;

/** A row with secrets that stand nowhere else. */
function withCanaries(row: Row): Row {
  return {
    ...row,
    secrets: row.secrets.map((each) => (each.startsWith('whsec_') ? signingCanary(random) : canary(random))),
  };
}

describe('secrets', { timeout: TIMEOUT_MS }, () => {
  it('stay out of outcomes and logs, however a far side fails and tells them back', async () => {
    const cases = ROWS.flatMap((row) =>
      row.turns.flatMap((turn) => STATUSES.map((status) => ({ row, turn, status }))),
    );
    const most = scaled({ short: 40, quick: 160, full: cases.length });
    while (cases.length > most) cases.splice(random.between(0, cases.length - 1), 1);
    const leaks: string[] = [];
    let tries = 0;
    for (const { row, turn, status } of cases) {
      const mine = withCanaries(row);
      const known = [...mine.secrets, ...(turn.tokens ?? [])];
      const find = createFinder(known);
      const written = random.pick(
        WRITTEN as readonly [(secret: string) => string, ...((secret: string) => string)[]],
      );
      const far = await hostileSide(echo(status, status === 429 ? [] : known.map(written)), turn.honest);
      const lines: Logged[] = [];
      const sink = openRow(mine, far.url, { lines });
      for (const push of mine.pushes) {
        const said = [
          await sink.push(push),
          await sink.reconcile({ ...push, unsettled: true }),
          await sink.quote?.(push),
          await sink.rehearse?.(push),
        ];
        tries += said.filter((each) => each !== undefined).length;
        leaks.push(...find(`${row.kind} ${status} ${written.toString()}`, JSON.stringify(said)));
      }
      leaks.push(...find(`${row.kind} ${status} log`, JSON.stringify([lines, await sink.probe?.()])));
      await sink.close();
    }
    reportProof('secrets', { tries, lost: 0, doubled: 0, wrong: leaks.length });
    expect(leaks.slice(0, 10), seed).toEqual([]);
  });

  it('stay out of every log line, wherever an error carries them', () => {
    const leaks: string[] = [];
    const tries = scaled({ short: 60, quick: 120, full: 300 });
    for (let n = 0; n < tries; n += 1) {
      const secret = n % 2 === 0 ? canary(random) : signingCanary(random);
      const told: string[] = [];
      const log = createLogger({
        level: 'trace',
        stream: { write: (line) => void told.push(line) },
        secrets: [secret],
      });
      const text = WRITTEN[n % WRITTEN.length]?.(secret) ?? '';
      const error = Object.assign(new TypeError(`Request to ${text} failed`, { cause: new Error(text) }), {
        code: text,
        name: text,
        config: { headers: { authorization: `Bearer ${text}` }, url: text },
        response: { data: text },
      });
      log.error(
        { err: error, text, [text]: { deep: [text] }, headers: text, req: { url: text } },
        'something failed',
      );
      log.trace({ err: text, error }, 'something small failed');
      log.child({ text }).warn({}, 'something hurt');
      leaks.push(...createFinder([secret])(`log ${n}`, told.join('')));
    }
    reportProof('secrets', { tries, lost: 0, doubled: 0, wrong: leaks.length });
    expect(leaks.slice(0, 10), seed).toEqual([]);
  });

  it('stay out of the ledger, of Slack, of the log at its most talkative and of every answer', async () => {
    const env: Record<string, string> = {
      ERP_SECRET: signingCanary(random),
      SHOP_SECRET: signingCanary(random),
      OMS_SECRET: signingCanary(random),
      WMS_SINK_SECRET: signingCanary(random),
      READ_TOKEN: canary(random),
      HOOK_SECRET: canary(random),
      HOOK_TOKEN: canary(random),
      QUERY_TOKEN: canary(random, '', 24),
    };
    const known = Object.values(env);
    const statuses = [400, 401, 403, 404, 409, 422, 500, 503] as const;
    let status = 0;
    // Each tells back what it was given, and what stands in its own address.
    const given = (path: string) => [
      env[
        path.startsWith('/wms') ? 'WMS_SINK_SECRET' : path.startsWith('/admin') ? 'HOOK_TOKEN' : 'OMS_SECRET'
      ] ?? '',
      env['QUERY_TOKEN'] ?? '',
    ];
    const far = await hostileSide((response, seen) => {
      const code = statuses[(status += 1) % statuses.length] ?? 500;
      echo(code, given(seen.path).map(WRITTEN[status % WRITTEN.length] ?? ((secret) => secret)))(
        response,
        seen,
      );
    });
    const told: string[] = [];
    const house = await openHouse({
      env,
      log: createLogger({ level: 'trace', stream: { write: (line) => void told.push(line) } }),
      configure(file) {
        for (const sink of ['oms', 'wms']) {
          const settings = file.sinks[sink]?.settings ?? {};
          Object.assign(settings, {
            url: `${far.url}/${sink}?token=${env['QUERY_TOKEN'] ?? ''}`,
            reconcile: { url: `${far.url}/effects/{key}` },
          });
        }
        file.sources['bi'] = { token_env: 'READ_TOKEN', scopes: ['exports:read'] };
        file.sources['storefront'] = {
          kind: 'shopify',
          secret_env: 'HOOK_SECRET',
          api_token_env: 'HOOK_TOKEN',
          settings: { shop: 'northwind.myshopify.com', api_url: far.url, allow_private: true },
          rules: [{ when: 'order_placed', then: 'shipping_label_request' }],
        };
      },
    });
    onTestFinished(() => house.close());
    const { ledger } = house.meshline.flow;
    const slackSecrets = [house.sandbox.botToken, house.sandbox.appToken, house.sandbox.signingSecret];
    const find = createFinder([...known, ...slackSecrets]);
    const rounds = scaled({ short: 2, quick: 8, full: 30 });
    const faults = ['500', 'reset', 'stored_then_500'] as const;
    for (let n = 0; n < rounds; n += 1) {
      house.sandbox.control.addFault({
        match: { method: 'chat.postMessage' },
        kind: faults[n % faults.length] ?? '500',
        times: 1,
      });
      await house.sendFixture('price_update', (raw) => {
        raw['idempotency_key'] = `canary-${n}`;
        Object.assign(raw.payload, { price_list: { id: `list-${n}`, name: `list-${n}` } });
      });
      const mei = house.as('mei');
      const card = await mei.waitForMessage(
        '#merchandising',
        ({ text }) => text.includes(`list-${n}`),
        15_000,
      );
      await mei.click(card, 'accept');
    }
    const open = async () =>
      (await ledger.list({ limit: 200 })).filter(({ status: now }) => now === 'pending' || now === 'accepted')
        .length;
    await expect.poll(open, { timeout: 30_000 }).toBe(0);
    await expect.poll(() => far.hostile(), { timeout: 30_000 }).toBeGreaterThanOrEqual(rounds);
    const { url } = house.meshline;
    const answers: string[] = [];
    const headers = { authorization: `Bearer ${env['READ_TOKEN'] ?? ''}` };
    const paths = [
      '/readyz',
      '/metrics',
      '/openapi.json',
      '/v1/exports',
      '/v1/tasks',
      '/v1/campaigns',
      '/nothing',
      `/v1/exports/${env['READ_TOKEN'] ?? ''}x`,
    ];
    const ids = (await ledger.list({ limit: 200 })).map(({ id }) => id);
    for (const path of [
      ...paths.slice(0, -1),
      ...ids.flatMap((id) => [`/v1/exports/${id}`, `/v1/exports/${id}/events`]),
    ]) {
      answers.push(await (await fetch(url + path, { headers })).text());
    }
    const backup = join(house.folder, 'copy.db');
    await run(['backup', backup], {
      env: { MESHLINE_DB: join(house.folder, 'meshline.db') },
      out: () => {},
      err: () => {},
      input: async () => Buffer.alloc(0),
    });
    const files = globSync('*', { cwd: house.folder }).map((file) =>
      readFileSync(join(house.folder, file)).toString('latin1'),
    );
    const calls = house.sandbox.control
      .calls()
      .map(({ args }) => JSON.stringify({ ...args, token: undefined }));
    const leaks = [
      ...told.flatMap((line) => find('log', line)),
      ...files.flatMap((bytes) => find('ledger', bytes)),
      ...calls.flatMap((call) => find('slack', call)),
      ...answers.flatMap((answer) => find('http', answer)),
    ];
    reportProof('secrets', { tries: far.hostile(), lost: 0, doubled: 0, wrong: leaks.length });
    expect(leaks.slice(0, 10), seed).toEqual([]);
  });

  it('stay out of what the command line says of wrong configurations', async () => {
    const leaks: string[] = [];
    const names = [...Object.keys(SECRETS), 'SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'];
    const tries = scaled({ short: 24, quick: 100, full: 200 });
    for (let n = 0; n < tries; n += 1) {
      const secret = random.pick([
        canary(random),
        signingCanary(random),
        canary(random, 'xoxb-'),
        canary(random, 'shpat_'),
      ]);
      const find = createFinder([secret]);
      const folder = mkdtempSync(join(tmpdir(), 'meshline-canary-'));
      const file = join(folder, 'meshline.yml');
      const name = names[n % names.length] ?? '';
      const bad = WRITTEN[n % WRITTEN.length]?.(secret) ?? secret;
      const texts = [
        EXAMPLE,
        EXAMPLE.replace('secret_env: OMS_SECRET', `secret_env: ${secret}`),
        EXAMPLE.replace('secret_env: OMS_SECRET', `secret: ${secret}`),
        EXAMPLE.replace('url: http://127.0.0.1:3401/', `url: https://user:${secret}@far.example/`),
        EXAMPLE.replace('url: http://127.0.0.1:3401/', `url: http://127.0.0.1:1/?token=${secret}`),
        EXAMPLE.replace('secret_env: OMS_SECRET', `secret_env: "${secret}`),
        EXAMPLE.replace('secret_env: OMS_SECRET', `secret_env: [${secret}`),
        EXAMPLE.replace('people:', `${secret}: 1\npeople:`),
      ];
      writeFileSync(file, texts[n % texts.length] ?? EXAMPLE);
      const told: string[] = [];
      const args = random.pick([
        ['check'],
        ['check'],
        ['check', '--sinks'],
        ['send', '-'],
        ['owners', 'export', '-'],
        ['verify'],
      ]);
      await run(args, {
        env: {
          ...SECRETS,
          MESHLINE_CONFIG: file,
          MESHLINE_DB: join(folder, 'none.db'),
          MESHLINE_PORT: '1',
          [name]: bad,
        },
        out: (line) => told.push(line),
        err: (line) => told.push(line),
        input: async () => Buffer.from('{"export_type":"promo_activation"}'),
      });
      rmSync(folder, { recursive: true, force: true });
      // A command that copies the file says what is in it.
      if (args[0] !== 'owners')
        leaks.push(
          ...find(
            `${args.join(' ')}, ${name} as ${bad.slice(0, 10)}, file ${n % texts.length}`,
            told.join('\n'),
          ),
        );
    }
    reportProof('secrets', { tries, lost: 0, doubled: 0, wrong: leaks.length });
    expect(leaks.slice(0, 10), seed).toEqual([]);
  });

  it.runIf(SCALE !== 'short')('stay out of what a process says that dies', async () => {
    const leaks: string[] = [];
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    const tries = scaled({ short: 0, quick: 3, full: 12 });
    for (let n = 0; n < tries; n += 1) {
      const secret = canary(random);
      const env = {
        ...SECRETS,
        READ_TOKEN: secret,
        SLACK_BOT_TOKEN: canary(random, 'xoxb-'),
        SLACK_APP_TOKEN: canary(random, 'xapp-'),
        OMS_SECRET: signingCanary(random),
      };
      const find = createFinder([secret, env.SLACK_BOT_TOKEN, env.SLACK_APP_TOKEN, env.OMS_SECRET]);
      const folder = mkdtempSync(join(tmpdir(), 'meshline-canary-'));
      const file = parse(EXAMPLE) as ConfigFile;
      file.sources['bi'] = { token_env: 'READ_TOKEN', scopes: ['exports:read'] };
      writeFileSync(join(folder, 'meshline.yml'), stringify(file));
      // As a library would, whose error carries its whole request.
      const dying = `const e = new Error('sent ' + process.env.READ_TOKEN); e.config = { headers: { Authorization: process.env.SLACK_BOT_TOKEN } }; setTimeout(() => { ${n % 2 === 0 ? 'throw e' : 'Promise.reject(e)'} }, ${n % 3 === 2 ? 0 : 2_500});`;
      const child = spawn(
        process.execPath,
        ['--import', `data:text/javascript,${encodeURIComponent(dying)}`, main],
        {
          env: {
            PATH: process.env['PATH'],
            ...env,
            MESHLINE_CONFIG: join(folder, 'meshline.yml'),
            MESHLINE_DB: join(folder, 'meshline.db'),
            MESHLINE_PORT: '0',
            SLACK_API_URL: 'http://127.0.0.1:9/api/',
            MESHLINE_LOG_LEVEL: 'trace',
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      let told = '';
      child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number | null];
      expect(code, told.slice(-500)).toBe(1);
      leaks.push(...find(`process ${n}`, told));
      rmSync(folder, { recursive: true, force: true });
    }
    reportProof('secrets', { tries, lost: 0, doubled: 0, wrong: leaks.length });
    expect(leaks.slice(0, 10), seed).toEqual([]);
  });
});
