import { createMessenger } from '../../src/bot/messenger.ts';
import type { Ids } from '../../src/clock.ts';
import type { Config } from '../../src/config.ts';
import { directoryDue } from '../../src/exports/directory.ts';
import { tickCampaigns } from '../../src/flow/campaigns/follow.ts';
import { createDesk } from '../../src/flow/desk.ts';
import { createDispatcher } from '../../src/flow/dispatch.ts';
import { receive } from '../../src/flow/intake.ts';
import type { Desk, Messenger } from '../../src/flow/ports.ts';
import { openRoster, type Roster } from '../../src/flow/roster.ts';
import type { Flow } from '../../src/flow/settings.ts';
import { createSweeper, type Sweeper } from '../../src/flow/sweep.ts';
import type { Log } from '../../src/log.ts';
import { createPusher } from '../../src/sinks/perform.ts';
import type { Refetcher } from '../../src/sinks/port.ts';
import { nextDelay } from '../../src/sinks/retry.ts';
import { openLedger } from '../../src/store/index.ts';
import type { Ledger } from '../../src/store/port.ts';
import type { Chance } from './chance.ts';
import type { Mortal } from './scheduler.ts';
import { drawing } from './slack.ts';
import { stepped } from './stepped.ts';
import type { World } from './world.ts';

/** UUIDv7 by a process's own clock, repeatable. */
export function idsOf(now: () => number, chance: Chance): Ids {
  let last = 0;
  const hex = (n: number) => Array.from({ length: n }, () => chance.between(0, 15).toString(16)).join('');
  return {
    uuid() {
      last = Math.max(now(), last + 1);
      const time = last.toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
    },
    token: () => hex(32),
    random: () => chance.next(),
  };
}

/** Errors that a log may hold although nothing is wrong with the program. */
const EXPECTED = new Set(['The wall clock was set; nothing expires for ten minutes']);

/** One process of Meshline, from its opening of the ledger to its end. */
export class Life implements Mortal {
  dead = false;
  /** True once it takes exports and clicks. */
  up = false;
  upSince = 0;
  readonly #world: World;
  readonly config: Config;
  #real: Ledger | null = null;
  flow!: Flow;
  desk!: Desk;
  roster!: Roster;
  sweeper!: Sweeper;

  constructor(world: World, config: Config) {
    this.#world = world;
    this.config = config;
  }

  async open(): Promise<void> {
    const { scheduler, defects, chance } = this.#world;
    const clock = scheduler.clockFor(this);
    const ids = idsOf(() => scheduler.now(), chance);
    const real = await scheduler.work(() =>
      openLedger({ file: this.#world.file, clock, ids, synchronous: 'normal' }),
    );
    this.#real = real;
    real.onCommitted(() => {
      this.#world.dirty = true;
    });
    const ledger =
      defects.ledger?.(stepped(real, this, scheduler), this, this.#world) ?? stepped(real, this, scheduler);
    const log = this.#log();
    const sinks = new Map(
      [...this.#world.farSides].map(([name, far]) => {
        const sink = far.sink(this);
        return [name, defects.sink?.(sink) ?? sink];
      }),
    );
    const pusher = createPusher({ sinks, clock, log });
    this.roster = await openRoster(this.config.directory, this.config.slack_users, ledger, clock);
    const sources = new Map(
      [...this.config.sources].map(([name, source]) => [
        name,
        { types: source.types, can_refetch: source.refetch_url !== null },
      ]),
    );
    this.flow = {
      ledger,
      clock,
      ids,
      catalog: this.#world.catalog,
      log,
      settings: () => ({
        directory: this.roster.directory(),
        policies: this.config.policies,
        sources,
        sinks: [...sinks.values()],
        mapped: new Set<string>(),
      }),
    };
    this.desk = createDesk(this.flow, () => Promise.reject(new Error('Nobody is linked by a click here.')));
    this.sweeper = createSweeper(this.flow, async (held) => {
      if (!held) await this.roster.tick();
      await tickCampaigns(this.flow, held);
    });
    const dispatcher = createDispatcher(this.flow, {
      messenger: this.#messenger(ledger),
      pusher,
      refetcher: this.#refetcher(),
      nextDelay: (policy, attempt, asked) => nextDelay(policy, attempt, asked, ids.random()),
    });
    for (const person of this.config.directory.people.values()) {
      if (this.roster.overlay().links[person.id]) continue;
      await this.roster.link(person.id, { team: 'T1', user: `U${person.id.slice(-3)}` });
    }
    await dispatcher.start();
    this.upSince = scheduler.elapsed;
    this.up = true;
    this.#world.opened(this);
  }

  /** Everything in memory is gone; what was committed stays. */
  async end(): Promise<void> {
    this.dead = true;
    this.up = false;
    this.#world.scheduler.bury();
    const real = this.#real;
    if (real) await this.#world.scheduler.work(() => real.close());
  }

  /** When the directory next changes by itself, UTC ms. */
  directoryDue(): number | null {
    return directoryDue(this.roster.overlay());
  }

  async head() {
    return (this.#real as unknown as { head(): { seq: number; hash: Buffer } }).head();
  }

  #log(): Log {
    return {
      info: () => undefined,
      warn: () => undefined,
      error: (facts, message) => {
        if (EXPECTED.has(message)) return;
        const { err } = facts as { err?: unknown };
        const why = err instanceof Error ? (err.stack ?? err.message) : JSON.stringify(facts);
        this.#world.fail('nothing goes wrong unexpectedly', `${message}: ${why}`);
      },
    };
  }

  /** The real one, over a Slack in memory; what it drew a card from is noted with the card. */
  #messenger(ledger: Ledger): Messenger {
    const { slack, catalog } = this.#world;
    const watched: Ledger = new Proxy(ledger, {
      get(target, name) {
        if (name !== 'get') return Reflect.get(target, name) as unknown;
        return async (id: string) => {
          const state = await target.get(id);
          const seen = drawing.getStore();
          if (state && seen?.export_id === id)
            Object.assign(seen, { version: state.version, status: state.status });
          return state;
        };
      },
    });
    const messenger = createMessenger({
      client: slack.client(this),
      ledger: watched,
      catalog,
      directory: () => this.roster.directory(),
      clock: this.#world.scheduler.clockFor(this),
      log: this.#log(),
    });
    return {
      send: (row) =>
        drawing.run({ export_id: row.export_id, version: 0, status: '' }, async () => {
          const outcome = await messenger.send(row);
          const seen = drawing.getStore();
          if (outcome.kind === 'done' && row.effect.kind === 'card' && seen) {
            const post_id = `card:${row.export_id}:${row.effect.channel}`;
            slack.confirm(post_id, seen, this.#world.oracle.bodyHash(post_id));
          }
          return outcome;
        }),
    };
  }

  #refetcher(): Refetcher {
    const { scheduler, chance } = this.#world;
    return {
      refetch: async (source, { export_id }) => {
        await scheduler.sleep(this, chance.between(50, 3_000), `${source} is asked again`);
        if (chance.of(0.3)) return { kind: 'retry', after_ms: null, cause: 'It is busy.' };
        this.#world.askedAgain(source, export_id);
        return { kind: 'delivered', reference: null };
      },
    };
  }

  receive(
    source: string,
    raw: Parameters<typeof receive>[2],
    key: string,
    delivery?: Parameters<typeof receive>[4],
  ) {
    return receive(this.flow, source, raw, key, delivery);
  }
}
