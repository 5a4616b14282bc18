import { describe, expect, it } from 'vitest';
import { Bucket, Lane, type Ticket } from '../../../src/flow/lane.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const NOW = 1_000;

function note(exportId: string, n: number, priority: number, due_at = NOW): Ticket {
  const key = `note:${exportId}:${n}`;
  return { key, lane: 'slack:C', priority, due_at, effect: { kind: 'note', key, channel: 'C', priority, n } };
}

function push(key: string, subject: string): Ticket {
  return {
    key,
    lane: 'sink:oms',
    priority: 1,
    due_at: NOW,
    effect: { kind: 'push', key, sink: 'oms', subject, due_at: NOW },
  };
}

function drain(lane: Lane, now = NOW): string[] {
  const keys: string[] = [];
  for (;;) {
    const next = lane.next(now);
    if (next === null || 'wait' in next) return keys;
    keys.push(next.key);
    lane.done(next.key);
  }
}

describe('a lane', () => {
  it('gives the most urgent first, and otherwise first come first served', () => {
    const lane = new Lane(1, null);
    for (const ticket of [note('a', 1, 2), note('b', 1, 2), note('c', 1, 0)]) lane.put(ticket);
    expect(drain(lane)).toEqual(['note:c:1', 'note:a:1', 'note:b:1']);
  });

  it('tells one thread in order, however urgent a later note is', () => {
    const lane = new Lane(1, null);
    for (const ticket of [note('b', 7, 2), note('a', 2, 2), note('a', 3, 0)]) lane.put(ticket);
    expect(drain(lane)).toEqual(['note:a:2', 'note:a:3', 'note:b:7']);
  });

  it('keeps the order of pushes of one subject, and lets others pass', () => {
    const lane = new Lane(2, null);
    for (const ticket of [push('a1', 'a'), push('a2', 'a'), push('b1', 'b')]) lane.put(ticket);
    expect(lane.next(NOW)).toMatchObject({ key: 'a1' });
    expect(lane.next(NOW)).toMatchObject({ key: 'b1' });
    expect(lane.next(NOW)).toBeNull();
    lane.done('a1');
    expect(lane.next(NOW)).toMatchObject({ key: 'a2' });
  });

  it('keeps the place of a row that is told again, so that one that is tried again passes nobody', () => {
    const lane = new Lane(1, null);
    for (const key of ['tried', 'waits', 'too']) lane.put(push(key, key));
    expect(lane.next(NOW)).toMatchObject({ key: 'tried' });
    lane.put({ ...push('tried', 'tried'), due_at: NOW + 100 });
    lane.done('tried');
    expect(lane.next(NOW + 200)).toMatchObject({ key: 'waits' });
    lane.done('waits');
    for (const key of ['too', 'tried']) lane.put(push(key, key));
    expect(drain(lane, NOW + 200)).toEqual(['too', 'tried']);
  });

  it('says how long to wait for what is not due, and for quiet that was asked for', () => {
    const lane = new Lane(1, null);
    lane.put(note('a', 1, 1, NOW + 500));
    expect(lane.next(NOW)).toEqual({ wait: 500 });
    lane.quiet(NOW + 900);
    expect(lane.next(NOW)).toEqual({ wait: 900 });
    expect(drain(lane, NOW + 900)).toEqual(['note:a:1']);
  });

  it('goes at its pace after a burst', () => {
    const clock = new ManualClock();
    const lane = new Lane(1, new Bucket(clock, { burst: 2, per_second: 1 }));
    for (const id of ['a', 'b', 'c']) lane.put(note(id, 1, 1));
    expect(drain(lane)).toEqual(['note:a:1', 'note:b:1']);
    expect(lane.next(NOW)).toEqual({ wait: 1_000 });
    clock.advance(1_000);
    expect(drain(lane)).toEqual(['note:c:1']);
  });

  it('runs what was renewed meanwhile once more afterwards', () => {
    const lane = new Lane(1, null);
    lane.put(note('a', 1, 1));
    expect(lane.next(NOW)).toMatchObject({ key: 'note:a:1' });
    lane.put(note('a', 1, 1));
    expect(lane.next(NOW)).toBeNull();
    lane.done('note:a:1');
    expect(drain(lane)).toEqual(['note:a:1']);
  });
});
