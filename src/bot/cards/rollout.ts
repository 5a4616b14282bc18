import type { KnownBlock } from '@slack/types';
import { duration } from '../../exports/freshness.ts';
import { count } from '../../exports/phrases.ts';
import { isLast, stageNow } from '../../exports/rollout.ts';
import { isRollingOut } from '../../exports/rollout-stages.ts';
import type { Export, Push, RolloutStage, RolloutState } from '../../exports/state.ts';
import type { Shown } from '../../flow/ports.ts';
import { type ButtonLook, paragraph } from '../blocks.ts';
import { CARD } from '../limits.ts';
import type { Words } from '../words.ts';

/** "0 errors", "1 error, 2 retries, 1 exception". */
export function healthText({
  errors,
  retries,
  exceptions,
}: Pick<RolloutStage, 'errors' | 'retries' | 'exceptions'>) {
  return [
    count(errors, 'error'),
    ...(retries > 0 ? [count(retries, 'retry', 'retries')] : []),
    ...(exceptions > 0 ? [count(exceptions, 'exception')] : []),
  ].join(', ');
}

/** "✅ 10 % · 4 SKUs · live since 10:45 · 0 errors": Slack cannot tick, so the instant is told, not the time passed. */
function stageLine(stage: RolloutStage, n: number, rollout: RolloutState): Words {
  const what: Words = [
    { strong: `${stage.percent} %` },
    ` · ${n > 0 ? `${stage.skus} more` : count(stage.skus, 'SKU')}`,
  ];
  if (stage.begun_at === null) return ['⚪ ', ...what, rollout.status === 'over' ? ' · not sent' : ''];
  const health = ` · ${healthText(stage)}`;
  if (stage.completed_at === null) {
    const stopped = rollout.status === 'rolling_back' ? 'stopped' : 'going out';
    return ['🔄 ', ...what, ` · ${stopped}`, health];
  }
  const bad = stage.errors + stage.exceptions > 0;
  return [bad ? '⚠️ ' : '✅ ', ...what, ' · live since ', { at: stage.completed_at }, health];
}

/** The stages one under the other, while they mean something to whoever looks at the card. */
export function rolloutBlocks({ state, directory }: Shown): KnownBlock[] {
  const { rollout, status } = state;
  if (!rollout) return [];
  if (rollout.status === 'over' && status === 'pending') {
    const line: Words = [
      `An earlier try went out to ${rollout.highest} % of its SKUs, and that is still there.`,
    ];
    return [paragraph([line], directory)];
  }
  if (rollout.status === 'over' && status !== 'delivered') return [];
  const head: Words = [{ strong: 'Stages' }, ` · accepted in ${duration(rollout.accept_ms)}`];
  const lines = rollout.stages.map((stage, n) => stageLine(stage, n, rollout));
  return [paragraph([head, ...lines], directory)];
}

/** The pushes that the stages do not already stand for. */
export function untoldPushes({ pushes, rollout, status }: Export): readonly Push[] {
  if (!rollout || (rollout.status === 'over' && status !== 'delivered')) return pushes;
  if (rollout.status === 'rolling_back') return [];
  return pushes.filter((push) => push.status !== 'delivered');
}

/** Who took it back, for a card that says so. */
export function takenBackWords({ rollout }: Export): Words {
  if (!rollout?.rollback) return ['A later export undid what this one had set.'];
  const { rollback, highest } = rollout;
  return [
    { name: rollback.by, strong: true },
    ` rolled it back: what had gone out, up to ${highest} % of the SKUs, has its former values.`,
  ];
}

function upcoming(rollout: RolloutState): RolloutStage | null {
  return rollout.stages[rollout.stage] ?? null;
}

function nextLine(rollout: RolloutState): readonly Words[] {
  const next = upcoming(rollout);
  if (!next) return [['This is the last stage.']];
  const what = `${next.percent} %, ${count(next.skus, 'more SKU')}`;
  if (rollout.hold_until !== null)
    return [[`Next: ${what}, `, { at: rollout.hold_until }, ', if all stays well.']];
  if (rollout.status === 'held')
    return [[`Next: ${what}, once somebody says so. Nothing goes on by itself.`]];
  return [[`Next: ${what}, after a look at how this stage went.`]];
}

