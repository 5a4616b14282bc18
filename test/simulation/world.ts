import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCatalog } from '../../src/exports/catalog.ts';
import { nextRung } from '../../src/exports/deadlines.ts';
import { T0 } from '../support/manual-clock.ts';
import { Chance } from './chance.ts';
import { configurations } from './configurations.ts';
import type { Defects } from './defects.ts';
import { FarSide, REAL_SINKS, SINKS } from './far-sides.ts';
import { Life } from './life.ts';
import { deleteCard, jump, report, weather } from './mishaps.ts';
import { Oracle } from './oracle.ts';
import { People } from './people.ts';
import { FOREVER, HOUR_MS, Scheduler } from './scheduler.ts';
import { type Kind, Senders } from './senders.ts';
import { Slack } from './slack.ts';

export type Failure = {
  promise: string;
  fact: string;
  step: number;
  elapsed: number;
  history: readonly string[];
};

export type Plan = {
  seed: number;
  days: number;
  /** Ends the busy time after so many things have happened; all that fit into `days` unless told. */
  stimuli?: number;
  defects?: Defects;
  /** Only exports of these types are sent. */
  only?: readonly Kind[];
  /** Keeps the whole trace, not only its end. */
  traced?: boolean;
};

const KEPT_STEPS = 30;
/** Between two things that happen outside. */
const MEAN_MS = 15 * 60_000;
const CRASH_IN_A_STEP = 1 / 2_500;
const TICK_MS = 1_000;
const LONGEST_REST_MS = 600_000;
const HELD_TICK_MS = 15_000;
/** A process needs longer to come back than what it had sent needs to arrive. */
const COMES_BACK_MS = 3_000;

/** Everything there is: one ledger, one process after another, the far sides, people and senders, and chance. */
export class World {
  readonly chance: Chance;
  readonly scheduler: Scheduler;
  readonly catalog = createCatalog();
  readonly slack: Slack;
  readonly farSides: ReadonlyMap<string, FarSide>;
  readonly senders: Senders;
  readonly people: People;
  readonly defects: Defects;
  readonly plan: Plan;
  readonly folder: string;
  readonly file: string;
  oracle!: Oracle;
  life: Life;
  dirty = false;
  failure: Failure | null = null;
  steps = 0;
  crashes = 0;
  stimuli = 0;
  jumps = 0;
  sweeps = 0;
  readonly faults: Record<string, number> = {};
  readonly trace: string[] = [];
  #running = new Set<{ lost: () => void }>();
  #config = 0;
  #sweepTurn = 0;
  #sweepAt = Number.POSITIVE_INFINITY;
  #lastDue = new Map<string, number>();
  calm = false;

