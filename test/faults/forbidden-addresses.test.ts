import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Resolver } from '../../src/sinks/egress.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { FORBIDDEN_ANSWERS, FORBIDDEN_URLS, LOCAL_NAMES } from './sinks/forbidden-corpus.ts';
import { always, type Behave, hostileSide } from './sinks/hostile.ts';
import { WAYS_OUT, type WayOut, watchSockets } from './sinks/ways-out.ts';
import { chance } from './town/chance.ts';

const METADATA = '169.254.169.254';
const TIMEOUT_MS = scaled({ short: 60_000, quick: 240_000, full: 1_200_000 });
/** Ways out that each address is tried through. */
const WAYS_EACH = scaled({ short: 1, quick: 1, full: 3 });
/** One address of so many is tried, another one in each run. */
const STRIDE = scaled({ short: 24, quick: 2, full: 1 });

const random = chance(0x55f);
process.stdout.write(`seed ${random.seed}\n`);

/** Some of the ways, another part of them each time, so that all are used evenly. */
let turn = random.between(0, WAYS_OUT.length - 1);
function someWays(from: readonly WayOut[] = WAYS_OUT): WayOut[] {
  return Array.from({ length: Math.min(WAYS_EACH, from.length) }, () => {
    turn += 1;
    return from[turn % from.length] as WayOut;
  });
}

const sampled = <Of>(all: readonly Of[]) => {
  const offset = random.between(0, STRIDE - 1);
  return all.filter((_, n) => n % STRIDE === offset);
};

