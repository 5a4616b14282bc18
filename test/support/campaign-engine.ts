import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCatalog } from '../../src/exports/catalog.ts';
import { directoryAt, EMPTY_OVERLAY } from '../../src/exports/directory.ts';
import type { TypePolicy } from '../../src/exports/policy.ts';
import { createCampaignDesk } from '../../src/flow/campaigns/desk.ts';
import { tickCampaigns } from '../../src/flow/campaigns/follow.ts';
import type { CampaignDesk } from '../../src/flow/campaigns/ports.ts';
import { createDesk } from '../../src/flow/desk.ts';
import { SETTLES_MS } from '../../src/flow/doubt.ts';
import { perform } from '../../src/flow/perform.ts';
import type { FarSides } from '../../src/flow/performed.ts';
import type { Desk } from '../../src/flow/ports.ts';
import type { Flow } from '../../src/flow/settings.ts';
import { createSweeper } from '../../src/flow/sweep.ts';
import { createLogger } from '../../src/log.ts';
import { createPusher } from '../../src/sinks/perform.ts';
import type { Pusher } from '../../src/sinks/port.ts';
import { openLedger } from '../../src/store/index.ts';
import type { OutboxRow } from '../../src/store/port.ts';
import { Crash, Shop } from './campaign-shop.ts';
import { EXAMPLE, load } from './config.ts';
import { PEOPLE } from './house.ts';
import { countingIds, ManualClock, T0 } from './manual-clock.ts';

const loaded = load(EXAMPLE);
if (!loaded.ok) throw new Error('The example configuration has faults.');
const { config } = loaded;
const catalog = createCatalog();

/** SKUs of the test brief and what they cost before. */
export const FORMER: Readonly<Record<string, string>> = {
  'TEE-BLK-M': '25.00',
  'TEE-BLK-L': '25.00',
  'CAP-RED': '18.00',
};

export type WorldOptions = {
  /** Stages of the activation's rollout; at once without. */
  stages?: readonly number[];
  /** When its window starts, ms from now. */
  starts_in?: number;
  /** Whether the shop keeps schedules itself. */
  schedules?: boolean;
};

/** The real core, ledger and flow over two shops in the process; each step is taken by hand, and any can be the last. */
export class CampaignEngine {
  readonly clock = new ManualClock(T0);
  readonly shop: Shop;
  readonly oms: Shop;
  readonly #ids = countingIds();
  readonly #folder = mkdtempSync(join(tmpdir(), 'meshline-campaign-'));
  readonly #policies: ReadonlyMap<string, TypePolicy>;
  /** Prices that somebody has set at the shop by hand, by SKU. */
  readonly byHand = new Map<string, Set<string>>();
  /** Whoever has left since. */
  readonly gone = new Set<string>();
  id = '';
  flow!: Flow;
  desk!: Desk;
  campaigns!: CampaignDesk;
  #far!: FarSides;
  #sweep!: () => Promise<void>;

