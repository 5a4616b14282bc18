/**
 * The one place where text from outside (payloads, reasons, names, answers of other systems) is made
 * fit to be shown. Nothing hidden survives, nothing acts, nothing is longer than asked.
 */

const ELLIPSIS = '…';

/** Controls, direction marks, zero-width and blank letters, private and half characters; see `visible`. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A joiner between two pictures, or a picture's own style: these make one emoji and stay. */
const EMOJI_GLUE =
  /(?<=\p{Extended_Pictographic}[\u{1F3FB}-\u{1F3FF}]?\uFE0F?)\u200D(?=\p{Extended_Pictographic})|(?<=[\p{Extended_Pictographic}\d#*])\uFE0F/u;

const HIDDEN_OR_GLUE = new RegExp(`(${EMOJI_GLUE.source})|${HIDDEN.source}`, 'gu');

const HIDDEN_BUT_LINES = new RegExp(`(?!\\n)${HIDDEN.source}`, 'gu');

/** The marks of Meshline's own lines, and their look-alikes; in brackets nobody can take them for one of ours. */
const OUR_MARKS = /[✅✓✔☑🗸🗹✗✘✖✕☒❎🟡🟠🟢🔵🔴🟣⚪⏸⛔🚫🛑❌⌛⏳⏭⏪↩🔁🔄❔🚨⚠➡📦🙋🔒🔓🗓📣🚚📝💬✏🌴🆗█]\uFE0F?/gu;

function named(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `⟦U+${code}⟧`;
}

/** A card may hold several, and is short. */
const LONGEST_ADDRESS = 400;

/** An address from outside that may stand behind a link: https, without a user name. Null for any other, and for one that is too long to stand whole. */
export function webAddress(text: string): string | null {
  if (text.length > LONGEST_ADDRESS || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null;
  return url.href.length <= LONGEST_ADDRESS ? url.href : null;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Marks stacked on one letter overlay the lines around it; no script needs more than this. */
const CLUSTER_UNITS = 24;

/** JSON in which hidden characters stand as escapes: the same value, and nothing to overlook. */
export function jsonText(value: unknown, indent: number): string {
  const escapes = (char: string): string =>
    Array.from(
      { length: char.length },
      (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join('');
  // Line ends can only be JSON's own layout: those inside values are escaped already.
  return JSON.stringify(value, null, indent).replace(HIDDEN_BUT_LINES, escapes);
}

/** Far more than any limit here: what is behind it is cut before the costly steps. */
const LONGEST = 20_000;

type Lines = 'one' | 'many';

/** Hidden characters by name; line ends kept only in `many`. */
function visible(text: string, lines: Lines): string {
  const flat =
    lines === 'one'
      ? text.replace(/[\s\u2028\u2029]+/gu, ' ')
      : text.replace(/\r\n?|[\u0085\u2028\u2029]/gu, '\n').replace(/\t/gu, '  ');
  return flat
    .replace(HIDDEN_OR_GLUE, (char, glue: string | undefined) =>
      glue !== undefined || char === '\n' ? char : named(char),
    )
    .replace(OUR_MARKS, '⟦$&⟧');
}

/** Whole graphemes only, each through `encode`, at most `max` UTF-16 units in all. */
function fitted(text: string, max: number, encode: (cluster: string) => string): string {
  const pieces: string[] = [];
  let length = 0;
  for (const { segment } of graphemes.segment(text)) {
    const whole =
      segment.length > CLUSTER_UNITS ? `${Array.from(segment).slice(0, 8).join('')}${ELLIPSIS}` : segment;
    const piece = encode(whole);
    pieces.push(piece);
    length += piece.length;
    if (length > max) break;
  }
  if (length <= max) return pieces.join('');
  while (length > max - ELLIPSIS.length && pieces.length > 0) length -= pieces.pop()?.length ?? 0;
  return pieces.join('') + (max > 0 ? ELLIPSIS : '');
}

function prepared(text: string, max: number, lines: Lines): string {
  return visible(text.slice(0, Math.min(LONGEST, Math.max(64, max * 4))), lines);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escape(text: string): string {
  return text.replace(/[&<>]/g, (char) => ENTITIES[char] ?? char);
}

/** For rich text, table cells and initial values, which have no markup: `<`, `*` and `:tada:` stay themselves. */
export function raw(text: string, max: number, lines: Lines = 'one'): string {
  return fitted(prepared(text, max, lines), max, (cluster) => cluster);
}

/** For `plain_text` (always with `emoji: false`): Slack reads entities there and nothing else. */
export function escaped(text: string, max: number, lines: Lines = 'one'): string {
  return fitted(prepared(text, max, lines), max, escape);
}

/**
 * Look-alikes that Slack reads no meaning into. A zero-width character in between would not do: it
 * counts as a word boundary, and so makes `a*b*` bold instead of plain.
 */
const HARMLESS: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };

function neutral(text: string): string {
  return text
    .replace(/[*_~`]/g, (char) => HARMLESS[char] ?? char)
    .replace(/:(?=\/\/)|(?<=\b(?:mailto|tel)):|:(?=[\w'+-]+(?::|$))/gi, '∶')
    .replace(/(?<=[\p{L}\p{N}_-])\.(?=\p{L}{2})(?!(?:ya?ml|json|csv|db)\b)|(?<=\bwww)\./giu, '․')
    .replace(/@(?=(?:here|channel|everyone)\b)/gi, '＠')
    .replace(/^>/, '›');
}

/**
 * For `mrkdwn`, on one line: no emphasis, code, quote, emoji, link, mention or channel can come of it. Slack
 * links bare domains too, wherever it is not told `verbatim`.
 */
export function mrkdwn(text: string, max: number): string {
  return fitted(neutral(prepared(text, max, 'one')), max, escape);
}
