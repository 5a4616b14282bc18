import { createHmac, type Hmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Standard Webhooks 1.0: how far the sender's clock may be off, to either side. */
export const WINDOW_MS = 5 * 60_000;

const MOST_SIGNATURES = 10;

/** The three headers of a signed request, well-formed and within the window; not yet verified. */
export type Claim = { id: string; timestamp: string; signatures: readonly Buffer[] };

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** Null when a header is missing or malformed, or its instant is more than five minutes from `now`. */
export function readClaim(headers: IncomingHttpHeaders, now: number): Claim | null {
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  if (!/^[\x21-\x7e]{1,200}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) return null;
  if (Math.abs(now - Number(timestamp) * 1000) > WINDOW_MS) return null;
  const signatures = header(headers, 'webhook-signature')
    .split(' ')
    .slice(0, MOST_SIGNATURES)
    .flatMap((each) => {
      const [, base64] = /^v1,([A-Za-z0-9+/]{43}=)$/.exec(each) ?? [];
      return base64 === undefined ? [] : [Buffer.from(base64, 'base64')];
    });
  return signatures.length > 0 ? { id, timestamp, signatures } : null;
}

/** Checks a claim while its body arrives, so that a large one is read only once. */
export class Verifier {
  readonly #claim: Claim;
  readonly #macs: readonly Hmac[];

  /** `keys` are tried one by one: during a rotation there are several. */
  constructor(claim: Claim, keys: readonly Buffer[]) {
    this.#claim = claim;
    this.#macs = keys.map((key) => createHmac('sha256', key).update(`${claim.id}.${claim.timestamp}.`));
  }

  update(chunk: Buffer): this {
    for (const mac of this.#macs) mac.update(chunk);
    return this;
  }

  /** Whether any signature fits any key; every pair is compared, each in constant time. Call it once. */
  verify(): boolean {
    let fits = false;
    for (const mac of this.#macs) {
      const expected = mac.digest();
      for (const signature of this.#claim.signatures) {
        if (timingSafeEqual(expected, signature)) fits = true;
      }
    }
    return fits;
  }
}
