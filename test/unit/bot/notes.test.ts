import { describe, expect, it } from 'vitest';
import { dmFor, noteFor, pageFor } from '../../../src/bot/notes.ts';
import type { Event } from '../../../src/exports/events.ts';
import { MINUTE_MS } from '../../../src/exports/words.ts';
import { T0 } from '../../support/manual-clock.ts';
import {
  acceptedBy,
  catalog,
  directory,
  personNamed,
  requested,
  type Scene,
  sceneOf,
  shownOf,
} from './scenes.ts';
import { refusedMessage } from './slack-limits.ts';

const priya = personNamed('Priya');
const daniel = personNamed('Daniel');
const pending = sceneOf('promo_activation', 'pending', requested);

function note(event: Event, scene: Scene = pending, at = T0 + 15 * MINUTE_MS) {
  return noteFor({ export_id: scene.state.id, n: 2, at, event }, shownOf(scene));
}

function mentioned(blocks: readonly object[]): string[] {
  return [...JSON.stringify(blocks).matchAll(/"user_id":"(\w+)"/g)].map((match) => match[1] ?? '');
}

describe('the line in the thread', () => {
  it('says who accepted, which step it was and for whom it waits', () => {
    const scene = acceptedBy(pending, 1);
    const last = scene.recorded.at(-1);
    if (!last) throw new Error('Nothing happened.');
    const line = noteFor(last, shownOf(scene));
    expect(line?.text).toBe(
      'Priya Raman accepted (1 of 2, marketing ops). Waits for Hannah Lindqvist or Omar Haddad.',
    );
    expect(mentioned(line?.blocks ?? [])).toEqual([]);
  });

  it.each<[Event, string, string[], boolean]>([
    [
      { type: 'reminded', to: [priya.id] },
      'Reminder: this has waited 15 min for Priya Raman.',
      ['U01PRIYA'],
      false,
    ],
    [
      { type: 'escalated', to: [daniel.id] },
      'No decision in 15 min: escalated to Daniel Ortiz (backup).',
      ['U02DANIEL'],
      true,
    ],
    [
      { type: 'escalated', to: [] },
      'No decision in 15 min, and there is no active backup to escalate to.',
      [],
      true,
    ],
    [
      { type: 'paged', to: [personNamed('Eli').id], user_group: 'S01ONCALL', channel: '#on-call' },
      'Still no decision after 15 min. Paged: Eli Brooks.',
      ['U12ELI'],
      true,
    ],
    [
      { type: 'rejected', by: priya.id, reason: 'Too deep.' },
      'Priya Raman rejected it: “Too deep.”',
      [],
      false,
    ],
    [{ type: 'withdrawn', by: priya.id, reason: null }, 'Priya Raman withdrew it.', [], false],
    [{ type: 'expired' }, 'Nobody decided in time. It expired, and nothing was sent.', [], false],
    [{ type: 'delivered' }, 'Delivered to every system.', [], false],
  ])('tells %j', (event, text, users, broadcast) => {
    const line = note(event);
    expect(line?.text).toBe(text);
    expect(mentioned(line?.blocks ?? [])).toEqual(users);
    expect(line?.broadcast).toBe(broadcast);
  });

  it('mentions everybody who must look again when the values changed', () => {
    const { revision } = pending.state;
    if (!revision) throw new Error('No values.');
    const line = note({
      type: 'revised',
      reference: 'v4',
      raw: pending.state.raw,
      revision: { ...revision, number: 2 },
      refresh: {},
      occurred_at: T0,
      problems: [],
      route: pending.state.route,
    });
    expect(line?.text).toContain('revision 2 and earlier acceptances no longer count');
    expect(mentioned(line?.blocks ?? [])).toEqual(['U01PRIYA', 'U07HANNAH', 'U08OMAR']);
  });

  it('is silent about what the card itself shows', () => {
    expect(note({ type: 'accepted', undo_until: null })).toBeNull();
    expect(note({ type: 'push_delivered', key: 'k', reference: null })).toBeNull();
  });

  it('says whose turn it is when a delivery stopped', () => {
    const scene = sceneOf('promo_activation', 'paused');
    const event = scene.recorded.find((each) => each.event.type === 'paused');
    if (!event) throw new Error('It did not pause.');
    const line = noteFor(event, shownOf(scene));
    expect(line?.text).toMatch(
      /^Paused\. OMS: Only 3 of 40 units .* What to do: Restock, .* Grace Kim, this one is yours\.$/,
    );
    expect(mentioned(line?.blocks ?? [])).toEqual(['U09GRACE']);
  });
});

it('tells every event of every export within the limits', () => {
  for (const status of ['delivered', 'failed', 'paused', 'rejected', 'withdrawn', 'rolled_back'] as const) {
    const scene = sceneOf('price_update', status);
    for (const recorded of scene.recorded) {
      const shown = shownOf(scene);
      for (const message of [
        noteFor(recorded, shown),
        dmFor(recorded, shown, catalog),
        pageFor(recorded, shown, catalog),
      ]) {
        if (!message) continue;
        expect(refusedMessage({ text: message.text, blocks: message.blocks })).toEqual([]);
        expect(message.text).not.toMatch(/undefined|NaN|\[object/);
      }
    }
  }
});

it('names an export first when it writes to one person', () => {
  const event: Event = { type: 'rejected', by: priya.id, reason: 'Too deep.' };
  const dm = dmFor({ export_id: pending.state.id, n: 2, at: T0, event }, shownOf(pending), catalog);
  expect(dm?.text).toMatch(/^Activate Summer 24: .* Priya Raman rejected it: “Too deep\.”$/);
  expect(directory.people.size).toBeGreaterThan(10);
});
