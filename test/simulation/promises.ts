import { nextRung } from '../../src/exports/deadlines.ts';
import type { Event } from '../../src/exports/events.ts';
import type { Export } from '../../src/exports/state.ts';
import type { Status } from '../../src/exports/words.ts';

export type Fail = (promise: string, fact: string) => void;

/** After these nothing decides any more. */
const ENDED: ReadonlySet<Status> = new Set<Status>([
  'rejected',
  'withdrawn',
  'expired',
  'superseded',
  'rolled_back',
]);

const VALUED: ReadonlySet<string> = new Set(['revised', 'edited', 'corrected', 'owner_assigned']);

type Signature = { by: string | null; revision: number; hash: string; step: number };

type Known = {
  signatures: Signature[];
  /** Revisions that were rightly let go, with their hash. */
  granted: Set<string>;
  keys: Set<string>;
  /** How often a person had a push sent once more, by its key. */
  again: Map<string, number>;
  /** Rungs of the present wait that have fired. */
  fired: Set<string>;
  waits: number;
  decided: string | null;
  /** How often it was given values, the same ones again too. */
  values: number;
  /** By sink, how often it took something and reported later that it could not carry it out. */
  reports: Map<string, number>;
};

/** What must hold of one export whatever happens, told from its events alone. */
export class Promises {
  readonly #known = new Map<string, Known>();
  readonly #fail: Fail;

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  #of(id: string): Known {
    const known = this.#known.get(id);
    if (known) return known;
    const fresh: Known = {
      signatures: [],
      granted: new Set(),
      keys: new Set(),
      again: new Map(),
      fired: new Set(),
      waits: 0,
      decided: null,
      values: 0,
      reports: new Map(),
    };
    this.#known.set(id, fresh);
    return fresh;
  }

  keys(id: string): ReadonlySet<string> {
    return this.#of(id).keys;
  }

  askedAgain(id: string, key: string): number {
    return this.#of(id).again.get(key) ?? 0;
  }

  /** Which values these are: a resend of them needs a reason, newer ones do not. */
  values(id: string): number {
    return this.#of(id).values;
  }

  reports(id: string, sink: string): number {
    return this.#of(id).reports.get(sink) ?? 0;
  }

  mayLeave(id: string, revision: number, hash: string): boolean {
    return this.#of(id).granted.has(`${revision} ${hash}`);
  }

  happened(before: Export | null, after: Export, event: Event, at: number): void {
    const known = this.#of(after.id);
    for (const push of after.pushes) known.keys.add(push.key);
    if (VALUED.has(event.type) || after.revision?.hash !== before?.revision?.hash) known.values += 1;
    this.#reported(known, before, event);
    this.#ends(known, before, after, event);
    this.#signs(known, before, after, event);
    this.#fires(known, before, after, event, at);
    if (event.type === 'redelivery_requested')
      for (const key of event.keys) known.again.set(key, (known.again.get(key) ?? 0) + 1);
    // Whoever redelivers what has grown too old has looked, and then people accept it once more.
    if (event.type === 'acceptance_lapsed' && before?.status === 'failed')
      for (const { key } of before.pushes) known.again.set(key, (known.again.get(key) ?? 0) + 1);
  }

  /** A stop for a sink of which nothing had failed is one that it asked for afterwards. */
  #reported(known: Known, before: Export | null, event: Event): void {
    if (event.type !== 'paused' && event.type !== 'failed') return;
    const { sink } = event.trouble;
    if (sink === null || before?.pushes.some((push) => push.sink === sink && push.status === 'failed'))
      return;
    known.reports.set(sink, (known.reports.get(sink) ?? 0) + 1);
  }

  #ends(known: Known, before: Export | null, after: Export, event: Event): void {
    if (before && ENDED.has(before.status) && after.status !== before.status)
      this.#fail(
        'there is one terminal decision',
        `${after.id} was ${before.status} and is ${after.status} by ${event.type}`,
      );
    if (
      before?.status === 'delivered' &&
      !['delivered', 'paused', 'failed', 'rolled_back'].includes(after.status)
    )
      this.#fail(
        'there is one terminal decision',
        `${after.id} was delivered and is ${after.status} by ${event.type}`,
      );
    if (!ENDED.has(event.type as Status)) return;
    if (known.decided !== null)
      this.#fail('there is one terminal decision', `${after.id}: ${known.decided}, then ${event.type}`);
    known.decided = event.type;
  }

  #signs(known: Known, before: Export | null, after: Export, event: Event): void {
    const anew = [
      'revised',
      'edited',
      'resumed',
      'corrected',
      'owner_assigned',
      'acceptance_lapsed',
      'undone',
    ];
    if (anew.includes(event.type)) known.signatures = [];
    if (event.type === 'acceptance_recorded') {
      const { by, revision, hash, step } = event.acceptance;
      known.signatures.push({ by, revision, hash, step });
      if (before?.status !== 'pending' && after.revision?.policy.gate.mode !== 'policy')
        this.#fail('only what waits is accepted', `${after.id} was ${before?.status ?? 'nothing'}`);
    }
    if (event.type === 'accepted' || event.type === 'delivery_begun')
      this.#assertAccepted(known, after, event.type);
    if (event.type === 'delivery_begun' && after.revision)
      known.granted.add(`${after.revision.number} ${after.revision.hash}`);
  }

  #assertAccepted(known: Known, state: Export, why: string): void {
    const { revision } = state;
    const gate = revision?.policy.gate;
    const counted = known.signatures.filter(
      (each) => each.hash === revision?.hash && each.revision === revision.number,
    );
    const told = `${state.id} ${why}: ${JSON.stringify(counted.map(({ by, step }) => ({ by, step })))}`;
    if (!gate || counted.length < Math.max(1, gate.steps.length)) {
      this.#fail('nothing is pushed without its acceptances', told);
      return;
    }
    if (gate.mode === 'policy') return;
    const humans = new Set(counted.map((each) => each.by));
    if (humans.has(null)) this.#fail('nothing is pushed without its acceptances', told);
    if (new Set(counted.map((each) => each.step)).size !== gate.steps.length)
      this.#fail('nothing is pushed without its acceptances', told);
    if (humans.size !== gate.steps.length) this.#fail('two steps are signed by two humans', told);
    if (gate.mode === 'two_step' && humans.has(state.requester))
      this.#fail('nobody accepts what they asked for', told);
  }

  #fires(known: Known, before: Export | null, after: Export, event: Event, at: number): void {
    if (after.waiting_since !== before?.waiting_since || after.rungs_fired < (before?.rungs_fired ?? 0)) {
      known.waits += 1;
      known.fired.clear();
    }
    const rung =
      event.type === 'reminded'
        ? 'remind'
        : event.type === 'escalated'
          ? 'escalate'
          : event.type === 'paged' && event.because === undefined
            ? 'page'
            : event.type === 'expired'
              ? 'expire'
              : null;
    if (rung === null || before === null) return;
    const next = nextRung(before);
    if (!next || next.rung.do !== rung || next.at > at)
      this.#fail(
        'a deadline fires when it has come',
        `${after.id}: ${rung} at ${at}, due ${next?.at ?? 'never'}`,
      );
    const name = `${known.waits} ${before.rungs_fired}`;
    if (known.fired.has(name)) this.#fail('a deadline fires once', `${after.id}: ${rung} ${name}`);
    known.fired.add(name);
  }
}
