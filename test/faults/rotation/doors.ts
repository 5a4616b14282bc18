import { randomBytes, randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { sign as signSlack } from '../../../sandbox/delivery/http.ts';
import { post as postHook, shopifyHook, standardHook } from '../../support/hooks.ts';

/** Who signs: with the secret that goes, the one that comes, both at once, one of nobody, or nobody and both. */
export const SIGNERS = ['old', 'new', 'both', 'nobody', 'nobody and old'] as const;
export type Signer = (typeof SIGNERS)[number];
export type Keys = Readonly<Record<'old' | 'new' | 'nobody', string>>;
/** Before a rotation, while both hold, after it. */
export const PHASES = ['before', 'overlap', 'after'] as const;
export type Phase = (typeof PHASES)[number];

export const HOLDS: Readonly<Record<Phase, readonly Signer[]>> = {
  before: ['old', 'both', 'nobody and old'],
  overlap: ['old', 'new', 'both', 'nobody and old'],
  after: ['new', 'both'],
};
export const NAMES: Readonly<Record<Signer, readonly (keyof Keys)[]>> = {
  old: ['old'],
  new: ['new'],
  both: ['old', 'new'],
  nobody: ['nobody'],
  'nobody and old': ['nobody', 'old'],
};

export const whsec = () => `whsec_${randomBytes(32).toString('base64')}`;
export const plain = () => randomBytes(24).toString('hex');
export const three = (make: () => string): Keys => ({ old: make(), new: make(), nobody: make() });

/** What a variable of the environment holds in a phase. */
export function held({ old, new: coming }: Keys, phase: Phase): string {
  switch (phase) {
    case 'before':
      return old;
    case 'overlap':
      return `${coming} ${old}`;
    case 'after':
      return coming;
  }
}

/** Everything that a secret opens, as it is knocked at: the HTTP status that came back. */
export type Door = {
  name: string;
  variable: string;
  keys: Keys;
  /** Only one secret at a time fits into such a request. */
  single?: true;
  knock(url: string, secrets: readonly string[], now: number): Promise<number>;
};

export async function status(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.arrayBuffer();
  return response.status;
}

function signed(path: string, who: Record<string, string>, body: () => string, type = 'application/json') {
  return (url: string, secrets: readonly string[], now: number): Promise<number> => {
    const id = `msg_${randomUUID()}`;
    const at = new Date(now);
    const text = body();
    const headers = {
      ...who,
      'content-type': type,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, text)).join(' '),
    };
    return status(fetch(`${url}${path}`, { method: 'POST', headers, body: text }));
  };
}

/** All of them, each with secrets of its own. */
export function doors(): Door[] {
  const anExport = () => JSON.stringify({ export_type: 'nothing', idempotency_key: randomUUID() });
  const pim = three(whsec);
  const oms = three(whsec);
  const bigc = three(plain);
  return [
    {
      name: 'a source’s export',
      variable: 'PIM_SECRET',
      keys: pim,
      knock: signed('/v1/exports', { 'meshline-source': 'pim' }, anExport),
    },
    {
      name: 'a source’s batch',
      variable: 'PIM_SECRET',
      keys: pim,
      knock: signed(
        '/v1/exports',
        { 'meshline-source': 'pim' },
        () => `${anExport()}\n${anExport()}\n`,
        'application/x-ndjson',
      ),
    },
    {
      name: 'a source’s brief',
      variable: 'PIM_SECRET',
      keys: pim,
      knock: signed('/v1/campaigns', { 'meshline-source': 'pim' }, () => '{"no":"brief"}'),
    },
    {
      name: 'a sink’s callback',
      variable: 'OMS_SECRET',
      keys: oms,
      knock: signed(`/v1/exports/${randomUUID()}/exceptions`, { 'meshline-sink': 'oms' }, () =>
        JSON.stringify({ exception_code: 'carrier_mismatch', exception_metadata: {} }),
      ),
    },
    {
      name: 'a tracker’s close',
      variable: 'OMS_SECRET',
      keys: oms,
      knock: signed('/v1/tasks/T-1/close', { 'meshline-sink': 'oms' }, () => '{}'),
    },
    {
      name: 'a read token',
      variable: 'BI_TOKEN',
      keys: three(plain),
      single: true,
      knock: (url, [token = '']) =>
        status(fetch(`${url}/v1/exports`, { headers: { authorization: `Bearer ${token}` } })),
    },
    {
      name: 'Slack’s requests',
      variable: 'SLACK_SIGNING_SECRET',
      keys: three(plain),
      single: true,
      knock(url, [secret = ''], now) {
        const body = JSON.stringify({ type: 'url_verification', challenge: randomUUID() });
        const seconds = Math.floor(now / 1000);
        const headers = {
          'content-type': 'application/json',
          'x-slack-request-timestamp': String(seconds),
          'x-slack-signature': signSlack(secret, seconds, body),
        };
        return status(fetch(`${url}/slack/events`, { method: 'POST', headers, body }));
      },
    },
    {
      name: 'Shopify’s webhooks',
      variable: 'SHOPIFY_SECRET',
      keys: three(plain),
      single: true,
      knock: (url, [secret = '']) =>
        status(postHook(url, 'storefront', shopifyHook('app/uninstalled', { a: randomUUID() }, { secret }))),
    },
    {
      name: 'BigCommerce’s webhooks',
      variable: 'BIGC_SECRET',
      keys: bigc,
      knock(url, secrets, now) {
        const [first = '', ...others] = secrets;
        const id = `msg_${randomUUID()}`;
        const hook = standardHook({ scope: 'store/other' }, { at: now, id, key: first });
        const also = others.map(
          (key) => standardHook(hook.body, { at: now, id, key }).headers['webhook-signature'],
        );
        const all = [hook.headers['webhook-signature'], ...also].join(' ');
        return status(
          postHook(url, 'bigc', { ...hook, headers: { ...hook.headers, 'webhook-signature': all } }),
        );
      },
    },
    {
      name: 'a signed source’s webhooks',
      variable: 'TOOL_SECRET',
      keys: three(whsec),
      knock: signed('/v1/hooks/tool', {}, () => JSON.stringify({ type: 'unknown', id: randomUUID() })),
    },
  ];
}
