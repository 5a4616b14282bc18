import { describe, expect, it, onTestFinished } from 'vitest';
import { escaped, mrkdwn, raw } from '../../src/bot/text.ts';
import { reportProof } from '../proof/report.ts';
import { SCALE, scaled } from '../proof/scale.ts';
import { openHouse } from '../support/house.ts';
import { directory } from '../unit/bot/scenes.ts';
import { corpus } from './hostile/corpus.ts';
import { builders, ownMarks, patterns, slowest } from './hostile/patterns.ts';
import { wrongInCsv, wrongInLog, wrongInReads } from './hostile/plain-outputs.ts';
import { activeMrkdwn, wrongInMessage, wrongInView } from './hostile/slack-oracle.ts';
import {
  campaignSurfaces,
  exportSurfaces,
  type Next,
  otherSurfaces,
  SCENES,
  type Shows,
} from './hostile/slack-surfaces.ts';
import { chance } from './town/chance.ts';

const TIMEOUT_MS = scaled({ short: 60_000, quick: 180_000, full: 900_000 });
const accounts = new Set([...directory.people.values()].flatMap((person) => person.slack?.user ?? []));

const random = chance();
const texts = corpus(random, scaled({ short: 400, quick: 2_000, full: 10_000 }));

/** One after another, again from the beginning when they are used up. */
function inTurn(): { next: Next; turned: () => number } {
  let at = 0;
  return { next: () => texts[at++ % texts.length] ?? '', turned: () => at / texts.length };
}

function wrongIn({ where, message, view, mrkdwn }: Shows): string[] {
  const wrong = [
    ...(message ? wrongInMessage(message, accounts) : []),
    ...(view ? wrongInView(view, accounts) : []),
    ...(mrkdwn === undefined ? [] : activeMrkdwn(mrkdwn, false)),
  ];
  return wrong.map((each) => `${where}: ${each}`);
}

/** Each kind of what is wrong once: a hundred thousand lines say no more. */
function kinds(wrong: readonly string[]): string[] {
  return [...new Map(wrong.map((each) => [each.replace(/".*|\/\d+/gs, ''), each])).values()].slice(0, 40);
}

describe('hostile text in Slack', { timeout: TIMEOUT_MS }, () => {
  it('is only text on every card, note, list and form', () => {
    const { next, turned } = inTurn();
    const wrong: string[] = [];
    const rounds = scaled({ short: 1, quick: 2, full: 5 });
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, scene] of SCENES.filter((_, n) => SCALE !== 'short' || n % 3 === random.seed % 3)) {
        for (const shows of exportSurfaces(scene(), next))
          wrong.push(...wrongIn(shows).map((each) => `${name}, ${each}`));
      }
    }
    while (turned() < 1)
      for (const shows of exportSurfaces(SCENES[0]?.[1]() as never, next)) wrong.push(...wrongIn(shows));
    const others = inTurn();
    while (others.turned() < 1) {
      for (const shows of [...campaignSurfaces(others.next), ...otherSurfaces(others.next)])
        wrong.push(...wrongIn(shows));
    }
    reportProof('hostile_text', { tries: texts.length, lost: 0, doubled: 0, wrong: wrong.length });
    expect(kinds(wrong), `seed ${random.seed}`).toEqual([]);
  });
});

it('can use no mark that Meshline begins its own lines with', () => {
  const own = new Set(ownMarks().filter((mark) => mark !== '→'));
  expect(own.size).toBeGreaterThan(20);
  for (const mark of own) expect(raw(`${mark} Accepted`, 100), mark).toBe(`⟦${mark}⟧ Accepted`);
});

describe('hostile text elsewhere', { timeout: TIMEOUT_MS }, () => {
  it('stays one line of a log, and acts on no terminal', () => {
    const wrong = texts.flatMap(wrongInLog);
    reportProof('hostile_text', { tries: 0, lost: 0, doubled: 0, wrong: wrong.length });
    expect(kinds(wrong), `seed ${random.seed}`).toEqual([]);
  });

  it('calculates nothing in a spreadsheet, and comes back as it was', async () => {
    const wrong = await wrongInCsv(texts.slice(0, scaled({ short: 150, quick: 600, full: 3_000 })));
    reportProof('hostile_text', { tries: 0, lost: 0, doubled: 0, wrong: wrong.length });
    expect(kinds(wrong), `seed ${random.seed}`).toEqual([]);
  });

  it('is data in every answer, and one line in a terminal', async () => {
    const house = await openHouse({
      configure(file) {
        file.sources['bi'] = { token_env: 'READ_TOKEN', scopes: ['exports:read'] };
      },
    });
    onTestFinished(() => house.close());
    const wrong = await wrongInReads(house, texts.slice(0, scaled({ short: 60, quick: 300, full: 1_000 })));
    reportProof('hostile_text', { tries: 0, lost: 0, doubled: 0, wrong: wrong.length });
    expect(kinds(wrong), `seed ${random.seed}`).toEqual([]);
  });
});

describe('hostile text against every pattern', { timeout: TIMEOUT_MS }, () => {
  /** 32 kB takes a sound pattern a millisecond or two, and one that goes over it again and again a second. */
  const MOST_MS = 120;

  it('takes no pattern of the product longer than its length', () => {
    const all = [...new Map(patterns().map((each) => [each.literal, each])).values()];
    expect(all.length).toBeGreaterThan(150);
    const some = all.filter((_, n) => SCALE !== 'short' || n % 8 === random.seed % 8);
    const slow = some.flatMap(({ file, literal, regex }) => {
      const { ms, text } = slowest(regex, MOST_MS);
      return ms > MOST_MS ? [`${file}: ${literal} took ${Math.round(ms)} ms over ${text}`] : [];
    });
    reportProof('hostile_text', { tries: 0, lost: 0, doubled: 0, wrong: slow.length });
    expect(slow).toEqual([]);
  });

  it('finds a pattern that goes over its text again and again', () => {
    for (const bad of [/\s+$/, /<[^>]*>/g]) expect(slowest(bad, MOST_MS).ms).toBeGreaterThan(MOST_MS);
  });

  it('takes what makes text harmless no longer, whose patterns are put together', () => {
    // environment.ts reads words of its own; text.ts builds its patterns from others.
    expect(builders()).toEqual(['bot/text.ts', 'config/environment.ts']);
    for (const pump of [
      '\u200D',
      '👩\u200D',
      '👩\uFE0F',
      '1\uFE0F',
      '\u0301',
      '\uD83D',
      '&',
      '🏽\u200D',
      'a:b',
      'a.b',
      '<!',
      '@here',
    ]) {
      const text = pump.repeat(Math.ceil(200_000 / pump.length));
      for (const make of [raw, escaped, mrkdwn]) {
        const begun = performance.now();
        make(text, 3000);
        expect(performance.now() - begun, JSON.stringify(pump)).toBeLessThan(1_000);
      }
    }
  });
});
