import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../src/clock.ts';
import { ACK_MS, type Answer, type Kind, type Retry } from './kinds.ts';

export type HttpTarget = {
  /** Where the app listens, e.g. `http://127.0.0.1:3300/slack/events`. */
  requestUrl: string;
  signingSecret: string;
  /** What stamps the signature: the sandbox's clock unless told. */
  stamp?: Clock;
};

/** The signature of one request: `v0=` and the hex HMAC-SHA256 of `v0:{seconds}:{body}`. */
export function sign(signingSecret: string, seconds: number, body: string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${seconds}:${body}`).digest('hex')}`;
}

function encode(kind: Kind, payload: Record<string, unknown>): { type: string; body: string } {
  switch (kind) {
    case 'events_api':
      return { type: 'application/json', body: JSON.stringify(payload) };
    case 'interactive': {
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
      return { type: 'application/x-www-form-urlencoded', body };
    }
    case 'slash_commands': {
      const pairs = Object.entries(payload).map(([k, v]): [string, string] => [k, String(v)]);
      return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(pairs).toString() };
    }
  }
}

/** Posts one signed payload; anything but a 200 within 3 s is no acknowledgement. */
export async function postSigned(
  target: HttpTarget,
  kind: Kind,
  payload: Record<string, unknown>,
  retry: Retry | null,
  clock: Clock,
): Promise<Answer> {
  const { type, body } = encode(kind, payload);
  const seconds = Math.floor((target.stamp ?? clock).now() / 1000);
  const abort = new AbortController();
  let late = false;
  const cancel = clock.after(ACK_MS, () => {
    late = true;
    abort.abort();
  });
  try {
    const response = await fetch(target.requestUrl, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: abort.signal,
      headers: {
        'content-type': type,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': String(seconds),
        'x-slack-signature': sign(target.signingSecret, seconds, body),
        ...(retry ? { 'x-slack-retry-num': String(retry.num), 'x-slack-retry-reason': retry.reason } : {}),
      },
    });
    const text = await response.text();
    if (response.headers.get('x-slack-no-retry') === '1') return { acked: true, body: null };
    if (response.status !== 200) return { acked: false, reason: 'refused' };
    return { acked: true, body: decode(text, response.headers.get('content-type') ?? '') };
  } catch {
    return { acked: false, reason: late ? 'timeout' : 'refused' };
  } finally {
    cancel();
  }
}

function decode(text: string, type: string): unknown {
  if (text.trim() === '') return null;
  if (!type.includes('json')) return { text };
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return { text };
  }
}

const Challenge = z.object({ challenge: z.string() });

export async function verifyUrl(
  target: HttpTarget,
  challenge: string,
  token: string,
  clock: Clock,
): Promise<boolean> {
  const payload = { token, challenge, type: 'url_verification' };
  const answer = await postSigned(target, 'events_api', payload, null, clock);
  if (!answer.acked) return false;
  const echoed = Challenge.safeParse(answer.body);
  if (echoed.success) return echoed.data.challenge === challenge;
  const text = z.object({ text: z.string() }).safeParse(answer.body);
  return text.success && text.data.text.trim() === challenge;
}
