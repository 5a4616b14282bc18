import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { SECRETS } from '../../support/config.ts';
import { fixture, put, type RawExport } from '../../support/fixtures.ts';

/**
 * A process of its own that sends exports as fast as it can: rightly signed, again while it is told to
 * come back. It tells what was answered and which exports were acknowledged.
 */
export type Order = { url: string; run: string; count: number; width: number };
export type Told = {
  /** Answers by status; 0 is none at all. */
  statuses: Record<string, number>;
  acknowledged: string[];
  /** Refusals to come back later that did not say when. */
  without_retry_after: number;
  per_second: number;
};

const KEY = Buffer.from((SECRETS['PIM_SECRET'] ?? '').slice('whsec_'.length), 'base64');
/** One in so many is accepted by policy and goes on to a sink. */
const BY_POLICY = 5;
const AGAIN_MS = 60;

const AT = Date.now();
const TEMPLATES = {
  asked: { source: 'pim', raw: fixture('staged_product', { now: AT }), path: 'payload.handle' },
  by_policy: { source: 'wms', raw: fixture('inventory_delta', { now: AT }), path: 'payload.lines.0.sku' },
};

function request(run: string, n: number): { body: string; headers: Record<string, string> } {
  const { source, raw: template, path } = TEMPLATES[n % BY_POLICY === 0 ? 'by_policy' : 'asked'];
  const raw: RawExport = structuredClone(template);
  raw['idempotency_key'] = `${run}-${n}`;
  put(raw, path, `thing-${run}-${n}`);
  const body = JSON.stringify(raw);
  const id = `msg_${randomUUID()}`;
  const at = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', KEY).update(`${id}.${at}.${body}`).digest('base64');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'meshline-source': source,
      'webhook-id': id,
      'webhook-timestamp': at,
      'webhook-signature': `v1,${signature}`,
    },
  };
}

async function send({ url, run, count, width }: Order): Promise<Told> {
  const pool = new Pool(url, { connections: width });
  const told: Told = { statuses: {}, acknowledged: [], without_retry_after: 0, per_second: 0 };
  let next = 0;
  const began = performance.now();
  const one = async (n: number) => {
    const made = request(run, n);
    for (;;) {
      const answer = await pool
        .request({ method: 'POST', path: '/v1/exports', ...made })
        .then(async ({ statusCode, headers, body }) => ({
          status: statusCode,
          headers,
          text: await body.text(),
        }))
        .catch(() => ({ status: 0, headers: {} as Record<string, unknown>, text: '' }));
      told.statuses[answer.status] = (told.statuses[answer.status] ?? 0) + 1;
      if (answer.status === 202 || answer.status === 200) {
        told.acknowledged.push((JSON.parse(answer.text) as { export_id: string }).export_id);
        return;
      }
      if (answer.status !== 0 && answer.status !== 429 && answer.status !== 503) return;
      if (answer.status !== 0 && answer.headers['retry-after'] === undefined) told.without_retry_after += 1;
      await pause(AGAIN_MS);
    }
  };
  const sender = async () => {
    while (next < count) {
      next += 1;
      await one(next);
    }
  };
  await Promise.all(Array.from({ length: width }, sender));
  told.per_second = count / ((performance.now() - began) / 1000);
  await pool.close();
  return told;
}

process.on('message', (order: Order) => {
  void send(order).then((told) => process.send?.(told));
});
