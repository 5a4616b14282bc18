import { describe, expect, it, onTestFinished } from 'vitest';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { SECRETS } from '../support/config.ts';
import { HOOK_SECRETS } from '../support/hooks.ts';
import { inTurns, type Knock, knock } from './hostile/door.ts';
import { openStage, type Stage } from './hostile/forged-house.ts';
import { type Chance, chance } from './town/chance.ts';

const AGENTS = [
  'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
  'Mozilla/5.0 (compatible; SafeLinks)',
  'Barracuda Sentinel',
  'facebookexternalhit/1.1',
  'Googlebot/2.1',
  'curl/8',
  '',
] as const;

/** What a person could be made to press, were there such addresses. */
const WISHES = [
  'accept',
  'approve',
  'reject',
  'withdraw',
  'resume',
  'redeliver',
  'undo',
  'ack',
  'close',
  'decide',
  'confirm',
];
const USUAL = [
  '/',
  '/favicon.ico',
  '/robots.txt',
  '/sitemap.xml',
  '/.well-known/security.txt',
  '/.env',
  '/admin',
  '/login',
  '/v1',
  '/v1/',
  '/v1/exports/',
  '/metrics/',
  '/v2/exports',
  '//v1/exports',
  '/v1/../metrics',
  '/slack/install',
  '/slack/oauth_redirect',
  '/slack/events/',
  '/slack/actions',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/v1/hooks/storefront',
  '/v1/hooks/bigc',
  '/v1/hooks/parcels',
  '/v1/hooks/',
  '/events',
  '/accept',
];

/** Every address that the contract names, and every one of ours that was ever printed on a card, a form or an answer. */
async function addresses({ house, pending, delivered, task }: Stage): Promise<string[]> {
  const { url } = house.meshline;
  const contract = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, unknown> };
  const filled = Object.keys(contract.paths).flatMap((path) =>
    [pending, delivered, task, 'pim'].map((id) => path.replace(/\{[^}]+\}/g, id)),
  );
  const printed = house.sandbox.control
    .calls()
    .flatMap((call) => JSON.stringify(call.args).match(/https?:\/\/[^\s"'<>|\\)]+/g) ?? []);
  const own = printed.flatMap((each) => (each.startsWith(url) ? [each.slice(url.length) || '/'] : []));
  const wished = WISHES.flatMap((verb) => [
    `/v1/exports/${pending}/${verb}`,
    `/v1/exports/${pending}?action=${verb}`,
    `/v1/tasks/${task}/${verb}`,
    `/${verb}/${pending}?by=priya`,
  ]);
  return [...new Set([...filled, ...own, ...wished, ...USUAL])];
}

const TOKENS: readonly string[] = [
  '',
  `Bearer ${SECRETS['READ_TOKEN'] ?? ''}`,
  'Bearer nobody',
  `Bearer ${SECRETS['PIM_SECRET'] ?? ''}`,
  `Bearer ${HOOK_SECRETS.SHOPIFY_TOKEN}`,
  `Basic ${Buffer.from('priya:priya').toString('base64')}`,
];

const BODIES: readonly (readonly [string, string])[] = [
  ['application/json', ''],
  ['application/json', '{}'],
  ['application/json', '{"action":"accept","by":"priya"}'],
  ['application/x-www-form-urlencoded', 'action=accept&by=priya'],
  ['application/x-www-form-urlencoded', ''],
  ['text/html', '<p>'],
];

/** What a scanner does to one address. */
function visits(random: Chance, path: string): Knock[] {
  return TOKENS.flatMap((authorization) => {
    const agent = random.pick(AGENTS);
    const headers = {
      ...(authorization === '' ? {} : { authorization }),
      ...(agent === '' ? {} : { 'user-agent': agent }),
    };
    const read = ['GET', 'HEAD', 'OPTIONS'].map(
      (method): Knock => ({ why: `${method} ${path}`, path, method, headers, body: '' }),
    );
    const write = BODIES.map(
      ([type, body]): Knock => ({
        why: `${type} to ${path}`,
        path,
        method: random.pick(['POST', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE']),
        headers: { ...headers, 'content-type': type },
        body,
      }),
    );
    return [...read, ...write];
  });
}

describe('scanners of mail and links', {
  timeout: scaled({ short: 30_000, quick: 120_000, full: 300_000 }),
}, () => {
  it('decide nothing, change nothing and break nothing, whatever they open and post', async () => {
    const stage = await openStage('http');
    onTestFinished(() => stage.close());
    const { house, pending } = stage;
    const random = chance();
    const all = (await addresses(stage)).flatMap((path) => visits(random, path));
    const most = scaled({ short: 400, quick: 2_000, full: all.length });
    while (all.length > most) all.splice(random.between(0, all.length - 1), 1);
    const before = await stage.mark();
    const wrong: string[] = [];
    const statuses = new Map<number, number>();
    await inTurns(all, 8, async (visit) => {
      const { status, type, text } = await knock(house.meshline.url, visit);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 0 || status >= 500) wrong.push(`${status} for ${visit.why}`);
      if (visit.method !== 'GET' && visit.method !== 'HEAD' && status < 400)
        wrong.push(`${status} for ${visit.method} ${visit.why}`);
      if (/html/.test(type) || text.includes('<p>')) wrong.push(`a page for ${visit.why}`);
    });
    const after = await stage.mark();
    const state = await house.meshline.flow.ledger.get(pending);
    const decided = state?.status === 'pending' && state.acceptances.length === 0 ? 0 : 1;
    reportProof('crawler', {
      tries: all.length,
      lost: 0,
      doubled: decided + (after === before ? 0 : 1),
      wrong: wrong.length,
    });
    expect(wrong.slice(0, 20), `seed ${random.seed}`).toEqual([]);
    expect(stage.since(Number.parseInt(before, 10))).toEqual([]);
    expect(after).toBe(before);
    expect(decided).toBe(0);
    // They were let in where reading is open, and nowhere else.
    expect(statuses.get(200)).toBeGreaterThan(0);
    expect(statuses.get(401)).toBeGreaterThan(0);
  });
});
