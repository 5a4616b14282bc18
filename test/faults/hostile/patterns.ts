import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url));

export type Pattern = { file: string; literal: string; regex: RegExp };

/** A regular expression where an expression may begin; strings and comments are taken out before. */
const LITERAL =
  /(?<=(?:^|[=(,:;!&|?{}[\n>]|\breturn|\bcase)\s*)\/(?![*/])((?:\[(?:\\.|[^\]\\\n])*\]|\\.|[^/\\\n[])+)\/([dgimsuvy]*)/gm;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g;

/** Every pattern that is written anywhere in the product, so that a new one is tried without being told of. */
export function patterns(): Pattern[] {
  return globSync('**/*.ts', { cwd: SRC }).flatMap((file) => {
    const text = readFileSync(SRC + file, 'utf8').replace(COMMENT, '');
    return [...text.matchAll(LITERAL)].flatMap(([, body = '', flags = '']): Pattern[] => {
      try {
        return [{ file, literal: `/${body}/${flags}`, regex: new RegExp(body, flags) }];
      } catch {
        return [];
      }
    });
  });
}

/** Files that build patterns while they run: what they build has to be tried by what they export. */
export function builders(): string[] {
  const found = globSync('**/*.ts', { cwd: SRC }).filter((file) =>
    /\bRegExp\(/.test(readFileSync(SRC + file, 'utf8').replace(COMMENT, '')),
  );
  return found.toSorted();
}

/** Every picture and sign that stands at the beginning of a text of ours in Slack. */
export function ownMarks(): string[] {
  const found = globSync('bot/**/*.ts', { cwd: SRC })
    .filter((file) => file !== 'bot/text.ts')
    .flatMap(
      (file) =>
        readFileSync(SRC + file, 'utf8').match(
          /(?<=['`“])[\u2190-\u2BFF\u{1F000}-\u{1FAFF}](?=\uFE0F? )/gu,
        ) ?? [],
    );
  return [...new Set(found)];
}

const COMMON = [
  'a',
  'A',
  '0',
  '9',
  ' ',
  '\t',
  '\n',
  '\r',
  '-',
  '.',
  '_',
  ':',
  '/',
  '<',
  '>',
  '&',
  '@',
  '"',
  "'",
  ',',
  '(',
  ')',
  '[',
  ']',
  '{',
  '\\',
  '=',
  '$',
  '%',
  '+',
  '~',
  '`',
  '*',
  '#',
  '|',
  '^',
  '!',
  '?',
  ';',
  'é',
  '\u0301',
  '\u2028',
  '👩',
  '\uD83D',
  '\u200D',
  '✅',
];

/** Pieces of which a text could be made that fits almost: the pattern's own letters, its words, and what is common. */
function pumps({ source }: RegExp): string[] {
  const plain = source.replace(/\\[dwsbDWSB]|\\p\{[^}]*\}|\(\?[:=!<]+/g, ' ');
  const words = plain.match(/[A-Za-z0-9:/.@<>&#-]{2,}/g) ?? [];
  const letters = [...new Set(plain)].filter((char) => !COMMON.includes(char));
  const pairs = [...new Set(plain)].filter((char) => /[^A-Za-z0-9\s\\]/.test(char)).map((char) => `a${char}`);
  return [...COMMON, ...letters, ...words.slice(0, 12), ...pairs, 'a ', 'a.', '1 ', '<a', ' \t'];
}

const SIZES = [24, 1_000, 8_000, 32_000] as const;
const TAILS = ['', '\u0000', 'x!', '\n '] as const;

/** The longest that a pattern took over any text made against it, ms; it ends early above `most`. */
export function slowest(regex: RegExp, most: number): { ms: number; text: string } {
  let worst = { ms: 0, text: '' };
  const words = regex.source.match(/^\^?([\w<:/-]+)/)?.[1] ?? '';
  for (const pump of pumps(regex)) {
    for (const tail of TAILS) {
      for (const head of words === '' ? [''] : ['', words]) {
        for (const size of SIZES) {
          const text = head + pump.repeat(Math.ceil(size / pump.length)) + tail;
          const ms = taken(regex, text);
          if (ms > worst.ms)
            worst = {
              ms,
              text: `${JSON.stringify(head)} + ${JSON.stringify(pump)} x ${size} + ${JSON.stringify(tail)}`,
            };
          if (ms > most) return worst;
        }
      }
    }
  }
  return worst;
}

function taken(regex: RegExp, text: string): number {
  const once = () => {
    regex.lastIndex = 0;
    const begun = performance.now();
    if (regex.global) text.replace(regex, '');
    else regex.test(text);
    return performance.now() - begun;
  };
  const first = once();
  // The machine may have been busy; what is slow is slow again.
  return first < 20 || first > 600 ? first : Math.min(first, once(), once());
}
