import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, it, onTestFinished } from 'vitest';
import { parse, stringify } from 'yaml';
import { startSandbox } from '../../sandbox/index.ts';
import { renderFault } from '../../src/config.ts';
import { createLogger } from '../../src/log.ts';
import { type Meshline, startMeshline } from '../../src/meshline.ts';
import { createRefetcher } from '../../src/sinks/refetch.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { EXAMPLE, load, SECRETS } from '../support/config.ts';
import { withoutFarSides } from '../support/far-sides.ts';
import { HOOK_SECRETS, post as postHook, rsaKeys, shipstationHook, startPlatform } from '../support/hooks.ts';
import { type ConfigFile, LeapClock } from '../support/house.ts';
import { countingIds } from '../support/manual-clock.ts';
import { withoutStaging } from '../support/staging.ts';
import { aPush, farSide, json, openWebhook } from '../unit/sinks/far-side.ts';
import {
  doors,
  HOLDS,
  held,
  NAMES,
  PHASES,
  type Phase,
  plain,
  SIGNERS,
  status,
  three,
  whsec,
} from './rotation/doors.ts';

const ROUNDS = scaled({ short: 1, quick: 2, full: 4 });
const TIMEOUT_MS = scaled({ short: 60_000, quick: 120_000, full: 300_000 });
const HOUR_MS = 3_600_000;

function configure(jwks: { url: string; host: string }): string {
  const file = withoutStaging(withoutFarSides(parse(EXAMPLE) as ConfigFile));
  delete file.sources['pim']?.['refetch_url'];
  for (const sink of Object.values(file.sinks)) sink.settings['url'] = 'http://127.0.0.1:9/';
  for (const sink of Object.values(file.sinks)) delete sink.settings['reconcile'];
  file.sources['bi'] = { token_env: 'BI_TOKEN', types: [], scopes: ['exports:read'] };
  file.sources['storefront'] = {
    kind: 'shopify',
    secret_env: 'SHOPIFY_SECRET',
    settings: { shop: 'northwind.myshopify.com' },
    rules: [],
  };
  file.sources['bigc'] = {
    kind: 'bigcommerce',
    secret_env: 'BIGC_SECRET',
    settings: { store_hash: 'abc123' },
    rules: [],
  };
  file.sources['tool'] = {
    kind: 'signed',
    secret_env: 'TOOL_SECRET',
    types: [],
    rules: [{ when: 'topic', topic: 'known', then: 'exception_notify', with: {} }],
  };
  file.sources['labels'] = {
    kind: 'shipstation',
    api_token_env: 'SHIPSTATION_KEY',
    settings: { jwks_url: `${jwks.url}/jwks`, hosts: [jwks.host], allow_private: true },
    rules: [],
  };
  return stringify(file);
}

