import type { Json } from '../../exports/envelope.ts';
import { count, figure, spoken } from '../../exports/phrases.ts';
import { REVIEW } from '../limits.ts';
import { jsonText, raw } from '../text.ts';
import type { Word, Words } from '../words.ts';

/** "new_price" as people read it: "New price". */
export function fieldLabel(key: string): string {
  const words = raw(spoken(key), 80);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function value(json: string | number | boolean | null): Word {
  if (json === null) return '–';
  if (typeof json === 'boolean') return json ? 'yes' : 'no';
  return { said: String(json), max: REVIEW.value };
}

function isScalar(json: Json): json is string | number | boolean | null {
  return typeof json !== 'object' || json === null;
}

/** `[name, value]` for each scalar within, named by its path: "after price". */
function leaves(json: Json, path: readonly string[]): readonly [string, string | number | boolean | null][] {
  if (isScalar(json)) return [[path.join(' '), json]];
  if (Array.isArray(json)) {
    return json.flatMap((each, index) => leaves(each, isScalar(each) ? path : [...path, `${index + 1}`]));
  }
  return Object.entries(json).flatMap(([key, each]) => leaves(each, [...path, spoken(key)]));
}

const LEAF = 120;

/** The scalars of an object on one line: "sku SHIRT-1 · after price 19.90". */
function inline(json: Json): Words {
  const all = leaves(json, []);
  const words: Word[] = [];
  let left: number = REVIEW.valueLine;
  let shown = 0;
  for (const [name, scalar] of all) {
    left -= Math.min(LEAF, name.length) + Math.min(LEAF, String(scalar).length) + 4;
    if (left < 0 && shown > 0) break;
    const item =
      typeof scalar === 'object' || typeof scalar === 'boolean'
        ? value(scalar)
        : { said: String(scalar), max: LEAF };
    words.push(
      ...(shown === 0 ? [] : [' · ']),
      ...(name === '' ? [] : [{ said: name, max: LEAF }, ' ']),
      item,
    );
    shown += 1;
  }
  return shown < all.length ? [...words, ` and ${all.length - shown} more`] : words;
}

function linesOf(key: string, json: Json): readonly Words[] {
  const label: Word = { strong: `${fieldLabel(key)}: ` };
  if (isScalar(json)) return [[label, value(json)]];
  if (!Array.isArray(json) || json.every(isScalar)) return [[label, ...inline(json)]];
  const more = json.length - REVIEW.listed;
  return [
    [label, count(json.length, 'entry', 'entries')],
    ...json.slice(0, REVIEW.listed).map((each): Words => ['   • ', ...inline(each)]),
    ...(more > 0 ? [[`   and ${figure(more)} more`]] : []),
  ];
}

/**
 * Every value of a payload as labelled lines, in the sender's order: scalars plainly, objects on one
 * line, lists one item a line. Cut to what a modal holds, saying how much is left out.
 */
export function fieldLines(payload: { [key: string]: Json }): readonly Words[] {
  const all = Object.entries(payload).flatMap(([key, json]) => linesOf(key, json));
  const most = Math.floor(REVIEW.valueChars / REVIEW.valueLine);
  if (all.length <= most) return all;
  return [...all.slice(0, most), [`and ${count(all.length - most, 'more line')}`]];
}

/** Indented JSON in blocks; cut at a line end where it is too long. */
export function jsonPieces(json: Json): readonly string[] {
  const most = REVIEW.jsonBlock * REVIEW.jsonBlocks;
  const shown = raw(jsonText(json, 1), most, 'many');
  const pieces: string[] = [];
  for (let at = 0; at < shown.length; ) {
    const cut = Math.min(at + REVIEW.jsonBlock, shown.length);
    // Never between the halves of one character.
    const end = cut < shown.length && /[\uD800-\uDBFF]/.test(shown[cut - 1] ?? '') ? cut - 1 : cut;
    const line = end < shown.length ? shown.lastIndexOf('\n', end) : end;
    const stop = line > at ? line : end;
    pieces.push(shown.slice(at, stop));
    at = stop;
  }
  return pieces.filter((piece) => piece.trim() !== '');
}
