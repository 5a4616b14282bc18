import type { Json } from '../../src/exports/envelope.ts';
import { awaited, deciders, remedialists, resolvers } from '../../src/exports/gates.ts';
import type { Directory, PersonId } from '../../src/exports/ownership.ts';
import { overriders } from '../../src/exports/rehearsal.ts';
import { dispatchers, undoers } from '../../src/exports/review.ts';
import type { Export } from '../../src/exports/state.ts';
import { Role } from '../../src/exports/words.ts';
import type { Chance } from './chance.ts';
import type { Life } from './life.ts';
import type { World } from './world.ts';

type Click = { name: string; who: readonly PersonId[]; does: (life: Life, by: PersonId) => Promise<unknown> };

const BY_STATUS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  quarantined: { correct: 8, assignOwner: 5, reject: 2, comment: 1, withdraw: 1, accept: 1 },
  pending: {
    accept: 42,
    reject: 2,
    requestChanges: 2,
    edit: 5,
    openReview: 4,
    closeReview: 3,
    takeOver: 1,
    reassign: 3,
    comment: 1,
    withdraw: 2,
    acknowledge: 2,
    overrideChecks: 2,
    runChecksAgain: 2,
    undo: 1,
  },
  accepted: { undo: 10, withdraw: 3, accept: 2, reject: 1 },
  delivering: { advance: 8, hold: 5, rollBack: 4, withdraw: 1, accept: 1, reject: 1, resume: 1 },
  paused: {
    resume: 20,
    useAlternate: 10,
    takeOut: 4,
    reject: 2,
    reassign: 2,
    rollBack: 3,
    edit: 2,
    redeliver: 1,
  },
  failed: { redeliver: 30, reject: 2, reassign: 2, rollBack: 3, resume: 1, acknowledge: 2 },
  delivered: { accept: 1, reject: 1, rollBack: 1, redeliver: 1, withdraw: 1, comment: 1 },
};

/** People who look at what waits and click, mostly who may, sometimes who may not, and on cards that are old. */
export class People {
  readonly #world: World;
  clicks = 0;
  refused = 0;
  readonly refusals: Record<string, number> = {};

  constructor(world: World) {
    this.#world = world;
  }

  /** Somebody clicks something on one of the open exports, or on one that is over. */
  next(): void {
    const { chance, oracle, life } = this.#world;
    if (!life.up) return;
    if (chance.of(0.02)) return this.#together();
    const open = [...oracle.open];
    const id = chance.of(0.96) ? chance.any(open.slice(-40)) : chance.any([...oracle.states.keys()]);
    const state = id === undefined ? undefined : oracle.states.get(id);
    if (!state) return;
    this.clickOn(state);
    if (chance.of(0.1)) this.clickOn(state);
  }

