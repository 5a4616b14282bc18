import type { Event, Recorded } from '../../../src/exports/events.ts';
import { isRefusal, type Refusal, type RefusalCode, sentence } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import type { Committed } from '../../../src/store/port.ts';
import { ALICE, BOB, directory } from '../../support/core.ts';

/** Somebody who wanted something at the same moment as others, and what they were told. */
export type Contender = {
  wants:
    | 'accept'
    | 'reject'
    | 'withdraw'
    | 'send back'
    | 'edit'
    | 'undo'
    | 'review'
    | 'supersede'
    | 'expire'
    | 'tick';
  by: string | null;
  answer: Committed | Refusal | null;
};

/** By what an export leaves a state for good or for the next one; everything else leaves it where it is. */
const MOVES: Readonly<Partial<Record<Event['type'], { from: readonly string[]; to: string }>>> = {
  accepted: { from: ['pending'], to: 'accepted' },
  undone: { from: ['accepted'], to: 'pending' },
  revised: { from: ['pending', 'accepted'], to: 'pending' },
  edited: { from: ['pending'], to: 'pending' },
  acceptance_lapsed: { from: ['accepted', 'delivering'], to: 'pending' },
  delivery_begun: { from: ['accepted'], to: 'delivering' },
  delivered: { from: ['delivering'], to: 'delivered' },
  rejected: { from: ['pending'], to: 'rejected' },
  withdrawn: { from: ['pending', 'accepted'], to: 'withdrawn' },
  expired: { from: ['pending', 'accepted'], to: 'expired' },
  superseded: { from: ['pending', 'accepted', 'delivering'], to: 'superseded' },
};

const DECISIVE = new Set(['rejected', 'withdrawn', 'expired', 'superseded', 'delivered']);

/** What each grant must have written, in the name of whoever it was granted to. */
const WRITES: Readonly<Record<Contender['wants'], Event['type'] | null>> = {
  accept: 'acceptance_recorded',
  reject: 'rejected',
  withdraw: 'withdrawn',
  'send back': 'changes_requested',
  edit: 'edited',
  undo: 'undone',
  review: null,
  supersede: null,
  expire: null,
  tick: null,
};

function authorOf(event: Event): string | null {
  if (event.type === 'acceptance_recorded') return event.acceptance.by;
  return 'by' in event ? (event.by ?? null) : null;
}

const nameOf = (id: string | null) => directory.people.get(id ?? '')?.name ?? null;

/** What is wrong with how one race ended, a line each; nothing when all is well. */
export function judge(
  end: Export,
  recorded: readonly Recorded[],
  contenders: readonly Contender[],
  effects: ReadonlyMap<string, number>,
): readonly string[] {
  const events = recorded.map(({ event }) => event);
  const wrong: string[] = [];
  let status = 'pending';
  const visited = new Set([status]);
  for (const event of events) {
    const move = MOVES[event.type];
    if (!move) continue;
    if (!move.from.includes(status)) wrong.push(`${event.type} after it was ${status}`);
    status = move.to;
    visited.add(status);
  }
  if (end.status !== status) wrong.push(`it is ${end.status}; its events make it ${status}`);
  const decisive = events.filter(({ type }) => DECISIVE.has(type));
  if (decisive.length !== 1)
    wrong.push(`${decisive.length} decisions: ${decisive.map(({ type }) => type).join(' ')}`);
  const single = end.revision?.policy.gate.mode === 'single';
  for (const contender of contenders) wrong.push(...answered(contender, { events, visited, single }));
  wrong.push(...written(contenders, events), ...carriedOut(end, events, effects));
  return wrong;
}

/** Each event has the one grant that it was written by, and each grant its event. */
function written(contenders: readonly Contender[], events: readonly Event[]): string[] {
  return Object.entries(WRITES).flatMap(([wants, type]) => {
    if (type === null) return [];
    const stand = events.filter((each) => each.type === type).map((each) => authorOf(each) ?? '');
    const granted = contenders.filter(
      (each) => each.wants === wants && each.answer && !isRefusal(each.answer) && each.answer.answer === null,
    );
    const [one, other] = [
      stand.sort().join(' '),
      granted
        .map((each) => each.by ?? '')
        .sort()
        .join(' '),
    ];
    return one === other ? [] : [`${wants} was granted to [${other}] and stands for [${one}]`];
  });
}

