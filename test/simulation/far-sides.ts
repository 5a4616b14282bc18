import type { Facts, Finding, Found, PushRequest, Sink, SinkOutcome } from '../../src/sinks/port.ts';
import type { Chance } from './chance.ts';
import { FOREVER, type Mortal, type Scheduler } from './scheduler.ts';

export const SINK_WEATHER = ['up', 'flaky', 'losing', 'down', 'refusing'] as const;
export type SinkWeather = (typeof SINK_WEATHER)[number];

/** Something that a sink did for good. */
export type Effect = { key: string; at: number; request: PushRequest };

type Traits = {
  takes: RegExp;
  /** It takes a key only once. */
  dedupes: boolean;
  /** Whether it can tell afterwards if something took effect. */
  tells: boolean;
  /** It works through long pushes piece by piece. */
  inPieces?: boolean;
  carriers?: readonly string[];
  staging?: boolean;
};

const TRAITS: Readonly<Record<string, Traits>> = {
  oms: { takes: /^(?!label\.create)/, dedupes: true, tells: true, inPieces: true },
  wms: { takes: /^(inventory|return|label\.record|packaging)/, dedupes: false, tells: true },
  shop: { takes: /^(price|promo|product|content|inventory)/, dedupes: false, tells: false },
  fedex: { takes: /^label\.create$/, dedupes: false, tells: true, carriers: ['fedex'] },
  usps: { takes: /^label\.create$/, dedupes: true, tells: true, carriers: ['usps'] },
  oms_staging: { takes: /^/, dedupes: true, tells: true, staging: true },
};

export const SINKS: readonly string[] = Object.keys(TRAITS);
/** Those that carry something out. */
export const REAL_SINKS = SINKS.filter((name) => !TRAITS[name]?.staging);

const REFUSALS = [
  'sink_rejected',
  'insufficient_inventory',
  'price_conflict',
  'label_pending',
  'carrier_mismatch',
  'address_invalid',
] as const;

type Fate = 'ok' | 'busy' | 'lost before' | 'lost after' | 'slow' | 'refuse' | 'throw' | 'partial';

const ON_THE_WAY_MS = 900;
/** Some requests are long on their way: their process may have ended and another one come back by then. */
const LONG_ON_THE_WAY_MS = 28_000;
const LONG_SHARE = { calm: 0.02, rough: 0.15 };

/** The systems on the far side: what they have done, and how they feel at the moment. */
export class FarSide {
  readonly effects: Effect[] = [];
  readonly #done = new Map<string, Effect[]>();
  weather: SinkWeather = 'up';
  /** Nothing goes wrong any more. */
  calm = false;
  readonly name: string;
  readonly traits: Traits;
  readonly faults: Record<string, number>;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #arrives: (request: PushRequest, effect: boolean) => void;

  constructor(
    name: string,
    parts: {
      scheduler: Scheduler;
      chance: Chance;
      faults: Record<string, number>;
      /** Told of every request that arrives, and whether it takes effect now. */
      arrives: (request: PushRequest, effect: boolean) => void;
    },
  ) {
    const traits = TRAITS[name];
    if (!traits) throw new Error(`There is no far side ${name}.`);
    this.name = name;
    this.traits = traits;
    this.#scheduler = parts.scheduler;
    this.#chance = parts.chance;
    this.faults = parts.faults;
    this.#arrives = parts.arrives;
  }

  /** How often this key took effect. */
  times(key: string): number {
    return this.#done.get(key)?.length ?? 0;
  }

