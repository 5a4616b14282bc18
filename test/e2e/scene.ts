import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { type House, type HouseOptions, openHouse } from '../support/house.ts';
import { chromiumPath, launch, Seat, type Somebody, type Somewhere } from './seat.ts';

export type Scene = {
  /** True where there is no Chromium; says why on stdout. */
  skipped: boolean;
  readonly house: House;
  /** Opens another window; each has its own storage, like another person's computer. */
  sit(person: Somebody, place: Somewhere, options?: BrowserContextOptions): Promise<Seat>;
};

/** A house and a browser for the tests of one file or `describe`. */
export function openScene(options: HouseOptions = {}): Scene {
  const path = chromiumPath();
  let house: House | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (path === null) {
      process.stdout.write('Skipped: no Chromium was found. Install it, or name one in MESHLINE_CHROMIUM.\n');
      return;
    }
    [house, browser] = await Promise.all([openHouse(options), launch(path)]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.close();
  });
  return {
    skipped: path === null,
    get house() {
      if (!house) throw new Error('The house opens before the first test.');
      return house;
    },
    async sit(person, place, context = {}) {
      if (!browser || !house) throw new Error('The browser opens before the first test.');
      const page = await (await browser.newContext(context)).newPage();
      page.setDefaultTimeout(8_000);
      return new Seat(page, house.sandbox.url).go(person, place);
    },
  };
}