/** Where an export stands that goes out in stages; null for any other. */
export function rolloutSituation({ state }: Shown): { title: Words; lines: readonly Words[] } | null {
  const { rollout } = state;
  if (!rollout || !isRollingOut(state)) return null;
  const where = `stage ${rollout.stage} of ${rollout.stages.length}`;
  const { percent } = stageNow(rollout);
  switch (rollout.status) {
    case 'running':
      return { title: [{ strong: `🔵 Going out in stages: ${where}` }], lines: nextLine(rollout) };
    case 'holding':
      return { title: [{ strong: `🔵 ${percent} % live, watching: ${where}` }], lines: nextLine(rollout) };
    case 'held': {
      const who: Words = rollout.held?.by ? ['Held by ', { name: rollout.held.by, strong: true }, ': '] : [];
      return {
        title: [{ strong: `🟠 Held at ${percent} %: ${where}` }],
        lines: [[...who, { said: rollout.held?.why ?? '', max: CARD.reason }], ...nextLine(rollout)],
      };
    }
    case 'rolling_back': {
      const { rollback } = rollout;
      const who: Words = rollback ? [' by ', { name: rollback.by, strong: true }] : [];
      return {
        title: [{ strong: '⏪ Rolling back' }, ...who],
        lines: [
          [`Up to ${rollout.highest} % of the SKUs get their former values; nothing else is sent.`],
          rollback?.export_id
            ? ['The way back is on its way to every system.']
            : ['The way back is being made.'],
        ],
      };
    }
    case 'over':
      return null;
  }
}

function advanceLook(rollout: RolloutState): ButtonLook {
  const unsent = stageNow(rollout).completed_at === null;
  const next = unsent ? stageNow(rollout) : upcoming(rollout);
  const text: Words = [
    `This sends ${count(next?.skus ?? 0, 'more SKU')} at once: ${next?.percent ?? 100} % are out then.`,
    ...(rollout.held && rollout.held.by === null
      ? [' It was held because: ', { said: rollout.held.why, max: 160 }]
      : []),
  ];
  const confirm = { title: 'Advance now?', text, yes: 'Advance', no: 'Not yet' };
  return { action: 'rollout_advance', text: 'Advance now', style: 'primary', confirm };
}

const HOLD: ButtonLook = {
  action: 'rollout_hold',
  text: 'Hold',
  label: 'Let the next stage wait for somebody',
  confirm: {
    title: 'Hold the rollout?',
    text: ['What is out stays out. The next stage waits until somebody advances it.'],
    yes: 'Hold',
    no: 'Let it go on',
  },
};

/** Also while it is paused or has failed: what is out already may have to go. */
export function rollBackLooks({ rollout, status }: Export): readonly ButtonLook[] {
  if (!rollout?.reversible || rollout.status === 'rolling_back') return [];
  if (status !== 'delivering' && status !== 'paused' && status !== 'failed') return [];
  const begun = rollout.stages.filter((stage) => stage.begun_at !== null);
  const skus = begun.reduce((sum, stage) => sum + stage.skus, 0);
  const text: Words = [
    `This takes back what went out: ${count(skus, 'SKU')} (${rollout.highest} %) get their former values at once, and nothing more is sent. It cannot be stopped.`,
  ];
  const confirm = { title: 'Roll back?', text, yes: 'Roll back', no: 'Leave it', danger: true };
  return [{ action: 'rollout_roll_back', text: 'Roll back…', style: 'danger', confirm }];
}

/** What can be done about an export that goes out in stages. */
export function rolloutLooks(state: Export): readonly ButtonLook[] {
  const { rollout } = state;
  if (!rollout || !isRollingOut(state)) return [];
  const back = rollBackLooks(state);
  switch (rollout.status) {
    case 'running':
      return [...(isLast(rollout) ? [] : [HOLD]), ...back];
    case 'holding':
      return [advanceLook(rollout), HOLD, ...back];
    case 'held': {
      const done = stageNow(rollout).completed_at !== null;
      return [...(done || rollout.rollbacks > 0 ? [advanceLook(rollout)] : []), ...back];
    }
    case 'rolling_back':
    case 'over':
      return [];
  }
}
