import { it } from 'vitest';
import { DEFAULT_PACE } from '../../src/flow/dispatch.ts';
import { reportProof } from '../proof/report.ts';
import { scaled } from '../proof/scale.ts';
import { openHouse } from '../support/house.ts';
import { SteppedClock } from '../support/stepped-clock.ts';
import { outage } from './slack/outage.ts';
import { chance } from './town/chance.ts';

const OUTAGES = scaled({ short: 1, quick: 2, full: 10 });

it.concurrent.for(['http', 'socket'] as const)(
  'shows everything once and as it is now, after Slack was down for six hours (%s)',
  { timeout: 60_000 + OUTAGES * 60_000 },
  async (mode, { expect }) => {
    const luck = chance(mode === 'http' ? 31 : 32);
    const clock = new SteppedClock();
    const house = await openHouse({ mode, clock, pace: DEFAULT_PACE });
    try {
      await clock.pass(8_000, 500);
      const counts = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
      const notes: string[] = [];
      for (let n = 0; n < OUTAGES; n += 1) {
        const found = await outage(house, `out-${mode}-${n}`, luck);
        counts.tries += 1;
        counts.lost += found.lost;
        counts.doubled += found.doubled;
        counts.wrong += found.wrong;
        notes.push(...found.notes);
      }
      reportProof('slack_down', counts);
      expect(notes, `seed ${luck.seed}`).toEqual([]);
      expect(counts).toMatchObject({ lost: 0, doubled: 0, wrong: 0 });
    } finally {
      await house.close();
      clock.stop();
    }
  },
);
