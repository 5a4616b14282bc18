/** One Web API call (or `response_url` post) as the app made it. */
export type Call = {
  method: string;
  args: Record<string, unknown>;
  /** Sandbox time, ms. */
  at: number;
  /** The machine's own time, ms, whatever the sandbox's clock is set to. */
  machine_at: number;
  ok: boolean;
  error: string | null;
  /** HTTP status; 0 when the connection was cut or left hanging. */
  status: number;
  /** Seconds, where Slack named them. */
  retry_after?: number;
};

export type CallFilter = { method?: string; channel?: string; ok?: boolean; since?: number };

const KEPT = 20_000;

/** The latest calls, oldest first. */
export class Calls {
  #calls: Call[] = [];

  add(call: Omit<Call, 'machine_at'>): void {
    this.#calls.push({ ...call, machine_at: performance.now() });
    if (this.#calls.length > KEPT * 2) this.#calls = this.#calls.slice(-KEPT);
  }

  list(filter: CallFilter = {}): Call[] {
    return this.#calls.filter(
      (c) =>
        (filter.method === undefined || c.method === filter.method) &&
        (filter.channel === undefined || c.args.channel === filter.channel) &&
        (filter.ok === undefined || c.ok === filter.ok) &&
        (filter.since === undefined || c.at >= filter.since),
    );
  }

  clear(): void {
    this.#calls = [];
  }
}
