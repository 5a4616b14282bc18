import { describe, expect, it } from 'vitest';
import { approvalCard } from '../../../src/bot/card.ts';
import { noteFor } from '../../../src/bot/notes.ts';
import { timeline } from '../../../src/bot/timeline.ts';
import type { Command } from '../../../src/exports/commands.ts';
import { decide } from '../../../src/exports/decide.ts';
import type { Event, Recorded } from '../../../src/exports/events.ts';
import { evolve } from '../../../src/exports/evolve.ts';
import { isRefusal, sentence } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import { ALICE, accepts, directory, guid } from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';
import { HOLD_MS, receivedShelf, shelfContext, shelves } from '../../support/rollout.ts';

function run(commands: readonly Command[], start = receivedShelf(), now = T0): Export {
  return commands.reduce((state, command) => {
    const decision = decide(state, command, shelfContext(now));
    if (isRefusal(decision)) throw new Error(sentence(decision));
    return decision.events.reduce((at, event) => evolve(at, event, now, at.id), state);
  }, start);
}

const outcome = (stage: number, kind: 'delivered' | 'failed'): Command => ({
  do: 'record_push',
  key: `exp_${guid(1000)}-r1-oms-shelf_set-s${stage}`,
  outcome:
    kind === 'delivered'
      ? { kind, reference: null }
      : { kind, exception_code: 'sink_rejected', message: 'No.', metadata: {} },
  next_at: null,
});
const advance = (stage: number): Command => ({ do: 'advance_rollout', by: ALICE, stage });
const shown = (state: Export) => ({ state, directory, now: T0 });
const cardOf = (state: Export) => approvalCard(shown(state), shelves, state.route.channel);
type Drawn = { action_id: string; value: string; confirm?: { text: { text: string } } };
function buttonsOf(state: Export): Drawn[] {
  return cardOf(state).blocks.flatMap((block) =>
    block.type === 'actions' ? (block.elements as Drawn[]) : [],
  );
}
const actionsOf = (state: Export) => buttonsOf(state).map((button) => button.action_id);
const textOf = (state: Export) => JSON.stringify(cardOf(state).blocks);

const running = run([accepts(ALICE)]);
const holding = run([outcome(1, 'delivered')], running);
const held = run([{ do: 'hold_rollout', by: ALICE, stage: 1 }], holding);
const last = run([advance(1), outcome(2, 'delivered'), advance(2)], holding);
const back = run([{ do: 'roll_back_rollout', by: ALICE }], holding);