const withAddresses =
  (addresses: readonly string[]): Resolver =>
  (_, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

/** What was begun although it must not be, and what an address was told to have taken. */
type Verdict = { what: string; attempts: readonly string[]; said: unknown[] };

const delivered = (said: readonly unknown[]) =>
  said.some((one) => typeof one === 'object' && one !== null && 'kind' in one && one.kind === 'delivered');

async function told(way: WayOut, url: string, opening: Parameters<WayOut['go']>[1]): Promise<unknown[]> {
  try {
    return await way.go(url, opening);
  } catch {
    // It is not set up for such an address: the configuration is refused.
    return [];
  }
}

function report(tries: number, wrong: readonly Verdict[]): void {
  reportProof('ssrf', { tries, lost: 0, doubled: 0, wrong: wrong.length });
}

describe('what counts connections', () => {
  it('sees every way out connect where it may', async () => {
    const sockets = watchSockets();
    for (const way of WAYS_OUT) {
      const far = await hostileSide((response) => response.end('{}'), way.honest);
      sockets.forget();
      const host = way.own_resolver ? '127.0.0.1' : 'far.example';
      await way.go(`http://${host}:${String(far.port)}`, {
        allow_private: true,
        resolve: always('127.0.0.1'),
      });
      expect({ way: way.name, seen: sockets.to.includes(`127.0.0.1 ${String(far.port)}`) }).toEqual({
        way: way.name,
        seen: true,
      });
      expect(far.connections()).toBeGreaterThan(0);
    }
  });
});

describe('no connection is begun', () => {
  it('to a forbidden address that a configuration spells', { timeout: TIMEOUT_MS }, async () => {
    const sockets = watchSockets();
    const wrong: Verdict[] = [];
    let tries = 0;
    for (const { text, never } of sampled(FORBIDDEN_URLS)) {
      for (const way of someWays()) {
        for (const allow_private of never ? [false, true] : [false]) {
          sockets.forget();
          tries += 1;
          // What is taken for a name leads to where nothing may ever connect.
          const said = await told(way, text, { allow_private, resolve: always(METADATA) });
          const attempts = sockets.to.filter((to) => to !== '127.0.0.1 9');
          if (attempts.length > 0 || delivered(said))
            wrong.push({ what: `${way.name}: ${text}`, attempts, said });
        }
      }
    }
    report(tries, wrong);
    expect(wrong).toEqual([]);
  });

  it('to a name that turns out to be one, alone or among public ones', { timeout: TIMEOUT_MS }, async () => {
    const sockets = watchSockets();
    const wrong: Verdict[] = [];
    const asking = WAYS_OUT.filter((way) => way.own_resolver !== true);
    let tries = 0;
    for (const { addresses, never } of sampled(FORBIDDEN_ANSWERS)) {
      for (const way of someWays(asking)) {
        for (const allow_private of never ? [false, true] : [false]) {
          sockets.forget();
          tries += 1;
          const opening = { allow_private, resolve: withAddresses(addresses) };
          const said = await told(way, 'https://far.example/', opening);
          const attempts = sockets.to.filter((to) => to !== '127.0.0.1 9');
          if (attempts.length > 0 || delivered(said))
            wrong.push({ what: `${way.name}: ${addresses.join(' ')}`, attempts, said });
        }
      }
    }
    report(tries, wrong);
    expect(wrong).toEqual([]);
  });

  it('to a name of this machine', { timeout: TIMEOUT_MS }, async () => {
    const sockets = watchSockets();
    const wrong: Verdict[] = [];
    let tries = 0;
    for (const name of LOCAL_NAMES) {
      for (const way of WAYS_OUT) {
        sockets.forget();
        tries += 1;
        const said = await told(way, `https://${name}/`, { allow_private: false });
        const attempts = sockets.to.filter((to) => /^(?:127\.|::1 |::ffff:127)/u.test(to));
        if (attempts.length > 0 || delivered(said))
          wrong.push({ what: `${way.name}: ${name}`, attempts, said });
      }
    }
    report(tries, wrong);
    expect(wrong).toEqual([]);
  });

  it('to where a name moves between two looks', { timeout: TIMEOUT_MS }, async () => {
    const sockets = watchSockets();
    const wrong: Verdict[] = [];
    const asking = WAYS_OUT.filter((way) => way.own_resolver !== true);
    let tries = 0;
    for (const moved of [METADATA, 'fd00:ec2::254', '0.0.0.0', '::ffff:169.254.169.254', 'fe80::1']) {
      for (const way of asking) {
        const far = await hostileSide(
          (response) => response.writeHead(503, { connection: 'close' }).end('{}'),
          way.honest,
        );
        let looked = 0;
        const rebinding: Resolver = (_, done) => {
          looked += 1;
          withAddresses([looked % 2 === 1 ? '127.0.0.1' : moved])('', done);
        };
        sockets.forget();
        tries += 1;
        const url = `http://far.example:${String(far.port)}`;
        const said = await told(way, url, { allow_private: true, resolve: rebinding });
        const attempts = sockets.to.filter((to) => !to.startsWith('127.0.0.1 '));
        // It was looked up once for each connection: what was checked is what was called.
        const twice = far.connections() > Math.ceil(looked / 2);
        if (attempts.length > 0 || twice || looked === 0)
          wrong.push({ what: `${way.name}: ${moved}`, attempts, said });
      }
    }
    report(tries, wrong);
    expect(wrong).toEqual([]);
  });
});

/** Every way in which an answer can point elsewhere. */
const pointing = (to: string): Record<string, Behave> => {
  const text = (
    status: number,
    headers: Record<string, string>,
    body = '{}',
    type = 'application/json',
  ): Behave => {
    return (response) => response.writeHead(status, { 'content-type': type, ...headers }).end(body);
  };
  const host = to.replace(/^https?:/u, '');
  const kinds: [string, Behave][] = [300, 301, 302, 303, 304, 305, 306, 307, 308].map((status) => [
    String(status),
    text(status, { location: to }),
  ]);
  return {
    ...Object.fromEntries(kinds),
    'a relative one': text(302, { location: host }),
    '201 with a location': text(201, { location: to, 'content-location': to }),
    '202 to be asked again': text(202, { location: to, 'retry-after': '0' }),
    '401 with a realm': text(401, { 'www-authenticate': `Bearer realm="${to}"`, location: to }),
    '503 with a location': text(503, { location: to, 'retry-after': '0' }),
    refresh: text(200, { refresh: `0; url=${to}` }),
    'a page that goes there': text(
      200,
      {},
      `<meta http-equiv="refresh" content="0; url=${to}"><script>location="${to}"</script>`,
      'text/html',
    ),
    'another service': text(200, {
      'alt-svc': `h2="${host.slice(2)}"; ma=60, h3="${host.slice(2)}"`,
      link: `<${to}>; rel=preconnect`,
    }),
    'links to follow': text(
      200,
      { link: `<${to}>; rel="next"` },
      JSON.stringify({
        links: { next: { href: to } },
        next: to,
        url: to,
        href: to,
        data: { url: to, stagedUploadsCreate: { stagedTargets: [{ url: to, resourceUrl: to }] } },
        meta: { pagination: { links: { next: to } } },
        resource_url: to,
        label_download: { href: to },
        jku: to,
      }),
    ),
  };
};

describe('an answer that points elsewhere', () => {
  it('leads to no connection there', { timeout: TIMEOUT_MS }, async () => {
    const sockets = watchSockets();
    const other = await hostileSide((response) => response.end('{}'));
    const wrong: Verdict[] = [];
    let tries = 0;
    const targets = [
      other.url,
      `http://${METADATA}/latest/meta-data/`,
      'http://[fd00:ec2::254]/',
      'file:///etc/passwd',
    ];
    const all = WAYS_OUT.flatMap((way) =>
      targets.flatMap((to) =>
        Object.entries(pointing(to)).map(([kind, behave]) => ({ way, to, kind, behave })),
      ),
    );
    for (const { way, to, kind, behave } of sampled(all)) {
      const far = await hostileSide(behave, way.honest);
      sockets.forget();
      tries += 1;
      const said = await told(way, far.url, { allow_private: true });
      const attempts = sockets.to.filter(
        (address) => address !== `127.0.0.1 ${String(far.port)}` && address !== '127.0.0.1 9',
      );
      if (attempts.length > 0 || far.connections() === 0)
        wrong.push({ what: `${way.name}: ${kind} to ${to}`, attempts, said });
    }
    const heard = other.connections();
    reportProof('ssrf', { tries, lost: 0, doubled: 0, wrong: wrong.length + heard });
    expect(wrong).toEqual([]);
    expect(heard).toBe(0);
  });
});

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy'];

/** A listener that takes whatever comes and counts it. */
async function listener(): Promise<{ url: string; connections(): number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${String(port)}`, connections: () => connections };
}

describe('a proxy that the environment names', () => {
  it('is not asked, by any way out', { timeout: TIMEOUT_MS }, async () => {
    const proxy = await listener();
    for (const name of PROXIES) vi.stubEnv(name, proxy.url);
    vi.stubEnv('NO_PROXY', '');
    onTestFinished(() => void vi.unstubAllEnvs());
    const wrong: Verdict[] = [];
    for (const way of WAYS_OUT) {
      const far = await hostileSide((response) => response.end('{}'), way.honest);
      const said = await told(way, far.url, { allow_private: true });
      if (far.connections() === 0) wrong.push({ what: way.name, attempts: [], said });
    }
    const heard = proxy.connections();
    reportProof('ssrf', { tries: WAYS_OUT.length, lost: 0, doubled: 0, wrong: wrong.length + heard });
    expect(wrong).toEqual([]);
    expect(heard).toBe(0);
  });

  it('is not asked where Node itself is told to use it', { timeout: TIMEOUT_MS }, async () => {
    const proxy = await listener();
    const far = await hostileSide((response) => response.end('{}'));
    const env = {
      PATH: process.env['PATH'],
      NODE_USE_ENV_PROXY: '1',
      ...Object.fromEntries(PROXIES.map((name) => [name, proxy.url])),
    };
    const script = new URL('./sinks/behind-a-proxy.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, far.url], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [code] = (await once(child, 'exit')) as [number | null];
    const heard = proxy.connections();
    const reached = far.connections() > 0;
    reportProof('ssrf', { tries: 1, lost: 0, doubled: 0, wrong: heard + (reached ? 0 : 1) });
    expect({ code, heard, reached }).toEqual({ code: 0, heard: 0, reached: true });
  });
});
