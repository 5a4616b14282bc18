import { createHmac } from 'node:crypto';
import type { OutgoingHttpHeaders } from 'node:http';
import type { Chance } from '../town/chance.ts';

export type Signing = {
  body: Buffer | string;
  /** What the receiver checks with, and what somebody else has. */
  key: Buffer;
  other: Buffer;
  /** Of this moment, ms. */
  now: number;
  /** An id that nobody has used yet. */
  id: string;
};

const MINUTE_S = 60;

export function mac(key: Buffer, id: string, stamp: string, body: Buffer | string): Buffer {
  return createHmac('sha256', key).update(`${id}.${stamp}.`).update(body).digest();
}

/** Genuine headers of Standard Webhooks. */
export function genuine({ body, key, now, id }: Signing): OutgoingHttpHeaders {
  const stamp = String(Math.floor(now / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': stamp,
    'webhook-signature': `v1,${mac(key, id, stamp, body).toString('base64')}`,
  };
}

/** Headers that claim to be genuine and are not, each with its reason. */
export function forgedHeaders(
  random: Chance,
  signing: Signing,
): readonly (readonly [string, OutgoingHttpHeaders])[] {
  const { body, key, other, now, id } = signing;
  const seconds = Math.floor(now / 1000);
  const stamp = String(seconds);
  const right = mac(key, id, stamp, body);
  const wrong = mac(other, id, stamp, body).toString('base64');
  const base = { 'webhook-id': id, 'webhook-timestamp': stamp };
  const signed = (signature: string) => ({ ...base, 'webhook-signature': signature });
  const at = (text: string) => ({
    'webhook-id': id,
    'webhook-timestamp': text,
    'webhook-signature': `v1,${mac(key, id, text, body).toString('base64')}`,
  });
  const named = (name: string) => ({
    'webhook-id': name,
    'webhook-timestamp': stamp,
    'webhook-signature': `v1,${mac(key, name, stamp, body).toString('base64')}`,
  });
  const b64 = right.toString('base64');
  const bent = Buffer.from(right);
  bent[random.between(0, 31)] = (bent[random.between(0, 31)] ?? 0) ^ (1 << random.between(0, 7));
  const bits = bent.equals(right) ? Buffer.alloc(32) : bent;
  const far = random.between(5 * MINUTE_S + 1, 10 * 365 * 24 * 3600);
  const filler = Array.from({ length: 10 }, () => `v1,${wrong}`).join(' ');
  return [
    ['no headers', {}],
    ['no signature', base],
    ['no timestamp', { 'webhook-id': id, 'webhook-signature': `v1,${b64}` }],
    ['no id', { 'webhook-timestamp': stamp, 'webhook-signature': `v1,${b64}` }],
    ['an empty signature', signed('')],
    ['zeros', signed(`v1,${Buffer.alloc(32).toString('base64')}`)],
    ['another secret', signed(`v1,${wrong}`)],
    ['an empty secret', signed(`v1,${mac(Buffer.alloc(0), id, stamp, body).toString('base64')}`)],
    ['another body', signed(`v1,${mac(key, id, stamp, `${body.toString()} `).toString('base64')}`)],
    ['another id', signed(`v1,${mac(key, `${id}x`, stamp, body).toString('base64')}`)],
    ['another timestamp', signed(`v1,${mac(key, id, String(seconds - 1), body).toString('base64')}`)],
    ['one bit changed', signed(`v1,${bits.toString('base64')}`)],
    ['an old timestamp', at(String(seconds - far))],
    ['a future timestamp', at(String(seconds + far))],
    ['milliseconds', at(String(now))],
    ['a fraction', at(`${stamp}.0`)],
    ['an exponent', at(`${(seconds / 1e9).toFixed(9)}e9`)],
    ['an ISO instant', at('2026-11-24T09:00:00Z')],
    ['NaN', at('NaN')],
    ['a sign', at(`+${stamp}`)],
    ['a negative timestamp', at(`-${stamp}`)],
    ['a hexadecimal timestamp', at(`0x${seconds.toString(16)}`)],
    ['zero', at('0')],
    ['13 digits', at(`0${'0'.repeat(12 - stamp.length)}${stamp}`)],
    ['hex', signed(`v1,${right.toString('hex')}`)],
    ['no version', signed(b64)],
    ['another version', signed(`${random.pick(['v0', 'v1a', 'v2', 'V1', 'v11', ''])},${b64}`)],
    ['another separator', signed(`v1${random.pick(['=', ':', ';', '.', ' '])}${b64}`)],
    ['no padding', signed(`v1,${b64.slice(0, -1)}`)],
    ['cut short', signed(`v1,${b64.slice(0, random.between(0, 42))}`)],
    ['twice the length', signed(`v1,${b64}${b64}`)],
    ['a signature within another', signed(`v1,x${b64}`)],
    ['several, all wrong', signed(`v1,${wrong} v1,${bits.toString('base64')} v2,${b64}`)],
    ['the right one after ten others', signed(`${filler} v1,${b64}`)],
    ['two ids', { ...signed(`v1,${b64}`), 'webhook-id': [id, `${id}y`] }],
    ['two timestamps', { ...signed(`v1,${b64}`), 'webhook-timestamp': [stamp, String(seconds + 1)] }],
    [
      'two wrong signatures',
      { ...base, 'webhook-signature': [`v1,${wrong}`, `v1,${bits.toString('base64')}`] },
    ],
    ['an id that is too long', named('i'.repeat(201))],
    ['an id with a blank', named(`${id} x`)],
    ['an id with a tab', named(`${id}\tx`)],
  ];
}
