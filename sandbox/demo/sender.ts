import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Json } from '../../src/exports/envelope.ts';

export type Export = { [key: string]: Json };
export type Receipt = { status: number; body: { export_id?: string; state?: string; detail?: string } };

/** Sends one export as a source system would: signed by Standard Webhooks as of `now` (ms), over HTTP. */
export function send(
  url: string,
  source: string,
  secret: string,
  raw: Export,
  now = Date.now(),
): Promise<Receipt> {
  return post(`${url}/v1/exports`, source, secret, raw, now);
}

/** Sends a campaign's brief in the same way; it is a draft until somebody marks it ready. */
export function sendBrief(
  url: string,
  source: string,
  secret: string,
  brief: object,
  now = Date.now(),
): Promise<Receipt> {
  return post(`${url}/v1/campaigns`, source, secret, brief, now);
}

async function post(
  address: string,
  source: string,
  secret: string,
  value: object,
  now: number,
): Promise<Receipt> {
  const body = JSON.stringify(value);
  const id = `msg_${randomUUID()}`;
  const at = new Date(now);
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'meshline-source': source,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
    body,
  });
  return { status: response.status, body: (await response.json()) as Receipt['body'] };
}
