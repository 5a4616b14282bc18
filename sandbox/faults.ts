export const FAULT_KINDS = [
  'ratelimited',
  'ratelimited_no_retry_after',
  '500',
  'hang',
  'reset',
  'stored_then_reset',
  'stored_then_500',
  'stored_then_hang',
  'html',
  'html_502',
  'not_json',
  'empty',
  'oversized',
  'drip',
  'redirect',
  'refused',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

export type Fault = {
  /** `method` may be `response_url` too. A fault without a match hits every call. */
  match?: { method?: string; channel?: string };
  kind: FaultKind;
  /** How many calls it hits; 1 unless told, 0 until cleared. */
  times?: number;
  /** Seconds, for `ratelimited`; 1 unless told. */
  retry_after?: number;
  /** Slack's code, for `refused`: the call is answered with it and not carried out. */
  error?: string;
};

/** Faults waiting for the calls they match; the oldest match is used first. */
export class Faults {
  #armed: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#armed.push({ fault, left: fault.times === 0 ? Infinity : (fault.times ?? 1) });
  }

  clear(): void {
    this.#armed = [];
  }

  list(): Fault[] {
    return this.#armed.map((a) => a.fault);
  }

  take(method: string, channel: string | undefined): Fault | null {
    const hit = this.#armed.find(({ fault: { match } }) => {
      const methodFits = match?.method === undefined || match.method === method;
      return methodFits && (match?.channel === undefined || match.channel === channel);
    });
    if (!hit) return null;
    hit.left -= 1;
    if (hit.left <= 0) this.#armed = this.#armed.filter((a) => a !== hit);
    return hit.fault;
  }
}

/** Whether the call is carried out before its answer is lost. */
export function storesFirst(kind: FaultKind): boolean {
  return kind.startsWith('stored_then');
}
