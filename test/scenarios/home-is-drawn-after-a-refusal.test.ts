import { expect, it, onTestFinished } from 'vitest';
import { openHouse, PEOPLE } from '../support/house.ts';
import { SteppedClock } from '../support/stepped-clock.ts';

async function opened(error: string) {
  const clock = new SteppedClock();
  const house = await openHouse({ mode: 'http', clock });
  onTestFinished(async () => {
    await house.close();
    clock.stop();
  });
  await clock.pass(8_000, 500);
  const { control } = house.sandbox;
  const asked = () => control.calls({ method: 'views.publish' }).length;
  const before = asked();
  control.addFault({ match: { method: 'views.publish' }, kind: 'refused', error, times: 0 });
  await house.as('priya').openHome();
  await clock.pass(30_000, 250);
  control.clearFaults();
  return { asked: asked() - before, clock, drawn: () => control.home(PEOPLE.priya.slack) !== undefined };
}

it('stands within fifteen seconds when Slack has got over an error that nobody foresaw', async () => {
  const { asked, clock, drawn } = await opened('an_error_of_tomorrow');
  expect(asked).toBeGreaterThan(3);
  expect(drawn()).toBe(false);
  expect(await clock.until(async () => drawn(), 15_000, 250)).not.toBeNull();
});

it('is not asked for again and again when Slack will always refuse it', async () => {
  const { asked } = await opened('not_enabled');
  expect(asked).toBeLessThanOrEqual(2);
});