  constructor(plan: Plan) {
    this.plan = plan;
    this.defects = plan.defects ?? {};
    const { seed } = plan;
    this.chance = new Chance(seed);
    this.scheduler = new Scheduler(new Chance(seed, 1), T0);
    this.folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'meshline-simulation-'));
    this.file = join(this.folder, 'meshline.db');
    const config = this.#configured();
    const { roles, on_call } = config.directory;
    const channels = new Set([...roles.values()].map((role) => role.channel).concat(on_call.channel));
    this.slack = new Slack(this.scheduler, new Chance(seed, 2), [...channels]);
    this.farSides = new Map(
      SINKS.map((name, n) => {
        const far: FarSide = new FarSide(name, {
          scheduler: this.scheduler,
          chance: new Chance(seed, 10 + n),
          faults: this.faults,
          arrives: (request, effect) =>
            this.oracle.arrives(
              { name, dedupes: far.traits.dedupes },
              request,
              effect,
              far.times(request.key),
            ),
        });
        return [name, far];
      }),
    );
    this.senders = new Senders(this);
    this.people = new People(this);
    this.life = new Life(this, config);
  }

  #configured() {
    const all = configurations();
    const config = all[this.#config % all.length];
    if (!config) throw new Error('There is no configuration.');
    return config;
  }

  /** Notes the first promise that does not hold; everything ends with it. */
  fail = (promise: string, fact: string): void => {
    if (this.failure) return;
    const [id] = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(fact) ?? [];
    const history = id === undefined ? [] : this.oracle.history(id);
    this.failure = { promise, fact, step: this.steps, elapsed: this.scheduler.elapsed, history };
  };

  note = (what: string): void => {
    const at = (this.scheduler.elapsed / HOUR_MS).toFixed(4);
    this.trace.push(`${this.steps} ${at}h ${what}`);
    if (!this.plan.traced && this.trace.length > 4 * KEPT_STEPS) this.trace.splice(0, 3 * KEPT_STEPS);
  };

  lastSteps(): readonly string[] {
    return this.trace.slice(-KEPT_STEPS);
  }

  /** Somebody outside does something and waits for the answer; `lost` when the process ends before. */
  spawn(what: string, run: () => Promise<unknown>, lost: () => void = () => undefined): void {
    const { life } = this;
    if (!life.up) return lost();
    const task = { lost };
    this.#running.add(task);
    this.note(what);
    run()
      .catch((error: unknown) =>
        this.fail(
          'nothing throws',
          `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        ),
      )
      .finally(() => this.#running.delete(task));
  }

  async begin(): Promise<void> {
    // The oracle reads the file that the first process makes.
    void this.#start();
    while (!this.life.up && !this.failure) await this.#advance(this.scheduler.elapsed + TICK_MS);
  }

  async #start(): Promise<void> {
    const { life } = this;
    this.note('a process starts');
    await life.open().catch((error: unknown) => {
      if (!life.dead)
        this.fail('a process starts', error instanceof Error ? (error.stack ?? '') : String(error));
    });
  }

  opened(life: Life): void {
    if (life !== this.life) return;
    this.note('the process is up');
    if (!('oracle' in this) || !this.oracle) this.oracle = new Oracle(this.file, this.fail);
    this.#lastDue = new Map();
    this.oracle.check();
    this.oracle.checkAcknowledged();
    this.armSweep();
  }

  acknowledge(id: string, key: string): void {
    this.oracle.check();
    this.oracle.acknowledged.set(id, key);
    this.oracle.checkAcknowledged([id]);
  }

  askedAgain(source: string, id: string): void {
    const state = this.oracle.states.get(id);
    if (state) this.senders.renew(source, state.raw as Parameters<Senders['renew']>[1]);
  }

  /** The process ends here and now; another one comes after a while. */
  async crash(downFor: number): Promise<void> {
    this.crashes += 1;
    this.note(`the process ends, for ${Math.round(downFor / 1000)} s`);
    const { life } = this;
    await life.end();
    const lost = [...this.#running];
    this.#running.clear();
    if (this.chance.of(0.2)) this.#config = this.chance.between(0, 3);
    this.life = new Life(this, this.#configured());
    for (const task of lost) task.lost();
    this.scheduler.after(this.life, COMES_BACK_MS + downFor, 'a process may start', () => void this.#start());
  }

  /** One step, and what everybody who watches makes of it. */
  async #advance(until: number): Promise<void> {
    this.steps += 1;
    const went = await this.scheduler.step(until);
    for (const label of went) this.note(label);
    if (!this.dirty || !this.oracle) return;
    this.dirty = false;
    this.oracle.check();
    this.armSweep();
  }

  /** Deadlines are swept every second while there are any; rests are skipped. */
  armSweep(): void {
    if (!this.life.up) return;
    const { scheduler, oracle } = this;
    const now = scheduler.now();
    const held = this.life.sweeper.expiryHeld();
    const waits = [LONGEST_REST_MS, (oracle.soonest(now) ?? Number.POSITIVE_INFINITY) - now];
    const directory = this.life.directoryDue();
    if (directory !== null) waits.push(directory - now);
    if (oracle.overdue(now).size > 0) waits.push(held ? HELD_TICK_MS : 0);
    const at = scheduler.elapsed + Math.max(0, Math.min(...waits));
    this.#sweepBy((Math.floor(at / TICK_MS) + 1) * TICK_MS);
  }

  /** At the next tick: the clock was set. */
  sweepSoon(): void {
    this.#sweepBy((Math.floor(this.scheduler.elapsed / TICK_MS) + 1) * TICK_MS);
  }

  #sweepBy(at: number): void {
    if (at >= this.#sweepAt && this.#sweepAt > this.scheduler.elapsed) return;
    this.#sweepAt = at;
    this.#sweepTurn += 1;
    const turn = this.#sweepTurn;
    this.scheduler.after(FOREVER, at - this.scheduler.elapsed, 'a sweep is due', () => {
      if (turn === this.#sweepTurn) this.#sweep();
    });
  }

  #sweep(): void {
    this.#sweepAt = Number.POSITIVE_INFINITY;
    const { life, scheduler } = this;
    if (!life.up) return;
    this.sweeps += 1;
    this.spawn('the deadlines are swept', async () => {
      const began = scheduler.now();
      const heldBefore = life.sweeper.expiryHeld();
      await life.sweeper.sweep();
      this.oracle.check();
      this.#judgeSweep(began, heldBefore || life.sweeper.expiryHeld());
      this.armSweep();
    });
  }

  /** What was due at the sweep before this one and has not moved since was not fired. */
  #judgeSweep(began: number, held: boolean): void {
    const due = this.oracle.overdue(began);
    for (const [id, version] of due) {
      if (this.#lastDue.get(id) !== version) continue;
      const state = this.oracle.states.get(id);
      if (!state) continue;
      const waits = nextRung(state)?.rung.do === 'expire' || state.rollout?.status === 'holding';
      if (held && waits) continue;
      this.fail('no deadline is overdue', `${id} (${state.status}) is due since ${began} and did not move`);
    }
    this.#lastDue = due;
  }

  /** The busy time: things happen until `days` are over. */
  async live(): Promise<void> {
    const end = this.plan.days * 24 * HOUR_MS;
    const most = this.plan.stimuli ?? Number.POSITIVE_INFINITY;
    let next = 0;
    while (!this.failure && this.scheduler.elapsed < end && this.stimuli < most) {
      if (this.scheduler.elapsed >= next) {
        await this.#happen();
        next =
          this.scheduler.elapsed +
          (this.chance.of(0.35) ? this.chance.between(0, 900) : this.chance.wait(MEAN_MS));
      }
      await this.#advance(next);
      if (this.scheduler.isBusy() && this.chance.of(CRASH_IN_A_STEP)) await this.crash(this.#downtime());
    }
  }

  #downtime(): number {
    return this.chance.of(0.85) ? this.chance.wait(20_000) : this.chance.wait(HOUR_MS);
  }

  async #happen(): Promise<void> {
    this.stimuli += 1;
    const what = this.chance.weighed({
      send: 40,
      click: 20,
      directory: 3,
      weather: 4,
      report: 2,
      jump: 0.4,
      crash: 1,
      delete: 0.4,
    });
    switch (what) {
      case 'send':
        this.senders.next();
        // Whoever is asked mostly looks at it within minutes.
        for (let n = this.chance.between(0, 3); n > 0; n -= 1) {
          const soon = this.chance.wait(4 * 60_000);
          this.scheduler.after(FOREVER, soon, 'somebody looks', () => this.calm || this.people.next());
        }
        return;
      case 'click':
        return this.people.next();
      case 'directory':
        return this.people.change();
      case 'weather':
        return weather(this);
      case 'report':
        return report(this);
      case 'jump':
        return jump(this);
      case 'crash':
        return this.crash(this.#downtime());
      case 'delete':
        return deleteCard(this);
    }
  }

  /** Goes on until nothing is left to do, with every fault healed; gives false when that never comes. */
  async settle(longest: number): Promise<boolean> {
    this.calm = true;
    this.slack.weather = 'up';
    this.slack.calm = true;
    for (const far of this.farSides.values()) Object.assign(far, { weather: 'up', calm: true });
    this.note('everything is healed');
    const end = this.scheduler.elapsed + longest;
    let next = this.scheduler.elapsed;
    while (!this.failure && this.scheduler.elapsed < end) {
      if (this.life.up && !this.scheduler.isBusy() && this.#running.size === 0 && this.#isQuiet())
        return true;
      if (this.scheduler.elapsed >= next) {
        next = this.scheduler.elapsed + 20 * 60_000;
        for (const id of this.oracle.open) this.#helpOn(id);
      }
      await this.#advance(next);
    }
    return false;
  }

  /** What goes out in stages is told to go on. */
  #helpOn(id: string): void {
    const state = this.oracle.states.get(id);
    if (this.life.up && state?.status === 'delivering' && state.rollout?.status === 'held')
      this.people.clickOn(state, 'advance');
  }

  #isQuiet(): boolean {
    const [left] = this.oracle.all<{ n: number }>('SELECT count(*) AS n FROM outbox');
    if ((left?.n ?? 0) > 0) return false;
    return ![...this.oracle.open].some((id) => this.isUnderWay(id));
  }

  /** It goes on by itself, without anybody's word: so it must end some time. */
  isUnderWay(id: string): boolean {
    const state = this.oracle.states.get(id);
    if (state?.status === 'accepted') return true;
    if (state?.status !== 'delivering') return false;
    const back = state.rollout?.status === 'rolling_back' ? state.rollout.rollback?.export_id : null;
    const reversal = this.oracle.states.get(back ?? '');
    // What takes it back waits for people of its own.
    return !(reversal && this.oracle.open.has(reversal.id) && !this.isUnderWay(reversal.id));
  }

  effects(): number {
    return REAL_SINKS.reduce((sum, name) => sum + (this.farSides.get(name)?.effects.length ?? 0), 0);
  }

  async close(): Promise<void> {
    await this.life.end();
    this.oracle?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
