import { createHash, verify as verifyRsa } from 'node:crypto';
import { z } from 'zod';
import { refuse } from '../../exports/refusals.ts';
import type { HttpClient } from '../../sinks/http-client.ts';
import { defineSource, type Source, type SourceContext } from '../define.ts';
import { NOTHING, type Understood } from '../facts.ts';
import { keyRing } from '../jwks.ts';
import { checkAddress, PlatformSettings } from '../platform.ts';
import type { Body } from '../port.ts';
import { headerOf, instant, notGenuine, wrongIn } from '../standard.ts';
import { probeShipStation } from './probes.ts';
import { failuresAt, trackingFailure } from './shipstation-api.ts';

const HOSTS = ['api.shipstation.com', 'api.shipengine.com'];
/** How far the sender's clock may be off, to either side. */
const WINDOW_MS = 5 * 60_000;

const { allow_private, timeout_ms, channels } = PlatformSettings;

export const ShipStationSettings = z.strictObject({
  jwks_url: z
    .string()
    .min(1)
    .max(2000)
    .default('https://api.shipengine.com/jwks')
    .describe('Where the keys are that its webhooks are signed with.'),
  hosts: z
    .array(z.string().regex(/^[a-z0-9.-]+(?::\d{1,5})?$/, 'This is a host such as api.shipstation.com.'))
    .min(1)
    .default(HOSTS)
    .describe('The only hosts that are asked, whatever a webhook points at.'),
  allow_private,
  timeout_ms,
  channels,
});
type Settings = z.infer<typeof ShipStationSettings>;

const Webhook = z.object({
  resource_type: z.string().min(1).max(100),
  resource_url: z.string().max(2000).nullish(),
  data: z.record(z.string(), z.json()).nullish(),
});

/** Seconds, milliseconds or ISO 8601; null for anything else. */
function sentAt(text: string): number | null {
  if (/^\d{10}$/.test(text)) return Number(text) * 1000;
  return /^\d{13}$/.test(text) ? Number(text) : instant(text);
}

function createVerify(settings: Settings, { clock, http }: Pick<SourceContext, 'clock' | 'http'>) {
  const client = http({ allow_private: settings.allow_private, timeout_ms: 3_000, concurrency: 1 });
  const ring = keyRing(client, new URL(settings.jwks_url), clock);
  return {
    close: () => client.close(),
    async verify(headers: Parameters<typeof headerOf>[0], body: Buffer) {
      const timestamp = headerOf(headers, 'x-shipengine-timestamp') ?? '';
      const kid = headerOf(headers, 'x-shipengine-rsa-sha256-key-id');
      const at = sentAt(timestamp);
      const signature = headers['x-shipengine-rsa-sha256-signature'];
      if (kid === null || at === null || typeof signature !== 'string' || signature.length > 2000) {
        return notGenuine();
      }
      if (Math.abs(clock.now() - at) > WINDOW_MS) return notGenuine();
      const key = await ring.find(kid);
      if (key === 'unknown') {
        return refuse('unavailable', { why: 'the keys that check it cannot be had', seconds: '60' });
      }
      const signed = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
      const genuine = key !== null && verifyRsa('RSA-SHA256', signed, key, Buffer.from(signature, 'base64'));
      if (!genuine) return notGenuine();
      // A retry is signed anew, so what it says is what tells it from another.
      return { id: createHash('sha256').update(body).digest('hex'), event: null, topic: null, at };
    },
  };
}

/** Nothing to prove without an API key. */
function probeOf(
  { hosts, jwks_url }: Settings,
  { api_token: token, clock }: SourceContext,
  http: HttpClient,
): Pick<Source, 'probe'> {
  const [host] = hosts;
  if (token === null || host === undefined) return {};
  const version = host.startsWith('api.shipengine.') ? 'v1' : 'v2';
  const list = new URL(`${new URL(jwks_url).protocol}//${host}/${version}/labels?page_size=1`);
  return { probe: () => probeShipStation(http, list, token, clock.now()) };
}

/** A pointer may only lead to a host of the list, over https unless private addresses are allowed. */
export function mayAsk(text: string, { hosts, allow_private: priv }: Settings): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const safe = url.protocol === 'https:' || (priv && url.protocol === 'http:');
  return safe && url.username === '' && url.password === '' && hosts.includes(url.host) ? url : null;
}

function read(topic: string, raw: Body, at: number, settings: Settings): Understood {
  const parsed = Webhook.safeParse(raw);
  if (!parsed.success) return wrongIn(parsed.error);
  const { resource_url, data } = parsed.data;
  const url = resource_url === null || resource_url === undefined ? null : mayAsk(resource_url, settings);
  if (resource_url && url === null) {
    const reason = `"resource_url" may only lead to ${settings.hosts.join(' or ')}, and this one does not.`;
    return { kind: 'wrong', reason };
  }
  if (data) return { kind: 'facts', facts: trackingFailure(data, at) };
  if (url === null || !/LABEL|BATCH|TRACK/.test(topic)) return NOTHING;
  return {
    kind: 'pointer',
    about: { what: 'label_failed', quantity: null },
    pointer: { url: url.href, at },
  };
}

const Pointer = z.strictObject({ url: z.string(), at: z.int() });

/** An account at ShipStation (API v2) or ShipEngine: webhooks that point at a list of labels. */
export const shipstation = defineSource({
  kind: 'shipstation',
  secret: 'none',
  reconciles: false,
  settings: ShipStationSettings,
  naming: (settings) => ({ channels: settings.channels ?? ['shipstation'], locations: {} }),
  check(settings) {
    const faults = checkAddress('jwks_url', settings.jwks_url, settings.allow_private);
    if (faults.length > 0 || mayAsk(settings.jwks_url, settings)) return faults;
    return [{ key: 'jwks_url', problem: `Its host is not among the hosts ${settings.hosts.join(', ')}.` }];
  },
  create(settings, context) {
    const verifier = createVerify(settings, context);
    const http = context.http({
      allow_private: settings.allow_private,
      timeout_ms: settings.timeout_ms,
      concurrency: 2,
      longest_answer_bytes: 1024 * 1024,
    });
    return {
      verify: (headers, body) => verifier.verify(headers, body),
      open(claim, body) {
        const parsed = Webhook.safeParse(body);
        if (!parsed.success) return { wrong: wrongIn(parsed.error).reason };
        return { topic: parsed.data.resource_type, at: claim.at ?? context.clock.now() };
      },
      read: ({ topic, at }, body) => read(topic, body, at, settings),
      async fetch(pointer) {
        const { url, at } = Pointer.parse(pointer);
        const token = context.api_token;
        if (token === null) {
          return { kind: 'failed', reason: 'There is no API key to ask with: set api_token_env.' };
        }
        const asking = {
          http,
          token,
          now: () => context.clock.now(),
          mayAsk: (to: string) => mayAsk(to, settings),
        };
        return failuresAt(asking, url, at);
      },
      streams: [],
      ...probeOf(settings, context, http),
      async close() {
        await Promise.all([verifier.close(), http.close()]);
      },
    };
  },
});
