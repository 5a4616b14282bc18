import { createHmac, randomUUID } from 'node:crypto';
import { fixture, put, type RawExport } from '../test/support/fixtures.ts';

/** What is sent: one that a person accepts, or one that policy accepts and a sink gets. */
export type Kind = 'asked' | 'by_policy';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const KEY = Buffer.from(SECRET.slice('whsec_'.length), 'base64');

const AT = Date.now();
const TEMPLATES: Readonly<Record<Kind, RawExport>> = {
  asked: fixture('staged_product', { now: AT }),
  by_policy: fixture('inventory_delta', { now: AT }),
};

export const SOURCE_OF: Readonly<Record<Kind, string>> = { asked: 'pim', by_policy: 'wms' };

/** An export of about 1 kB that sets something no other one sets. */
export function rawExport(kind: Kind, unique: string): RawExport {
  const raw = structuredClone(TEMPLATES[kind]);
  raw['idempotency_key'] = `${kind}-${unique}`;
  put(raw, kind === 'asked' ? 'payload.handle' : 'payload.lines.0.sku', `thing-${unique}`);
  return raw;
}

export type Request = { body: string; headers: Record<string, string> };

/** A request as a source system signs it (Standard Webhooks 1.0). */
export function signedRequest(kind: Kind, unique: string): Request {
  const body = JSON.stringify(rawExport(kind, unique));
  const id = `msg_${randomUUID()}`;
  const at = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', KEY).update(`${id}.${at}.${body}`).digest('base64');
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'meshline-source': SOURCE_OF[kind],
      'webhook-id': id,
      'webhook-timestamp': at,
      'webhook-signature': `v1,${signature}`,
    },
  };
}
