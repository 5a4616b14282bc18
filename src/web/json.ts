import type { Json } from '../exports/envelope.ts';

export const DEEPEST = 32;

/** Keys that would reach a prototype if some later code copied them carelessly. */
const FORBIDDEN: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** What is wrong with a body, as a sentence. */
export type BadJson = { wrong: string };

/**
 * Reads one JSON object from bytes: valid UTF-8, an object at the top, at most 32 levels deep, no
 * key twice or that names a prototype, no number beyond what JSON systems can carry, no broken Unicode.
 */
export function readObject(bytes: Buffer): { value: { [key: string]: Json } } | BadJson {
  let value: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { wrong: 'The body is not valid JSON.' };
    if (error instanceof TypeError) return { wrong: 'The body is not valid UTF-8.' };
    throw error;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return { wrong: 'The body must be one JSON object.' };
  }
  const wrong = faultIn(value, 1) ?? repeatIn(text, value);
  return wrong === null ? { value: value as { [key: string]: Json } } : { wrong };
}

/** Stops at the depth limit, so that the recursion is bounded as well. */
function faultIn(value: unknown, depth: number): string | null {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : 'A number in the body is too large.';
  }
  if (typeof value === 'string') {
    return value.isWellFormed() ? null : 'A text in the body holds half a character (a lone surrogate).';
  }
  if (value === null || typeof value !== 'object') return null;
  if (depth > DEEPEST) return `The body is nested more than ${DEEPEST} levels deep.`;
  if (Array.isArray(value)) {
    for (const item of value) {
      const wrong = faultIn(item, depth + 1);
      if (wrong !== null) return wrong;
    }
    return null;
  }
  for (const [key, item] of Object.entries(value)) {
    if (FORBIDDEN.has(key)) return `The body uses the key "${key}", which is not allowed anywhere in it.`;
    if (!key.isWellFormed()) return 'A key in the body holds half a character (a lone surrogate).';
    const wrong = faultIn(item, depth + 1);
    if (wrong !== null) return wrong;
  }
  return null;
}

/** Readers differ in which of two equal keys they believe, so what a sender signed twice over is not read at all. */
function repeatIn(text: string, value: object): string | null {
  // Of well-formed JSON only keys and structure are left, and each key has one colon.
  const written = text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '').split(':').length - 1;
  return written === keysIn(value) ? null : 'An object in the body has the same key twice.';
}

function keysIn(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0;
  const within = Object.values(value).reduce((sum: number, each) => sum + keysIn(each), 0);
  return Array.isArray(value) ? within : within + Object.keys(value).length;
}