  /** The sink as one process opens it. */
  sink(life: Mortal): Sink {
    const { dedupes, takes, carriers, staging } = this.traits;
    return {
      name: this.name,
      ...(carriers ? { carriers } : {}),
      limits: { concurrency: 2, rate_per_second: 20 },
      idempotent: dedupes,
      accepts: (operation) => takes.test(operation) && !operation.startsWith('task.'),
      push: (request) => this.#push(life, request),
      reconcile: (request) => this.#reconcile(life, request),
      ...(carriers ? { quote: () => this.#quote(life) } : {}),
      ...(staging ? { rehearse: () => this.#rehearse(life) } : {}),
      close: async () => undefined,
    };
  }

  #push(life: Mortal, request: PushRequest): Promise<SinkOutcome> {
    const fate = this.#fate(request);
    const rough = this.weather === 'flaky' || this.weather === 'losing';
    const long = !this.calm && this.#chance.of(rough ? LONG_SHARE.rough : LONG_SHARE.calm);
    const there = this.#chance.between(5, long ? LONG_ON_THE_WAY_MS : ON_THE_WAY_MS);
    const doubt = this.#chance.between(1_000, 30_000);
    return new Promise((resolve, reject) => {
      // Whoever sent it may have given it up while it is still on its way.
      const givenUp = long && this.#chance.of(0.5);
      if (givenUp)
        this.#scheduler.after(life, this.#chance.between(50, there), `${this.name} is given up`, () =>
          resolve({ kind: 'unknown', cause: 'The connection broke.' }),
        );
      const arrives = fate !== 'busy' && fate !== 'lost before' && fate !== 'throw';
      this.#scheduler.after(FOREVER, there, `${this.name} is asked (${fate})`, () => {
        const takes = arrives && fate !== 'refuse' && fate !== 'partial';
        const again = this.traits.dedupes && this.times(request.key) > 0;
        if (arrives) this.#arrives(request, takes && !again);
        if (takes && !again) this.#do(request);
        const lost = fate === 'lost before' || fate === 'lost after';
        const back = fate === 'slow' ? this.#chance.between(20_000, 90_000) : lost ? doubt : there;
        this.#scheduler.after(life, back, `${this.name} answers: ${fate}`, () => {
          if (givenUp) return;
          if (fate === 'throw') reject(new Error('a defect'));
          else resolve(this.#outcome(fate, request));
        });
      });
    });
  }

  #do(request: PushRequest): void {
    const effect = { key: request.key, at: this.#scheduler.trueNow(), request };
    this.effects.push(effect);
    const known = this.#done.get(request.key);
    if (known) known.push(effect);
    else this.#done.set(request.key, [effect]);
  }

  #fate(request: PushRequest): Fate {
    const fate = this.#drawn(request);
    if (fate !== 'ok') {
      const name = `${this.name} ${fate}`;
      this.faults[name] = (this.faults[name] ?? 0) + 1;
    }
    return fate;
  }

  #drawn(request: PushRequest): Fate {
    if (this.calm) return 'ok';
    const pieces = Number(request.cursor?.slice(1) ?? 0);
    const partial = this.traits.inPieces && pieces < 3 ? 0.4 : 0;
    switch (this.weather) {
      case 'up':
        return this.#chance.weighed<Fate>({
          ok: 40,
          busy: 1,
          'lost before': 0.5,
          'lost after': 1,
          slow: 1,
          refuse: 0.6,
          throw: 0.2,
          partial,
        });
      case 'flaky':
        return this.#chance.weighed<Fate>({
          ok: 6,
          busy: 3,
          'lost before': 2,
          'lost after': 2,
          slow: 2,
          refuse: 1,
          throw: 1,
          partial,
        });
      case 'losing':
        return this.#chance.weighed<Fate>({
          ok: 1,
          busy: 0,
          'lost before': 3,
          'lost after': 3,
          slow: 1,
          refuse: 0,
          throw: 0,
          partial: 0,
        });
      case 'down':
        return this.#chance.of(0.7) ? 'busy' : 'lost before';
      case 'refusing':
        return 'refuse';
    }
  }

  #outcome(fate: Fate, request: PushRequest): SinkOutcome {
    switch (fate) {
      case 'ok':
      case 'slow':
        return { kind: 'delivered', reference: `${this.name}-${this.effects.length}`, facts: this.#facts() };
      case 'partial':
        return { kind: 'partial', cursor: `p${Number(request.cursor?.slice(1) ?? 0) + 1}` };
      case 'busy': {
        const after_ms = this.#chance.of(0.3) ? this.#chance.between(1_000, 120_000) : null;
        return { kind: 'retry', after_ms, cause: 'It is busy.' };
      }
      case 'lost before':
      case 'lost after':
      case 'throw':
        return { kind: 'unknown', cause: 'No answer.' };
      case 'refuse': {
        const exception_code = this.#chance.pick(REFUSALS);
        return { kind: 'failed', exception_code, message: `It says ${exception_code}.`, metadata: {} };
      }
    }
  }

  #facts(): Facts {
    return this.traits.carriers ? { cost: { amount: '19.10', currency: 'EUR' }, carrier: this.name } : {};
  }

  async #reconcile(life: Mortal, request: PushRequest): Promise<Found> {
    await this.#scheduler.sleep(life, this.#chance.between(5, ON_THE_WAY_MS), `${this.name} is looked at`);
    if (!this.traits.tells || this.weather === 'down' || (!this.calm && this.#chance.of(0.05)))
      return { kind: 'unknown' };
    return this.times(request.key) > 0
      ? { kind: 'delivered', reference: 'found', facts: this.#facts() }
      : { kind: 'absent' };
  }

  async #quote(life: Mortal) {
    await this.#scheduler.sleep(life, this.#chance.between(5, 2_000), `${this.name} quotes`);
    if (this.#chance.of(0.1)) throw new Error('a defect');
    if (this.#chance.of(0.2)) return null;
    return { amount: this.#chance.pick(['17.10', '18.40', '23.90']), currency: 'EUR', service: null };
  }

  async #rehearse(life: Mortal): Promise<readonly Finding[]> {
    await this.#scheduler.sleep(life, this.#chance.between(50, 5_000), `${this.name} rehearses`);
    const well = { name: 'sample.write', problem: null, detail: 'Written and read back.' };
    if (this.weather === 'down' || this.#chance.of(0.1))
      return [{ name: 'order.test', problem: 'It did not answer.', detail: null, level: 'passing' }];
    if (this.weather === 'refusing' || this.#chance.of(0.1))
      return [well, { name: 'order.test', problem: 'It refused the order.', detail: null }];
    return [well, { name: 'order.test', problem: null, detail: null }];
  }
}
