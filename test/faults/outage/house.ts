import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { AnyExportType } from '../../../src/exports/define.ts';
import type { RetryPolicy } from '../../../src/exports/policy.ts';
import { RETRY_PATIENT } from '../../../src/exports/retries.ts';
import type { Export } from '../../../src/exports/state.ts';
import { createDispatcher, type Dispatcher } from '../../../src/flow/dispatch.ts';
import { receive } from '../../../src/flow/intake.ts';
import type { Flow } from '../../../src/flow/settings.ts';
import { createSweeper, type Sweeper } from '../../../src/flow/sweep.ts';
import type { SinkKind } from '../../../src/sinks/define.ts';
import { createPusher } from '../../../src/sinks/perform.ts';
import type { Pusher } from '../../../src/sinks/port.ts';
import { createSinks, SINK_KINDS } from '../../../src/sinks/registry.ts';
import { nextDelay } from '../../../src/sinks/retry.ts';
import { openLedger } from '../../../src/store/index.ts';
import { catalogOf, directory, probe, rawProbe } from '../../support/core.ts';
import { NO_PACE } from '../../support/house.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';
import type { Chance } from '../town/chance.ts';
import { FarSide } from './far-side.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
/** A call to a far side, the connection included. */
const TIMEOUT_MS = 10_000;

type Open = {
  ledger: Awaited<ReturnType<typeof openLedger>>;
  dispatcher: Dispatcher;
  pusher: Pusher;
  sweeper: Sweeper;
};

export type OutageOptions = {
  random: Chance;
  sinks: readonly string[];
  retry?: RetryPolicy;
  /** Registry of kinds, and which of the sinks are not webhooks. */
  kinds?: readonly SinkKind[];
  kindOf?: Readonly<Record<string, string>>;
  concurrency?: number;
  /** Attempts that hang within an adapter, besides those at a far side. */
  hanging?: () => number;
};