  constructor(options: WorldOptions) {
    this.shop = new Shop('shop', FORMER, {
      checks: true,
      reads: true,
      schedules: options.schedules === true,
    });
    this.oms = new Shop('oms', FORMER, { checks: false, reads: false });
    const promo = { ...config.policies.get('promo_activation') };
    const live = { ...config.policies.get('live_publish') };
    for (const policy of [promo, live]) {
      delete policy.staging;
      delete policy.undo_ms;
    }
    const rollout = options.stages
      ? { rollout: { stages: options.stages, hold_ms: 600_000, min_lines: 2 } }
      : {};
    this.#policies = new Map<string, TypePolicy>([
      ['promo_activation', { ...promo, routes: ['oms', 'shop'], ...rollout }],
      ['live_publish', { ...live, routes: ['oms', 'shop'] }],
    ]);
  }

  async start(): Promise<void> {
    const { clock } = this;
    const ledger = await openLedger({
      file: join(this.#folder, 'ledger.db'),
      clock,
      ids: this.#ids,
      synchronous: 'normal',
    });
    const log = createLogger({ level: 'silent' });
    const sinks = new Map([this.shop, this.oms].map(({ sink }) => [sink.name, sink]));
    const inner = createPusher({ sinks, clock, log });
    // A crash of the process is no outcome of a sink.
    const pusher: Pusher = {
      ...inner,
      push: async (request) => {
        let crashed = false;
        const sink = sinks.get(request.sink);
        if (!sink) return inner.push(request);
        const carried = createPusher({
          sinks: new Map([
            [
              sink.name,
              {
                ...sink,
                push: async (each) => {
                  try {
                    return await sink.push(each);
                  } catch (error) {
                    crashed = error instanceof Crash;
                    throw error;
                  }
                },
              },
            ],
          ]),
          clock,
          log,
        });
        const outcome = await carried.push(request);
        if (crashed) throw new Crash();
        return outcome;
      },
    };
    this.flow = {
      ledger,
      clock,
      ids: this.#ids,
      catalog,
      log,
      settings: () => ({
        directory: this.#directory(),
        policies: this.#policies,
        sources: new Map(),
        sinks: [...sinks.values()],
      }),
    };
    this.desk = createDesk(this.flow, async () => PEOPLE.priya.guid);
    this.campaigns = createCampaignDesk(this.flow, pusher);
    this.#far = {
      messenger: { send: async () => ({ kind: 'done' }) },
      pusher,
      refetcher: { refetch: async () => ({ kind: 'delivered', reference: null }) },
      nextDelay: (_policy, attempt) => (attempt >= 3 ? null : 1_000),
    };
    const sweeper = createSweeper(this.flow, (held) => tickCampaigns(this.flow, held));
    this.#sweep = () => sweeper.sweep();
  }

  #directory() {
    const all = directoryAt(config.directory, EMPTY_OVERLAY, this.clock.now());
    const people = [...all.people].map(
      ([id, each]) => [id, this.gone.has(id) ? { ...each, active: false } : each] as const,
    );
    return { ...all, people: new Map(people) };
  }

  async close(): Promise<void> {
    await this.flow.ledger.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The process ends and starts again. */
  async crash(): Promise<void> {
    await this.flow.ledger.close();
    await this.start();
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.#sweep();
  }

  /** Carries out one row that is due, as its lane would: the first of one subject, whichever subject `pick` says. */
  async step(pick: number): Promise<boolean> {
    const now = this.clock.now();
    const waiting = await this.flow.ledger.waiting(now, 1_000);
    const firsts = new Map<string, OutboxRow>();
    for (const row of waiting) {
      const subject = subjectOf(row);
      if (!firsts.has(subject)) firsts.set(subject, row);
    }
    const rows = [...firsts.values()];
    const chosen = rows[pick % Math.max(1, rows.length)];
    if (!chosen) return false;
    const [row] = await this.flow.ledger.claim([chosen.key], now, 120_000);
    if (!row) return true;
    try {
      await perform(this.flow, { ...this.#far, settles_ms: SETTLES_MS }, row);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      await this.crash();
    }
    return true;
  }

  async drain(): Promise<void> {
    for (let n = 0; n < 500; n += 1) {
      if (await this.step(0)) continue;
      await this.#sweep();
      if (!(await this.step(0))) return;
    }
    throw new Error('The outbox never comes to rest.');
  }

  /** Until nothing is tried again any more. */
  async rest(): Promise<void> {
    for (let n = 0; n < 4; n += 1) {
      await this.drain();
      await this.pass(1_500);
    }
    await this.drain();
  }
}

function subjectOf({ effect, lane, key }: OutboxRow): string {
  if (effect.kind === 'push') return `${lane} ${effect.subject}`;
  return effect.kind === 'campaign' || effect.kind === 'issue' ? `campaign:${effect.campaign}` : key;
}