/** Meshline on one ledger, started again with another environment, as a rotation does it. */
async function openSlot(jwks: { url: string; host: string }) {
  const folder = mkdtempSync(join(tmpdir(), 'meshline-rotation-'));
  const clock = new LeapClock();
  const sandbox = await startSandbox({ clock });
  let running: Meshline | null = null;
  onTestFinished(async () => {
    await running?.stop();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    clock,
    async start(env: Readonly<Record<string, string>>): Promise<string> {
      await running?.stop();
      const loaded = load(configure(jwks), { ...SECRETS, ...HOOK_SECRETS, ...env });
      if (!loaded.ok) throw new Error(loaded.faults.map((fault) => renderFault('it', fault)).join('\n'));
      running = await startMeshline({
        config: loaded.config,
        clock,
        log: createLogger({ level: 'silent' }),
        version: 'test',
        environment: {
          SLACK_BOT_TOKEN: sandbox.botToken,
          SLACK_APP_TOKEN: undefined,
          SLACK_SIGNING_SECRET: env['SLACK_SIGNING_SECRET'],
          SLACK_API_URL: sandbox.apiUrl,
          MESHLINE_CONFIG: 'meshline.yml',
          MESHLINE_DB: join(folder, 'meshline.db'),
          MESHLINE_HOST: '127.0.0.1',
          MESHLINE_PORT: 0,
          MESHLINE_LOG_LEVEL: 'silent',
        },
      });
      return running.url;
    },
  };
}

type Count = { tries: number; wrong: string[] };
const report = ({ tries, wrong }: Count) =>
  reportProof('rotation', { tries, lost: 0, doubled: 0, wrong: wrong.length });

it('what is signed by either secret is let in while both hold, and by the old one never after', {
  timeout: TIMEOUT_MS,
}, async () => {
  const count: Count = { tries: 0, wrong: [] };
  const jwks = await startPlatform(() => null);
  onTestFinished(() => jwks.close());
  for (let round = 0; round < ROUNDS; round += 1) {
    const slot = await openSlot(jwks);
    const all = doors();
    for (const phase of PHASES) {
      const env = Object.fromEntries(all.map(({ variable, keys }) => [variable, held(keys, phase)]));
      const url = await slot.start(env);
      for (const door of all) {
        for (const signer of SIGNERS) {
          const names = NAMES[signer];
          if (door.single && names.length > 1) continue;
          count.tries += 1;
          const secrets = names.map((name) => door.keys[name]);
          const answered = await door.knock(url, secrets, slot.clock.now());
          const entered = answered !== 401 && answered < 500;
          const wanted = HOLDS[phase].includes(signer);
          if (entered !== wanted)
            count.wrong.push(`${door.name}, ${phase}, signed by ${signer}: ${String(answered)}`);
        }
      }
    }
  }
  report(count);
  expect(count.wrong).toEqual([]);
});

it('a request that was caught while its secret held is refused after it', {
  timeout: TIMEOUT_MS,
}, async () => {
  const count: Count = { tries: 0, wrong: [] };
  const jwks = await startPlatform(() => null);
  onTestFinished(() => jwks.close());
  const slot = await openSlot(jwks);
  const all = doors();
  const envOf = (phase: Phase) =>
    Object.fromEntries(all.map(({ variable, keys }) => [variable, held(keys, phase)]));
  // The same instant, so that the window is not what refuses it.
  const caught = slot.clock.now();
  await slot.start(envOf('overlap'));
  const url = await slot.start(envOf('after'));
  for (const door of all) {
    count.tries += 1;
    const answered = await door.knock(url, [door.keys.old], caught);
    if (answered !== 401) count.wrong.push(`${door.name}: ${String(answered)}`);
  }
  report(count);
  expect(count.wrong).toEqual([]);
});

it('ShipStation’s keys are taken from its set: two while it has two, and none that it has dropped', {
  timeout: TIMEOUT_MS,
}, async () => {
  const count: Count = { tries: 0, wrong: [] };
  const [old, coming, nobody] = [rsaKeys('key-1'), rsaKeys('key-2'), rsaKeys('key-3')];
  let set: readonly object[] = old.jwks.keys;
  const jwks = await startPlatform(() => ({ json: { keys: set } }));
  onTestFinished(() => jwks.close());
  const slot = await openSlot(jwks);
  let url = await slot.start({ SLACK_SIGNING_SECRET: plain(), BI_TOKEN: plain(), TOOL_SECRET: whsec() });
  const knock = async (keys: typeof old, kid = keys.kid) => {
    const hook = shipstationHook(
      { resource_type: randomUUID() },
      { at: slot.clock.now(), key: keys.privateKey, kid },
    );
    const answered = await status(postHook(url, 'labels', hook));
    return answered < 300;
  };
  const expected = async (when: string, holds: readonly (typeof old)[]) => {
    for (const keys of [old, coming, nobody]) {
      count.tries += 1;
      if ((await knock(keys)) !== holds.includes(keys)) count.wrong.push(`${keys.kid} ${when}`);
    }
    // Another key under a name that the set knows.
    count.tries += 1;
    if (await knock(nobody, old.kid)) count.wrong.push(`a stranger as ${old.kid} ${when}`);
  };
  await expected('before', [old]);
  set = [...old.jwks.keys, ...coming.jwks.keys];
  slot.clock.leap(60_000);
  await expected('while both are in the set', [old, coming]);
  set = coming.jwks.keys;
  // The set is looked at again within the hour.
  slot.clock.leap(HOUR_MS + 1_000);
  await expected('after', [coming]);
  set = nobody.jwks.keys;
  url = await slot.start({ SLACK_SIGNING_SECRET: plain(), BI_TOKEN: plain(), TOOL_SECRET: whsec() });
  await expected('after a restart with another set', [nobody]);
  report(count);
  expect(count.wrong).toEqual([]);
});

it('what goes out is signed with every secret that holds, and no other', {
  timeout: TIMEOUT_MS,
}, async () => {
  const count: Count = { tries: 0, wrong: [] };
  const far = await farSide(json(200, { ok: true }));
  const keys = three(whsec);
  const fits = (secret: string) => {
    const one = far.seen.at(-1);
    try {
      // Its own window is by the machine's clock.
      const headers = one?.headers as Record<string, string>;
      const webhook = new Webhook(secret);
      const at = new Date(Number(headers['webhook-timestamp']) * 1000);
      const given = String(headers['webhook-signature']).split(' ');
      return given.includes(webhook.sign(String(headers['webhook-id']), at, one?.body ?? ''));
    } catch {
      return false;
    }
  };
  for (const phase of PHASES) {
    const secrets = held(keys, phase).split(' ');
    const sink = openWebhook(
      {
        url: far.url,
        values: { url: far.url },
        reconcile: { url: `${far.url}/{key}` },
        staging: true,
        ping: true,
      },
      { secrets },
    );
    const refetcher = createRefetcher({
      targets: [{ name: 'pim', url: far.url, secrets, allow_private: true }],
      clock: new LeapClock(),
      ids: countingIds(),
      version: '0.0.0',
      onAnswer: async () => undefined,
    });
    onTestFinished(() => refetcher.close());
    const request = { export_id: 'x', export_type: 'price_update', reference: 'r', groups: ['price'] };
    const calls: Record<string, () => unknown> = {
      push: () => sink.push(aPush()),
      reconcile: () => sink.reconcile(aPush()),
      values: () => sink.read?.(['A-1'], {}),
      rehearse: () => sink.rehearse?.(aPush()),
      ping: () => sink.probe?.(),
      refetch: () => refetcher.refetch('pim', request),
    };
    for (const [name, call] of Object.entries(calls)) {
      const before = far.seen.length;
      await call();
      for (const key of ['old', 'new', 'nobody'] as const) {
        count.tries += 1;
        const wanted = secrets.includes(keys[key]);
        if (far.seen.length === before || fits(keys[key]) !== wanted)
          count.wrong.push(`${name}, ${phase}: ${key}`);
      }
    }
  }
  report(count);
  expect(count.wrong).toEqual([]);
});
