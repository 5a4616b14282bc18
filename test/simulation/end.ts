import type { Export } from '../../src/exports/state.ts';
import { TERMINAL } from '../../src/exports/words.ts';
import { REAL_SINKS } from './far-sides.ts';
import type { World } from './world.ts';

type Left = { key: string; due_at: number; attempts: number; lease_until: number | null };

/** What must be true once every fault is healed and time has passed. */
export const judgeEnd = {
  /** Something never came to rest: what. */
  restless(world: World): void {
    const rows = world.oracle.all<Left>('SELECT key, due_at, attempts, lease_until FROM outbox LIMIT 5');
    const stuck = [...world.oracle.open]
      .filter((id) => world.isUnderWay(id))
      .map((id) => world.oracle.states.get(id))
      .map(
        (state) =>
          `${state?.id} ${state?.status} ${JSON.stringify(state?.rollout ?? state?.alternate)} ${JSON.stringify(state?.pushes.map(({ key, status }) => `${key} ${status}`))}`,
      );
    world.fail(
      'everything comes to rest',
      `${world.life.up ? '' : 'no process is up; '}rows: ${JSON.stringify(rows)}; exports: ${stuck.slice(0, 3).join('; ')}`,
    );
  },

  quiet(world: World): void {
    world.oracle.check();
    world.oracle.checkAcknowledged();
    for (const post_id of world.slack.postIds()) {
      const { length } = world.slack.standing(post_id);
      if (length > 1) world.fail('a message stands once', `${post_id} stands ${length} times`);
    }
    for (const state of world.oracle.states.values()) {
      cards(world, state);
      delivered(world, state);
    }
    const open = world.oracle.all<{ key: string; export_id: string }>(
      "SELECT key, export_id FROM tasks WHERE state = 'open'",
    );
    for (const { key, export_id } of open) {
      const status = world.oracle.states.get(export_id)?.status;
      if (status && TERMINAL.has(status))
        world.fail('no task is left of what has ended', `${key} of ${export_id}, ${status}`);
    }
  },
};

/** What a person was ever asked about has one card in each of its channels, and it tells how things ended. */
function cards(world: World, state: Export): void {
  if (!isShown(state)) return;
  const digested = new Set(
    world.oracle
      .all<{ channel: string; export_id: string }>('SELECT channel, export_id FROM digests')
      .map(({ channel, export_id }) => `${channel} ${export_id}`),
  );
  for (const channel of state.channels) {
    const post_id = `card:${state.id}:${channel}`;
    const [card] = world.slack.standing(post_id);
    if (digested.has(`${channel} ${state.id}`)) continue;
    if (!card) {
      // Nothing on it has changed since somebody deleted it, so nobody has looked for it.
      const shown = world.oracle.bodyHash(post_id);
      const deleted = world.slack.posts(post_id).some((each) => each.hash === shown);
      if (!deleted)
        world.fail('each shown export has its card', `${post_id} (${state.status}) stands nowhere`);
    } else if (card.version !== state.version || card.status !== state.status)
      world.fail(
        'a card shows how things are',
        `${post_id} shows ${card.status} at ${card.version}; it is ${state.status} at ${state.version}`,
      );
  }
}

function isShown(state: Export): boolean {
  if (state.status === 'superseded' && state.channels.length === 0) return false;
  return state.noticed || state.revision === null || state.revision.policy.gate.mode !== 'policy';
}

/** Delivered means that every one of its pushes took effect. */
function delivered(world: World, state: Export): void {
  if (state.status !== 'delivered') return;
  for (const push of state.pushes) {
    if (!REAL_SINKS.includes(push.sink) || push.status !== 'delivered') continue;
    if ((world.farSides.get(push.sink)?.times(push.key) ?? 0) === 0)
      world.fail('what is told as delivered is there', `${push.key} at ${push.sink}`);
  }
}
