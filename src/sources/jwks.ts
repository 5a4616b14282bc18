import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { HttpClient } from '../sinks/http-client.ts';
import { ask } from './api.ts';

const FRESH_MS = 60 * 60_000;
/** Keys that were good go on being good while their address does not answer. */
const USABLE_MS = 24 * 60 * 60_000;
/** A key that is not known is looked for again, but not by every stranger who makes one up. */
const AGAIN_MS = 60_000;

const KeySet = z.object({
  keys: z.array(
    z.looseObject({ kty: z.string(), kid: z.string(), n: z.string().optional(), e: z.string().optional() }),
  ),
});

export type KeyRing = {
  /** Null when the set has no such key; `unknown` while the set cannot be had. */
  find(kid: string): Promise<KeyObject | null | 'unknown'>;
};

/** The RSA keys at an address (RFC 7517), kept for an hour. */
export function keyRing(http: HttpClient, url: URL, clock: Clock): KeyRing {
  let keys = new Map<string, KeyObject>();
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;

  async function load(): Promise<void> {
    triedAt = clock.monotonic();
    const found = await ask(http, { method: 'GET', url, headers: {} }, KeySet, clock.now());
    if (found.kind !== 'ok') return;
    keys = new Map(
      found.value.keys.flatMap(({ kty, kid, n, e }) => {
        if (kty !== 'RSA' || n === undefined || e === undefined) return [];
        try {
          return [[kid, createPublicKey({ key: { kty, n, e }, format: 'jwk' })] as const];
        } catch {
          return [];
        }
      }),
    );
    fetchedAt = clock.monotonic();
  }

  const refresh = () => {
    underWay ??= load().finally(() => {
      underWay = null;
    });
    return underWay;
  };

  return {
    async find(kid) {
      const age = clock.monotonic() - fetchedAt;
      const mayTry = clock.monotonic() - triedAt >= AGAIN_MS;
      if ((age > FRESH_MS || !keys.has(kid)) && (mayTry || underWay)) await refresh();
      const known = keys.get(kid);
      const usable = clock.monotonic() - fetchedAt <= USABLE_MS;
      if (!usable) return 'unknown';
      return known ?? null;
    },
  };
}
