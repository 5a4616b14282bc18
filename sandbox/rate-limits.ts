/** Slack's tiers, calls a minute; `post` is about one message a second per channel with short bursts. */
export type Tier = 2 | 3 | 4 | 'post' | 'none';

const WINDOW_MS = 60_000;
const PER_MINUTE = { 2: 20, 3: 50, 4: 100 } as const;
const POST_BURST = 5;
const POST_EVERY_MS = 1000;

export class RateLimits {
  #calls = new Map<string, number[]>();
  #posts = new Map<string, { tokens: number; at: number }>();
  enabled: boolean;

  constructor(enabled: boolean) {
    this.enabled = enabled;
  }

  /** Counts a call. Answers 0 when it may go on, else the seconds to wait. */
  take(method: string, tier: Tier, channel: string | undefined, now: number): number {
    if (!this.enabled || tier === 'none') return 0;
    return tier === 'post'
      ? this.#takePost(channel ?? '', now)
      : this.#takeTier(method, PER_MINUTE[tier], now);
  }

  #takeTier(method: string, limit: number, now: number): number {
    const recent = (this.#calls.get(method) ?? []).filter((at) => at > now - WINDOW_MS);
    const oldest = recent[0];
    this.#calls.set(method, recent);
    if (oldest !== undefined && recent.length >= limit) return Math.ceil((oldest + WINDOW_MS - now) / 1000);
    recent.push(now);
    return 0;
  }

  #takePost(channel: string, now: number): number {
    const bucket = this.#posts.get(channel) ?? { tokens: POST_BURST, at: now };
    bucket.tokens = Math.min(POST_BURST, bucket.tokens + (now - bucket.at) / POST_EVERY_MS);
    bucket.at = now;
    this.#posts.set(channel, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil(1 - bucket.tokens));
    bucket.tokens -= 1;
    return 0;
  }
}
