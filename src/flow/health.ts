import { MINUTE_MS } from '../exports/words.ts';
import type { Flow } from './settings.ts';
import type { Sweeper } from './sweep.ts';

export type Check = { name: string; ok: boolean; detail: string };

/** What the health page asks the far sides. */
export type Vitals = {
  slack: { connected: boolean; last_inbound_at: number | null };
  breakers: Readonly<Record<string, { state: 'closed' | 'open' | 'half_open' }>>;
};

const OUTBOX_LATE_MS = 5 * MINUTE_MS;

/** Each thing that can be wrong, with what it means, for whoever looks at three in the morning. */
export async function health(
  flow: Flow,
  sweeper: Sweeper,
  vitals: Vitals,
): Promise<{ ready: boolean; checks: readonly Check[] }> {
  const checks: Check[] = [await ledgerCheck(flow)];
  const { connected } = vitals.slack;
  checks.push({
    name: 'slack',
    ok: connected,
    detail: connected ? 'Connected.' : 'Not connected: cards wait in the outbox, and nothing is lost.',
  });
  const open = Object.entries(vitals.breakers).filter(([, breaker]) => breaker.state !== 'closed');
  const resting = open.map(([name]) => name).join(', ');
  checks.push({
    name: 'sinks',
    ok: true,
    detail:
      open.length === 0
        ? 'All answer.'
        : `In trouble and left to rest: ${resting}. Their pushes are tried again.`,
  });
  const held = sweeper.expiryHeld();
  checks.push({
    name: 'clock',
    ok: true,
    detail: held ? 'The wall clock was set; nothing expires for ten minutes.' : 'Steady.',
  });
  return { ready: checks.every((check) => check.ok), checks };
}

async function ledgerCheck(flow: Flow): Promise<Check> {
  try {
    const pulse = await flow.ledger.pulse(flow.clock.now());
    if (pulse.oldest_due_ms > OUTBOX_LATE_MS) {
      const minutes = Math.round(pulse.oldest_due_ms / MINUTE_MS);
      return { name: 'ledger', ok: false, detail: `The oldest outbox row is ${minutes} minutes late.` };
    }
    return {
      name: 'ledger',
      ok: true,
      detail: `${pulse.open} exports open, ${pulse.outbox} outbox rows waiting.`,
    };
  } catch {
    return {
      name: 'ledger',
      ok: false,
      detail: 'The ledger cannot be read. Check the disk and the database file.',
    };
  }
}
