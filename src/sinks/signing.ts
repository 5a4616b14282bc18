import { Webhook } from 'standardwebhooks';
import { toDate } from '../clock.ts';
import { type Redact, createRedact as redacting } from '../redact.ts';

export type { Redact } from '../redact.ts';

function bare(secret: string): string {
  return secret.replace(/^whsec_/u, '');
}

/** Headers of a signed call (Standard Webhooks 1.0), with one signature for each secret. */
export type Signer = (id: string, now: number, body: string) => Record<string, string>;

/** Secrets are base64, with or without `whsec_` and padding. Throws for an empty one. */
export function createSigner(secrets: readonly string[]): Signer {
  const keys = secrets.map((secret) => new Webhook(Buffer.from(bare(secret), 'base64'), { format: 'raw' }));
  return (id, now, body) => ({
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now / 1000)),
    'webhook-signature': keys.map((key) => key.sign(id, toDate(now), body)).join(' '),
  });
}

/** A far side may echo what it was given, or worse, what it knows; it may write it otherwise, or cut it. */
export function createRedact(secrets: readonly string[]): Redact {
  return redacting(secrets.map((secret) => bare(secret).replace(/(?<!=)=+$/u, '')));
}