  clickOn(state: Export, only?: string, again?: PersonId): void {
    const { chance, life } = this.#world;
    const weights = BY_STATUS[state.status] ?? BY_STATUS['delivered'] ?? {};
    const name = only ?? chance.weighed(weights);
    const directory = life.roster.directory();
    const click = this.#click(name, state, directory);
    const everybody = [...directory.people.keys()];
    const by = again ?? (chance.of(0.88) ? chance.any(click.who) : undefined) ?? chance.any(everybody) ?? '';
    this.clicks += 1;
    this.#world.spawn(
      `${directory.people.get(by)?.name ?? by} clicks ${name} on ${state.id} (${state.status})`,
      async () => {
        const answer = await click.does(life, by);
        if (typeof answer !== 'object' || answer === null || !('refused' in answer)) {
          // Whoever sees nothing happen clicks again.
          if (name === 'accept' && again === undefined && chance.of(0.15)) this.clickOn(state, name, by);
          return;
        }
        this.refused += 1;
        const why = `${name}: ${String(answer.refused)}`;
        this.refusals[why] = (this.refusals[why] ?? 0) + 1;
      },
    );
  }

  #click(name: string, state: Export, directory: Directory): Click {
    const { chance } = this.#world;
    const { id } = state;
    const revision = state.revision?.number ?? 0;
    const seen = chance.of(0.93) ? revision : Math.max(0, revision - 1);
    const stage = (state.rollout?.stage ?? 1) - (chance.of(0.07) ? 1 : 0);
    const requester = state.requester === null ? [] : [state.requester];
    const may = { deciders: deciders(state, directory), resolvers: resolvers(state, directory) };
    const reason = chance.of(0.95) ? 'For the simulation.' : '';
    switch (name) {
      case 'accept': {
        const stale = chance.of(0.85);
        // Some who have signed try to sign once more.
        const signed = state.acceptances.flatMap((each) => each.by ?? []);
        const who = signed.length > 0 && chance.of(0.2) ? signed : awaited(state, directory);
        return { name, who, does: ({ desk }, by) => desk.accept(id, by, seen, stale) };
      }
      case 'reject':
        return { name, who: may.deciders, does: ({ desk }, by) => desk.reject(id, by, seen, reason) };
      case 'requestChanges':
        return { name, who: may.deciders, does: ({ desk }, by) => desk.requestChanges(id, by, seen, reason) };
      case 'edit': {
        const raw = this.#edited(state);
        const who = state.returned ? requester : state.status === 'paused' ? may.resolvers : may.deciders;
        return { name, who, does: ({ desk }, by) => desk.edit(id, by, seen, raw) };
      }
      case 'openReview':
      case 'takeOver':
        return {
          name,
          who: may.deciders,
          does: ({ desk }, by) => desk.openReview(id, by, name === 'takeOver'),
        };
      case 'closeReview': {
        const who = state.lock ? [state.lock.by] : may.deciders;
        return { name, who, does: ({ desk }, by) => desk.closeReview(id, by) };
      }
      case 'reassign': {
        const to = chance.any([...directory.people.keys()]) ?? '';
        const colleague = chance.any(directory.roles.get(state.route.role)?.members ?? []) ?? to;
        const whom = chance.of(0.8) ? colleague : to;
        return {
          name,
          who: dispatchers(state, directory),
          does: ({ desk }, by) => desk.reassign(id, by, whom, reason),
        };
      }
      case 'comment':
        return { name, who: may.deciders, does: ({ desk }, by) => desk.comment(id, by, 'Why so?') };
      case 'withdraw':
        return { name, who: requester, does: ({ desk }, by) => desk.withdraw(id, by, reason) };
      case 'acknowledge':
        return { name, who: directory.on_call.people, does: ({ desk }, by) => desk.acknowledge(id, by) };
      case 'overrideChecks':
        return {
          name,
          who: overriders(state, directory),
          does: ({ desk }, by) => desk.overrideChecks(id, by, seen, reason),
        };
      case 'runChecksAgain':
        return { name, who: may.deciders, does: ({ desk }, by) => desk.runChecksAgain(id, by, seen) };
      case 'undo':
        return { name, who: undoers(state, directory), does: ({ desk }, by) => desk.undo(id, by) };
      case 'correct': {
        const raw = structuredClone(this.#world.senders.right.get(state.idempotency_key) ?? state.raw);
        return {
          name,
          who: remedialists(state, directory),
          does: ({ desk }, by) => desk.correct(id, by, raw),
        };
      }
      case 'assignOwner': {
        const role = chance.pick(Role.options as unknown as readonly [Role, ...Role[]]);
        const owner = chance.any(directory.roles.get(role)?.members ?? []) ?? '';
        return {
          name,
          who: remedialists(state, directory),
          does: ({ desk }, by) => desk.assignOwner(id, by, owner, role),
        };
      }
      case 'resume':
        return { name, who: may.resolvers, does: ({ desk }, by) => desk.resume(id, by, reason) };
      case 'useAlternate':
        return { name, who: may.resolvers, does: ({ desk }, by) => desk.useAlternate(id, by, seen) };
      case 'takeOut':
        return { name, who: may.resolvers, does: ({ desk }, by) => desk.takeOut(id, by, seen) };
      case 'redeliver':
        return { name, who: may.resolvers, does: ({ desk }, by) => desk.redeliver(id, by) };
      case 'advance':
        return { name, who: may.deciders, does: ({ desk }, by) => desk.advanceRollout(id, by, stage) };
      case 'hold':
        return { name, who: may.deciders, does: ({ desk }, by) => desk.holdRollout(id, by, stage) };
      case 'rollBack':
        return { name, who: may.deciders, does: ({ desk }, by) => desk.rollBackRollout(id, by) };
    }
    throw new Error(`Nobody can click ${name}.`);
  }

  /** What somebody types into one of the fields that may be edited. */
  #edited(state: Export): Export['raw'] {
    const { chance, catalog } = this.#world;
    const raw = structuredClone(state.raw);
    const type = catalog.get(state.revision?.export_type ?? '');
    const path = chance.any(type?.editable ?? []) ?? 'payload.note';
    const steps = path.replaceAll('*', '0').split('.');
    const last = steps.pop() ?? '';
    let holder: Json | undefined = raw;
    for (const step of steps) holder = isHolder(holder) ? holder[step] : undefined;
    if (isHolder(holder)) holder[last] = retyped(holder[last], chance);
    return raw;
  }

  /** Several with one click: what is low in risk, or a channel's digest. */
  #together(): void {
    const { chance, life, scheduler } = this.#world;
    const { roles, people } = life.roster.directory();
    const channel = chance.any([...roles.values()])?.channel ?? '';
    const by = chance.any([...people.keys()]) ?? '';
    const export_type = chance.pick([
      'inventory_delta',
      'shipping_label_request',
      'price_update',
      'staged_product',
    ]);
    this.clicks += 1;
    this.#world.spawn(`${by} clicks several of ${channel}`, async () => {
      if (chance.of(0.3)) await life.desk.expandDigest(channel, by);
      else
        await life.desk.acceptTogether(by, {
          channel: chance.of(0.5) ? channel : '',
          export_type,
          at: scheduler.now(),
        });
    });
  }

  /** Who is there, who covers, who is in a role. */
  change(): void {
    const { chance, life, scheduler } = this.#world;
    if (!life.up) return;
    const { people, roles, on_call } = life.roster.directory();
    const person = () => chance.any([...people.keys()]) ?? '';
    const [one, other] = [person(), person()];
    const operator = roles.get('operations')?.default_owner ?? one;
    const by = chance.of(0.6) ? operator : one;
    const now = scheduler.now();
    const until = now + chance.between(1, 72) * 3_600_000;
    const role = chance.pick(Role.options as unknown as readonly [Role, ...Role[]]);
    const command = (() => {
      switch (chance.between(0, 9)) {
        case 0:
        case 1:
          return {
            do: 'go_out',
            by,
            person: one,
            from: now,
            until: chance.of(0.9) ? until : null,
            note: null,
          } as const;
        case 2:
        case 3:
          return { do: 'come_back', by, person: one } as const;
        case 4:
          return { do: 'set_cover', by, for: one, cover: other, from: now, until } as const;
        case 5:
          return { do: 'end_cover', by, for: one } as const;
        case 6:
          return { do: 'set_backup', by, person: one, backup: other } as const;
        case 7:
          return { do: chance.of(0.6) ? 'add_member' : 'remove_member', by, role, person: one } as const;
        case 8:
          return { do: 'notice_account', person: one, usable: chance.of(0.7) } as const;
        default:
          return { do: 'hand_over_on_call', by: on_call.people[0] ?? by, to: other, until } as const;
      }
    })();
    this.#world.spawn(`the directory: ${command.do}`, () => life.roster.change(command));
  }
}

function isHolder(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null;
}

function retyped(value: Json | undefined, chance: Chance): Json {
  if (typeof value === 'number') return value + chance.between(-2, 3);
  if (typeof value === 'string' && /^\d+\.\d+$/.test(value))
    return (Number(value) - chance.between(1, 50) / 100).toFixed(2);
  if (typeof value === 'string') return `${value} x`;
  return value ?? `typed ${chance.between(1, 9)}`;
}
