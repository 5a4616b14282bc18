import type { SinkOutcome } from '../port.ts';

type Failed = Extract<SinkOutcome, { kind: 'failed' }>;

export function failed(exception_code: string, message: string, metadata: Failed['metadata'] = {}): Failed {
  return { kind: 'failed', exception_code, message, metadata };
}

/** Ends an attempt from within with its outcome; the sink catches it in one place. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly outcome: SinkOutcome;
  constructor(outcome: SinkOutcome) {
    super('The attempt has ended.');
    this.outcome = outcome;
  }
}

/** What the work gives, or what an attempt that ended from within stands for. */
export async function stoppedAs<T>(work: () => Promise<T>, stopped: (outcome: SinkOutcome) => T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Stopped) return stopped(error.outcome);
    throw error;
  }
}
