import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlain } from '../../../sandbox/page/mrkdwn.ts';
import { escaped, jsonText, mrkdwn, raw } from '../../../src/bot/text.ts';
import { activeIn, HOSTILE } from './hostile.ts';

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...Array.from('*_~`:<>&@!#|\n ab1^')), maxLength: 40 }),
  fc.constantFrom(...HOSTILE),
);
const RUNS = 10_000;

describe('text from outside', () => {
  it('never acts in mrkdwn, alone or next to our own words', () => {
    fc.assert(
      fc.property(anything, anything, (a, b) => {
        const line = `Item ${mrkdwn(a, 80)}: ${mrkdwn(b, 80)}`;
        expect(activeIn(line, true)).toEqual([]);
        expect(activeIn(mrkdwn(a, 80), false)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('is never longer than asked, and holds no half character or entity', () => {
    fc.assert(
      fc.property(anything, fc.integer({ min: 1, max: 90 }), (text, max) => {
        for (const out of [raw(text, max), escaped(text, max), mrkdwn(text, max), raw(text, max, 'many')]) {
          expect(out.length).toBeLessThanOrEqual(max);
          expect(out.isWellFormed()).toBe(true);
        }
        expect(escaped(text, max).replace(/&(?:amp|lt|gt);/g, '')).not.toMatch(/[&<>]/);
      }),
      { numRuns: RUNS },
    );
  });

  it('is read back by Slack exactly as it was written', () => {
    const text = 'Fish & chips <b> &amp; :tada: *x*';
    expect(parsePlain(escaped(text, 100), false)).toEqual([{ kind: 'text', text }]);
    expect(raw(text, 100)).toBe(text);
  });

  it.each([
    ['\u202Eabc', '⟦U+202E⟧abc'],
    ['a\u200Bb', 'a⟦U+200B⟧b'],
    ['a\nb\tc', 'a b c'],
    ['\u0000', '⟦U+0000⟧'],
    ['\u{E0001}', '⟦U+E0001⟧'],
    ['a\u200Db', 'a⟦U+200D⟧b'],
  ])('shows what hides: %j', (text, shown) => {
    expect(raw(text, 100)).toBe(shown);
  });

  it.each(['👩‍👩‍👧‍👦', '❤️', '1️⃣', '👍🏽', 'é', 'ﷺ', 'नमस्ते', '中文', 'مرحبا'])('leaves %s alone', (text) => {
    expect(raw(text, 100)).toBe(text);
  });

  it('cuts between whole letters and says so', () => {
    expect(raw('👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 12)).toBe('👩‍👩‍👧‍👦…');
    expect(escaped('a&b', 5)).toBe('a…');
    expect(raw('abc', 3)).toBe('abc');
    expect(raw('abcd', 3)).toBe('ab…');
  });

  it('writes JSON of the same value with nothing hidden in it', () => {
    const value = { a: '\u202Ex\u200B\u{E0001}\n', b: ['é', 1] };
    const text = jsonText(value, 2);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[\u202E\u200B]/);
  });
});
