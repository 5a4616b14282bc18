import { expect, it, onTestFinished } from 'vitest';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { openHouse } from '../support/house.ts';
import { SteppedClock } from '../support/stepped-clock.ts';
import { CHANGES, over } from './slack/changes.ts';
import { standing } from './slack/errands.ts';

const TRIED = CHANGES.filter(({ slow }) => SCALE !== 'short' || !slow);
const ROUNDS = scaled({ short: 1, quick: 2, full: 6 });

it('is posted again, moved or passed on within a tick, whatever people change in Slack', {
  timeout: 60_000 + ROUNDS * 60_000,
}, async () => {
  const counts = { tries: 0, lost: 0, doubled: 0, wrong: 0 };
  const wrong: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const clock = new SteppedClock();
    const house = await openHouse({ mode: 'http', clock });
    const close = async () => {
      await house.close();
      clock.stop();
    };
    let open = true;
    onTestFinished(async () => {
      if (open) await close();
    });
    await clock.pass(8_000, 500);
    for (const [n, change] of TRIED.entries()) {
      const found = await change.run(house, `change-${round}-${n}`);
      counts.tries += 1;
      await over(house);
      if (found !== null) {
        counts.wrong += 1;
        wrong.push(`${change.what}: ${found}`);
      }
    }
    const notes = standing(house, 'note:');
    counts.doubled += notes.length - new Set(notes).size;
    await close();
    open = false;
  }
  reportProof('slack_changes', counts);
  expect(wrong).toEqual([]);
  expect(counts).toMatchObject({ lost: 0, doubled: 0, wrong: 0 });
});