/** Flow, ledger, outbox and real sinks over loopback, on a clock that moves when told; Slack only listens. */
export class OutageHouse {
  readonly clock = new ManualClock();
  readonly far = new Map<string, FarSide>();
  /** Exports that somebody was told of, by what kind of message. */
  readonly told = new Map<string, Set<string>>();
  readonly #options: OutageOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'meshline-outage-'));
  readonly #ids = countingIds();
  #open: Open | null = null;
  #sent = 0;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  async begin(): Promise<void> {
    for (const name of this.#options.sinks) {
      const far = new FarSide();
      await far.open();
      this.far.set(name, far);
    }
    await this.#start();
    onTestFinished(() => this.close());
  }

  get #running(): Open {
    if (!this.#open) throw new Error('It is not open.');
    return this.#open;
  }

  get pusher(): Pusher {
    return this.#running.pusher;
  }

  at(sink: string): FarSide {
    const far = this.far.get(sink);
    if (!far) throw new Error(`There is no ${sink}.`);
    return far;
  }

  async #start(): Promise<void> {
    const { clock } = this;
    const {
      random,
      sinks: names,
      retry = RETRY_PATIENT,
      kinds = SINK_KINDS,
      concurrency = 2,
    } = this.#options;
    const ledger = await openLedger({
      file: join(this.#folder, 'meshline.db'),
      clock,
      ids: this.#ids,
      synchronous: 'normal',
    });
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const configured = names.map((name) => {
      const { url } = this.at(name);
      const reconcile = { url: `${url}/effects/{key}` };
      const settings = {
        url: `${url}/`,
        reconcile,
        allow_private: true,
        timeout_ms: TIMEOUT_MS,
        concurrency,
      };
      const kind = this.#options.kindOf?.[name] ?? 'webhook';
      return { name, kind, settings: kind === 'webhook' ? settings : {}, secrets: [SECRET] };
    });
    const sinks = createSinks(configured, { clock, ids: this.#ids, log, version: '0.0.0' }, kinds);
    const types = names.map(
      (name): AnyExportType => ({
        ...probe,
        name: `to_${name}`,
        policy: { ...probe.policy, refresh: {}, retry },
      }),
    );
    const flow: Flow = {
      ledger,
      clock,
      ids: this.#ids,
      catalog: catalogOf(...types),
      log,
      settings: () => ({
        directory,
        policies: new Map(names.map((name) => [`to_${name}`, { routes: [name] }])),
        sources: new Map([['erp', { types: null, can_refetch: false }]]),
        sinks: [...sinks.values()],
      }),
    };
    const pusher = createPusher({ sinks, clock, log });
    const dispatcher = createDispatcher(
      flow,
      {
        messenger: {
          send: async (row) => {
            const kinds = this.told.get(row.export_id) ?? new Set();
            this.told.set(row.export_id, kinds.add(row.effect.kind));
            return { kind: 'done' };
          },
        },
        pusher,
        refetcher: { refetch: async () => ({ kind: 'delivered', reference: null }) },
        nextDelay: (policy, attempt, asked) => nextDelay(policy, attempt, asked, random.next()),
      },
      NO_PACE,
    );
    this.#open = { ledger, dispatcher, pusher, sweeper: createSweeper(flow) };
    this.#receive = (raw, key) => receive(flow, 'erp', raw, key);
    await dispatcher.start();
    await this.quiet();
  }

  #receive: (raw: Parameters<typeof receive>[2], key: string) => ReturnType<typeof receive> = () =>
    Promise.reject(new Error('It is not open.'));

  /** One export that policy accepts, for this sink; gives its id once it is durable. */
  async send(sink: string): Promise<string> {
    this.#sent += 1;
    const key = `k-${String(this.#sent)}`;
    const raw = rawProbe(
      { subject: `s-${String(this.#sent)}`, value: this.#sent, gate: 'policy' },
      { export_type: `to_${sink}`, idempotency_key: key, refresh: {} },
      this.clock.now(),
    );
    const result = await this.#receive(raw, key);
    if (result.kind !== 'stored') throw new Error(`It was not stored: ${JSON.stringify(result)}`);
    return (result.answer as { export_id: string }).export_id;
  }

  async state(id: string): Promise<Export> {
    const state = await this.#running.ledger.get(id);
    if (!state) throw new Error(`${id} is lost.`);
    return state;
  }

  async find(id: string): Promise<Export | null> {
    return await this.#running.ledger.get(id);
  }

  /** Until nothing goes on but calls that hang. */
  async quiet(): Promise<void> {
    const far = () => [...this.far.values()].reduce((sum, { hanging }) => sum + hanging, 0);
    const hanging = () => far() + (this.#options.hanging?.() ?? 0);
    const enough = this.#options.hanging ? 60 : 4;
    for (let calm = 0; calm < enough; ) {
      await turn();
      calm = this.#running.dispatcher.inFlight() <= hanging() ? calm + 1 : 0;
    }
  }

  /** Time passes in steps, and everything that comes due in between happens. */
  async pass(ms: number, step: number, each: () => Promise<void> = async () => {}): Promise<void> {
    for (let left = ms; left > 0; left -= step) {
      this.clock.advance(Math.min(step, left));
      await this.#running.sweeper.sweep();
      await this.quiet();
      await each();
    }
  }

  /** The process ends, as it does at a restart, and another one opens the same ledger. */
  async restart(): Promise<void> {
    await this.#stop();
    await this.#start();
  }

  async #stop(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    const stopped = open.dispatcher.stop(1_000);
    const closed = open.pusher.close();
    this.clock.advance(1_000);
    await stopped;
    await closed;
    // What was in flight writes its end down first.
    for (let n = 0; n < 20; n += 1) await turn();
    await open.ledger.close();
  }

  async close(): Promise<void> {
    await this.#stop();
    for (const far of this.far.values()) await far.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
