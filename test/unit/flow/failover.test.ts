import { describe, expect, it } from 'vitest';
import { cautious, mayWait } from '../../../src/flow/failover.ts';
import type { SinkOutcome } from '../../../src/sinks/port.ts';
import type { OutboxRow } from '../../../src/store/port.ts';
import { label, NO_SERVICE, pushed, quoted } from '../../support/labels.ts';

const row = (unsettled: boolean): OutboxRow => ({
  key: 'k',
  export_id: 'e',
  effect: { kind: 'push', key: 'k', sink: 'fedex', subject: 's', due_at: 0 },
  lane: 'sink:fedex',
  priority: 1,
  due_at: 0,
  attempts: 2,
  unsettled,
  unsettled_since: null,
  token: 1,
});
const NO_CONNECTION: SinkOutcome = { kind: 'retry', after_ms: null, cause: 'No connection.' };

function only<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('It is there.');
  return value;
}

describe('a try after a process that ended in mid-call', () => {
  it('leaves what that call did unknown, where another carrier would be asked next', () => {
    const revision = only(label().revision);
    expect(cautious(revision, row(true), NO_CONNECTION)).toMatchObject({ kind: 'unknown' });
    expect(cautious(revision, row(false), NO_CONNECTION)).toBe(NO_CONNECTION);
    expect(cautious(only(label({ approve: null }).revision), row(true), NO_CONNECTION)).toBe(NO_CONNECTION);
  });
});

describe('a carrier at rest', () => {
  it('is waited for only where nobody can stand in, or where a label may exist', () => {
    const first = label();
    expect(mayWait(first, only(first.pushes[0]), row(false))).toBe(false);
    expect(mayWait(first, only(first.pushes[0]), row(true))).toBe(true);
    const lost = pushed(first, { kind: 'unknown', cause: 'Timed out.' });
    expect(mayWait(lost, only(lost.pushes[0]), row(false))).toBe(true);
    const all = label({ approve: null });
    expect(mayWait(all, only(all.pushes[0]), row(false))).toBe(true);
    const last = [1, 2].reduce((state) => quoted(pushed(state, NO_SERVICE), null), first);
    expect(mayWait(last, only(last.pushes.at(-1)), row(false))).toBe(true);
  });
});
