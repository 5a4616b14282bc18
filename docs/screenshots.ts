import { mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Locator } from 'playwright-core';
import { fromIso } from '../src/clock.ts';
import { chromiumPath, launch, Seat, type Somebody, type Somewhere } from '../test/e2e/seat.ts';
import { type House, type HouseOptions, openHouse } from '../test/support/house.ts';
import { CAMPAIGN } from './screenshots/campaign.ts';
import { CARDS } from './screenshots/cards.ts';
import { DAY } from './screenshots/day.ts';
import { FAILOVER } from './screenshots/failover.ts';
import { MAPPING } from './screenshots/mapping.ts';
import { OWNERS } from './screenshots/owners.ts';
import { PLACES } from './screenshots/places.ts';
import { PROMO_SHOTS } from './screenshots/promo.ts';
import { REVIEW_SHOTS } from './screenshots/review.ts';
import { ROLLOUT } from './screenshots/rollout.ts';
import { SAFETY } from './screenshots/safety.ts';
import { STAGED } from './screenshots/staged.ts';

/**
 * `npm run docs:screenshots`: draws the pictures that the documentation shows, by living through every
 * state in the sandbox page. `-- --only card-` takes some, `--out DIR` puts them elsewhere, `--phone`
 * takes them as a phone shows them.
 */
const { values: asked } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    out: { type: 'string' },
    phone: { type: 'boolean', default: false },
  },
});
const out = asked.out ?? new URL('images', import.meta.url).pathname;

/** A Tuesday: 10:00 in New York, 16:00 in Stockholm. The same in every run. */
const OPENS_AT = fromIso('2026-11-24T15:00:00Z');
/** High enough for the whole of a card. */
const CARD = { width: 1000, height: 1100 };
const DESK = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

export type Shot = {
  /** Saved as `NAME.png`; what `--only` picks by its beginning. */
  name: string;
  house?: HouseOptions;
  /** Brings the state about and answers what to photograph; a page means its whole window. */
  stage: (stage: Stage) => Promise<Locator | Seat>;
  /** Wider or higher than a desk, in CSS pixels. */
  size?: { width: number; height: number };
};

export type Stage = {
  house: House;
  sit(person: Somebody, place: Somewhere): Promise<Seat>;
};

/** Until everybody is known to Slack, cards name people without mentioning them. */
async function everybodyLinked({ meshline }: House): Promise<void> {
  const unlinked = () => [...meshline.owners.directory().people.values()].some(({ slack }) => slack === null);
  while (unlinked()) await pause(20);
}

const path = chromiumPath();
if (path === null) {
  process.stderr.write('No Chromium was found. Install it, or name one in MESHLINE_CHROMIUM.\n');
  process.exit(1);
}
mkdirSync(out, { recursive: true });
const browser = await launch(path);
let failed = 0;
for (const shot of [
  ...CARDS,
  ...PLACES,
  ...REVIEW_SHOTS,
  ...OWNERS,
  ...DAY,
  ...FAILOVER,
  ...MAPPING,
  ...CAMPAIGN,
  ...STAGED,
  ...SAFETY,
  ...PROMO_SHOTS,
  ...ROLLOUT,
].filter((each) => each.name.startsWith(asked.only))) {
  const house = await openHouse({ at: OPENS_AT, ...shot.house });
  const usual = shot.name.startsWith('card-') ? CARD : DESK;
  const viewport = asked.phone ? PHONE : (shot.size ?? usual);
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor: asked.phone ? 2 : 1,
    hasTouch: asked.phone,
    reducedMotion: 'reduce',
  });
  try {
    await everybodyLinked(house);
    const found = await shot.stage({
      house,
      async sit(person, place) {
        const page = await context.newPage();
        page.setDefaultTimeout(8_000);
        return new Seat(page, house.sandbox.url).go(person, place);
      },
    });
    const target = found instanceof Seat ? found.page : found;
    await target.screenshot({ path: `${out}/${shot.name}.png`, animations: 'disabled' });
    process.stdout.write(`${shot.name}.png\n`);
  } catch (error) {
    failed += 1;
    process.stderr.write(`${shot.name}: ${error instanceof Error ? error.message : String(error)}\n`);
  } finally {
    await context.close();
    await house.close();
  }
}
await browser.close();
// Not waiting for the sockets of closed houses to time out.
process.exit(failed === 0 ? 0 : 1);
