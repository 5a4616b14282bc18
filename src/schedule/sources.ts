import type { Cancel } from '../clock.ts';
import type { Flow } from '../flow/settings.ts';
import { every } from '../flow/sweep.ts';

const TICK_MS = 1_000;

/** Once a second: events of sources that wait are worked on, and sources are asked for what was missed. */
export function startSourceTicks(flow: Flow, sources: { tick(): Promise<void> }): Cancel {
  return every(flow, TICK_MS, () => {
    sources.tick().catch((err: unknown) => flow.log.error({ err }, 'The tick of the sources failed'));
  });
}
