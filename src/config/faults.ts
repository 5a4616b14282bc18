import type { z } from 'zod';
import type { Json } from '../exports/envelope.ts';
import { maskKnown } from '../redact.ts';

/** One thing wrong with the configuration, before it is known where that stands in the file. */
export type Finding = { path: readonly string[]; message: string; advice: string };

/** Line and column count from 1 and point at the key or the list item that is wrong. */
export type Fault = { line: number; column: number; path: string; message: string; advice: string };

/** One line, such as `meshline.yml:41:5 roles.logistics.default_owner: "bo" is not among the people. Did you mean "bob"?` */
export function renderFault(file: string, fault: Fault): string {
  const subject = fault.path === '' ? '' : ` ${fault.path}:`;
  const advice = fault.advice === '' ? '' : ` ${fault.advice}`;
  // A secret in a wrong place is a key or a word that is not known.
  const said = maskKnown(maskTokens(`${subject} ${fault.message}${advice}`));
  return `${file}:${fault.line}:${fault.column}${said}`;
}

/** Long words of mixed letters and digits, as only tokens are: names of people and systems read otherwise. */
function maskTokens(text: string): string {
  return text.replace(/[\w+/=-]{20,}/g, (word) =>
    (/[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word)) || /[\da-f]{32}/i.test(word)
      ? '[secret]'
      : word,
  );
}

/** Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours cost one each. */
function distance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** "Did you mean ..." where one of the known words is close, else the list of them; empty when there are none. */
export function suggestion(word: string, known: Iterable<string>): string {
  const words = [...known];
  const close = words
    .map((each) => ({ each, far: distance(word.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, far }) => far <= Math.max(1, Math.floor(each.length / 3)))
    .sort((a, b) => a.far - b.far)[0];
  if (close) return `Did you mean "${close.each}"?`;
  if (words.length === 0) return '';
  const shown = words.slice(0, 12);
  const more = words.length > shown.length ? ` and ${words.length - shown.length} more` : '';
  return `Known: ${shown.join(', ')}${more}.`;
}

/** A JSON Schema as far as it is walked here. */
export type Shape = { [key: string]: Json };

function asShape(value: Json | undefined): Shape | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
}

/** The keys that may stand at a path, as the file's JSON Schema has them; `value` tells variants apart by their kind. */
function knownKeys(shape: Shape, value: unknown, path: readonly string[]): string[] {
  const variants = shape['oneOf'] ?? shape['anyOf'];
  if (Array.isArray(variants)) {
    const known = variants.map((variant) => ({ variant: asShape(variant), told: tellingWord(variant) }));
    const chosen = known.find(({ variant, told }) => {
      if (told === null) return false;
      const word = asShape(asShape(variant?.['properties'])?.[told]);
      return word?.['const'] === (property(value, told) ?? word?.['default']);
    })?.variant;
    return chosen ? knownKeys(chosen, value, path) : [];
  }
  const properties = asShape(shape['properties']);
  const [step, ...rest] = path;
  if (step === undefined) {
    const names = asShape(shape['propertyNames'])?.['enum'];
    return properties ? Object.keys(properties) : Array.isArray(names) ? names.map(String) : [];
  }
  const next =
    asShape(properties?.[step]) ?? asShape(shape['additionalProperties']) ?? asShape(shape['items']);
  return next ? knownKeys(next, property(value, step), rest) : [];
}

/** The key whose word tells the variants of a union apart. */
function tellingWord(variant: Json): string | null {
  const properties = asShape(asShape(variant)?.['properties']);
  return ['kind', 'when'].find((key) => asShape(properties?.[key])?.['const'] !== undefined) ?? null;
}

/** The words that an entry at this path can begin with. */
function variantsAt(shape: Shape, path: readonly string[]): string[] {
  const [step, ...rest] = path;
  const variants = shape['oneOf'] ?? shape['anyOf'];
  if (step === undefined || Array.isArray(variants)) {
    const all = (Array.isArray(variants) ? variants : []).map(asShape);
    if (step === undefined || rest.length === 0) {
      return all.flatMap((variant) => {
        const told = variant ? tellingWord(variant) : null;
        const word = asShape(asShape(variant?.['properties'])?.[told ?? ''])?.['const'];
        return typeof word === 'string' ? [word] : [];
      });
    }
    return [...new Set(all.flatMap((variant) => (variant ? variantsAt(variant, path) : [])))];
  }
  const properties = asShape(shape['properties']);
  const next =
    asShape(properties?.[step]) ?? asShape(shape['additionalProperties']) ?? asShape(shape['items']);
  return next ? variantsAt(next, rest) : [];
}

function property(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

const named = (kind: string) => NAMES[kind] ?? kind;

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return named('array');
  return named(typeof value);
}

/** What zod found, in words for whoever edits the file. A value is named only where it is a choice among words. */
export function findingsOf(issue: z.core.$ZodIssue, file: unknown, shape: Shape): Finding[] {
  const path = issue.path.map(String);
  const value = path.reduce(property, file);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = knownKeys(shape, file, path);
      const own = !issue.message.startsWith('Unrecognized');
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: own ? issue.message : `"${key}" is not a key that is known here.`,
        advice: own ? '' : suggestion(key, known),
      }));
    }
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? 'This name cannot be used.', advice: '' }];
    case 'invalid_type': {
      if (value === undefined)
        return [{ path, message: 'This is missing.', advice: `It is ${named(issue.expected)}.` }];
      const expected = named(issue.expected);
      return [{ path, message: `This should be ${expected}, not ${kindOf(value)}.`, advice: '' }];
    }
    case 'invalid_value': {
      if (!issue.message.startsWith('Invalid')) return [{ path, message: issue.message, advice: '' }];
      if (value === undefined)
        return [{ path, message: 'This is missing.', advice: suggestion('', issue.values.map(String)) }];
      return [unknownWord(path, value, issue.values.map(String))];
    }
    case 'invalid_union': {
      const known = variantsAt(shape, path);
      if (value === undefined) return [{ path, message: 'This is missing.', advice: suggestion('', known) }];
      return [unknownWord(path, value, known)];
    }
    case 'too_big':
      return [
        { path, message: ownWords(issue, `This may be at most ${String(issue.maximum)}.`), advice: '' },
      ];
    case 'too_small':
      return [
        { path, message: ownWords(issue, `This must be at least ${String(issue.minimum)}.`), advice: '' },
      ];
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return [{ path, message: issue.message, advice: '' }];
  }
}

function ownWords(issue: { message: string }, usual: string): string {
  return /^(?:Too|Invalid)/.test(issue.message) ? usual : issue.message;
}

function unknownWord(path: readonly string[], value: unknown, known: readonly string[]): Finding {
  if (typeof value !== 'string') {
    return {
      path,
      message: `This should be one of the known words, not ${kindOf(value)}.`,
      advice: suggestion('', known),
    };
  }
  return { path, message: `"${value}" is not one of the known words.`, advice: suggestion(value, known) };
}