/** What was accepted went out once, and only that. */
function carriedOut(end: Export, events: readonly Event[], effects: ReadonlyMap<string, number>): string[] {
  const begun = events.some(({ type }) => type === 'delivery_begun');
  const wrong = [...effects].flatMap(([key, times]) =>
    times === 1 ? [] : [`${key} took effect ${times} times`],
  );
  if (!begun && effects.size > 0) wrong.push('something went out that nobody had accepted');
  if (end.status === 'delivered' && effects.size !== end.pushes.length)
    wrong.push(`${effects.size} of ${end.pushes.length} pushes went out`);
  return wrong;
}

type Told = { events: readonly Event[]; visited: ReadonlySet<string>; single: boolean };

/** Whoever was refused is told what really happened. */
function answered({ wants, by, answer }: Contender, what: Told): string[] {
  if (answer === null) return [];
  const refusal = isRefusal(answer) ? answer : answer.answer;
  if (refusal === null) return [];
  const said = sentence(refusal);
  const told = `${wants} by ${nameOf(by) ?? 'nobody'} was told “${said}”`;
  if (/[{}]|undefined/.test(said)) return [`${told}, which is no sentence`];
  const happened = what.events.map(({ type }) => type).join(' ');
  return TRUE_WHEN[refusal.refused]?.(refusal.facts, by, what) === true
    ? []
    : [`${told}; it was ${happened}`];
}

/** Nothing leaves this state again. */
const hasEnded = (visited: ReadonlySet<string>) =>
  ['delivering', 'delivered', 'withdrawn', 'superseded', 'expired', 'rejected'].some((each) =>
    visited.has(each),
  );

type Facts = Readonly<Record<string, string>>;
type Check = (facts: Facts, by: string | null, what: Told) => boolean;

const has = ({ events }: Told, ...types: Event['type'][]) => events.some(({ type }) => types.includes(type));
const didBy = ({ events }: Told, type: Event['type'], who: string | null | undefined) =>
  events.some((each) => each.type === type && nameOf(authorOf(each)) === who);

/** When each refusal is true; every other one is wrong here. */
const TRUE_WHEN: Readonly<Partial<Record<RefusalCode, Check>>> = {
  already_decided: ({ status, who }, _, what) =>
    (status === 'accepted' &&
      (who ?? '').split(' and ').every((each) => didBy(what, 'acceptance_recorded', each))) ||
    ((status === 'rejected' || status === 'withdrawn') && didBy(what, status, who)) ||
    (status === 'expired' && has(what, 'expired') && who === 'the clock, because nobody decided in time') ||
    (status === 'superseded' && has(what, 'superseded') && who === 'Meshline'),
  stale_version: (_, __, what) => has(what, 'revised', 'edited'),
  not_waiting: ({ status }, _, { visited }) => visited.has(status ?? ''),
  already_signed_by_you: (_, by, what) => didBy(what, 'acceptance_recorded', nameOf(by)),
  second_human_needed: (_, by, what) => didBy(what, 'acceptance_recorded', nameOf(by)),
  step_already_signed: ({ who }, _, what) => didBy(what, 'acceptance_recorded', who),
  returned: ({ who }, _, what) => didBy(what, 'changes_requested', who),
  locked: ({ who }, _, what) => didBy(what, 'review_opened', who),
  nothing_to_undo: ({ why }, _, what) =>
    why === 'it has already gone out.'
      ? hasEnded(what.visited)
      : has(what, 'undone', 'revised') || what.visited.has('accepted'),
  // The backup may sign from the escalation on; once it is sent back only the requester goes on.
  not_allowed: (_, by, what) => has(what, 'changes_requested') || by === BOB || (what.single && by !== ALICE),
  stale_needs_confirmation: () => true,
};
