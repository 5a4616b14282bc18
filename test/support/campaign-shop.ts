import type { Found, PushRequest, Sink, SinkOutcome } from '../../src/sinks/port.ts';

/** How a system takes its next push. `half` does half of it in one go and says where it stopped. */
export type Mood =
  | 'ok'
  | 'busy'
  | 'lost'
  | 'lost before'
  | 'short'
  | 'half'
  | 'refuses'
  | 'crash before'
  | 'crash after';

/** The process ends here: nothing after it is written down. */
export class Crash extends Error {}

type Line = { canonical_sku: string; price: string; previous?: { price: string } | null };

const done: SinkOutcome = { kind: 'delivered', reference: 'DONE' };

/** A system that holds prices, as a shop does: it refuses what has changed since, and can be asked. */
export class Shop {
  readonly prices: Map<string, string>;
  readonly pushes: PushRequest[] = [];
  /** What it does with the next pushes, one each; then it is well again. */
  moods: Mood[] = [];
  readonly sink: Sink;

  constructor(
    name: string,
    prices: Readonly<Record<string, string>>,
    options: { checks: boolean; reads: boolean; schedules?: boolean },
  ) {
    this.prices = new Map(Object.entries(prices));
    const { checks, reads, schedules = false } = options;
    this.sink = {
      name,
      limits: { concurrency: 1, rate_per_second: null },
      idempotent: !checks,
      schedules,
      accepts: (operation) => operation.startsWith('promo.') || operation === 'product.publish',
      push: async (request) => this.#push(request, checks),
      reconcile: async (request) => this.#reconcile(request),
      ...(reads
        ? {
            read: async (skus) =>
              Object.fromEntries(
                skus.flatMap((sku) => {
                  const price = this.prices.get(sku);
                  return price === undefined ? [] : [[sku, { price, compare_at: null, stock: 50 }]];
                }),
              ),
          }
        : {}),
      close: async () => undefined,
    };
  }

  #lines(request: PushRequest): Line[] {
    return request.operation.startsWith('promo.') ? (request.body['lines'] as unknown as Line[]) : [];
  }

  #push(request: PushRequest, checks: boolean): SinkOutcome {
    const mood = this.moods.shift() ?? 'ok';
    if (mood === 'crash before') throw new Crash();
    if (mood === 'busy') return { kind: 'retry', after_ms: null, cause: 'Busy.' };
    if (mood === 'lost before') return { kind: 'unknown', cause: 'The line was cut.' };
    if (mood === 'refuses')
      return { kind: 'failed', exception_code: 'sink_rejected', message: 'Refused.', metadata: {} };
    const lines = this.#lines(request);
    const starting = request.operation === 'promo.activate';
    if (mood === 'short' && starting)
      return { kind: 'failed', exception_code: 'insufficient_inventory', message: 'Too few.', metadata: {} };
    this.pushes.push(request);
    const drifted = lines.filter(({ canonical_sku, price, previous }) => {
      const held = this.prices.get(canonical_sku);
      return held !== price && previous && held !== previous.price;
    });
    if (checks && request.cursor === null && drifted.length > 0) {
      const exception_code = starting ? 'price_conflict' : 'rollback_drifted';
      return { kind: 'failed', exception_code, message: 'Somebody changed it.', metadata: {} };
    }
    const from = Number(request.cursor ?? 0);
    const until = mood === 'half' ? Math.max(from, Math.ceil(lines.length / 2)) : lines.length;
    for (const { canonical_sku, price } of lines.slice(from, until)) this.prices.set(canonical_sku, price);
    if (mood === 'crash after') throw new Crash();
    if (mood === 'lost') return { kind: 'unknown', cause: 'The answer was lost.' };
    return until < lines.length ? { kind: 'partial', cursor: String(until) } : done;
  }

  #reconcile(request: PushRequest): Found {
    if (!request.operation.startsWith('promo.')) {
      const came = this.pushes.some(({ key }) => key === request.key);
      return came ? { kind: 'delivered', reference: 'DONE' } : { kind: 'absent' };
    }
    const stands = this.#lines(request).every((line) => this.prices.get(line.canonical_sku) === line.price);
    return stands ? { kind: 'delivered', reference: 'DONE' } : { kind: 'absent' };
  }
}