describe('the card of a rollout', () => {
  it('offers what can be done at each of its states', () => {
    expect(actionsOf(running)).toEqual(['rollout_hold', 'rollout_roll_back', 'review']);
    expect(actionsOf(holding)).toEqual(['rollout_advance', 'rollout_hold', 'rollout_roll_back', 'review']);
    expect(actionsOf(held)).toEqual(['rollout_advance', 'rollout_roll_back', 'review']);
    expect(actionsOf(last)).toEqual(['rollout_roll_back', 'review']);
    expect(actionsOf(back)).toEqual(['review']);
    const failed = run([outcome(1, 'failed')], running);
    expect(actionsOf(failed)).toContain('rollout_roll_back');
    expect(actionsOf(run([outcome(3, 'delivered')], last))).toEqual(['review']);
  });

  it('offers no way back where the type has none', () => {
    const { rollout } = holding;
    const oneWay = { ...holding, rollout: rollout && { ...rollout, reversible: false } };
    expect(actionsOf(oneWay)).toEqual(['rollout_advance', 'rollout_hold', 'review']);
  });

  it('names the effect before it counts, and carries the stage that was seen', () => {
    const said = Object.fromEntries(
      buttonsOf(holding).map((each) => [each.action_id, each.confirm?.text.text]),
    );
    expect(said).toMatchObject({
      rollout_advance: 'This sends 4 more SKUs at once: 50 % are out then.',
      rollout_hold: 'What is out stays out. The next stage waits until somebody advances it.',
      rollout_roll_back:
        'This takes back what went out: 2 SKUs (10 %) get their former values at once, and nothing more is sent. It cannot be stopped.',
    });
    expect(buttonsOf(holding)[0]?.value).toBe(`v1:${holding.id}:1:1`);
    expect(buttonsOf(receivedShelf())[0]?.value).toBe(`v1:${holding.id}:1`);
  });

  it('shows each stage with its SKUs and health, and what comes next', () => {
    expect(cardOf(holding).text).toMatch(
      /10 % live, watching: stage 1 of 3\. Next: 50 %, 4 more SKUs, <!date/,
    );
    expect(textOf(holding)).toContain('2 SKUs · live since ');
    expect(textOf(holding)).toContain(' · 6 more');
    expect(cardOf(held).text).toContain(
      'Held at 10 %: stage 1 of 3. Held by Alice: Alice wants to look at it first.',
    );
    expect(cardOf(back).text).toContain(
      'Rolling back by Alice. Up to 10 % of the SKUs get their former values',
    );
    const gone = run([{ do: 'roll_back', by_export: guid(7) }], back);
    expect(cardOf(gone).text).toContain(
      'Alice rolled it back: what had gone out, up to 10 % of the SKUs, has its former values.',
    );
  });

  it('says after a pause that something is out already', () => {
    const pause: Command = {
      do: 'raise_exception',
      sink: 'oms',
      code: 'insufficient_inventory',
      message: 'None.',
      metadata: {},
    };
    const resumed = run([pause, { do: 'resume', by: ALICE, note: 'Restocked.' }], holding);
    expect(textOf(resumed)).toContain(
      'An earlier try went out to 10 % of its SKUs, and that is still there.',
    );
  });
});

describe('the thread of a rollout', () => {
  const told = (event: Event, state = holding) =>
    noteFor({ export_id: state.id, n: 9, at: T0, event }, shown(state))?.text;

  it('tells each stage, each hold and each way back', () => {
    const stages = [
      { percent: 10, skus: 2 },
      { percent: 100, skus: 10 },
    ];
    const begun = {
      type: 'rollout_stage_begun',
      stages,
      accept_ms: 0,
      reversible: true,
      pushes: [],
    } as const;
    expect(told({ ...begun, stage: 1, by: null })).toBe(
      'It goes out in stages. First stage 1 of 2: 10 %, 2 SKUs.',
    );
    expect(told({ ...begun, stage: 2, by: null })).toBe(
      'All is well, so on with stage 2 of 2: 100 %, 10 SKUs.',
    );
    expect(told({ ...begun, stage: 2, by: ALICE })).toBe(
      'Alice advanced it to stage 2 of 2: 100 %, 10 SKUs.',
    );
    const health = { accept_ms: 120_000, attempts: 3, errors: 1, retries: 1, exceptions: 2 };
    expect(told({ type: 'rollout_stage_completed', stage: 1, health, hold_until: null })).toBe(
      'Stage 1 is live: accepted in 2 min, 1 error, 1 retry, 2 exceptions.',
    );
    expect(told({ type: 'rollout_held', by: ALICE, why: 'x' })).toBe(
      'Alice held the rollout. Nothing goes on by itself.',
    );
    expect(told({ type: 'rollout_held', by: null, why: 'Too many.' })).toContain(
      'The rollout is held. Too many. Alice',
    );
    expect(told({ type: 'rollout_rollback_begun', by: ALICE, percent: 50, number: 1 })).toContain(
      'up to 50 % of the SKUs',
    );
    const report = {
      type: 'rollout_exception_reported',
      stage: 1,
      sink: 'oms',
      code: 'x',
      message: '*Bold* <!channel>',
    } as const;
    expect(told(report)).toContain('reported an exception in stage 1');
    expect(told(report)).not.toContain('<!channel>');
  });

  it('has the whole of it in the timeline', () => {
    const event: Event = { type: 'rollout_rollback_issued', export_id: guid(2000) };
    const recorded: Recorded = { export_id: holding.id, n: 9, at: T0 + HOLD_MS, event };
    expect(JSON.stringify(timeline([recorded], shown(back)))).toContain('The way back was issued: export');
  });
});
