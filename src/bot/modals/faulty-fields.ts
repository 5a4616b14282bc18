import type { Catalog } from '../../exports/define.ts';
import { Envelope, type Json } from '../../exports/envelope.ts';
import type { Problem } from '../../exports/problems.ts';
import type { Shown } from '../../flow/ports.ts';
import { FIX_FIELDS, LIMIT } from '../limits.ts';
import { jsonText, raw as visible } from '../text.ts';

export type Raw = { [key: string]: Json };

/** A faulty value that can be mended on its own. */
export type Field = {
  path: readonly string[];
  block_id: string;
  problems: readonly Problem[];
  current: Json | undefined;
};

const FIELD_PREFIX = 'fix:';

export function at(raw: Json | undefined, path: readonly string[]): Json | undefined {
  let value = raw;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    const holder: unknown = value;
    if (!Object.hasOwn(value, key)) return undefined;
    value = (holder as Record<string, Json>)[key];
  }
  return value;
}

/** A single value as text; null for a list or an object. */
function scalarText(value: Json | undefined): string | null {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? null : String(value);
}

/** Its value is text, number, truth or missing, and stands in an object or list that exists. */
export function mendable(raw: Raw, path: readonly string[]): boolean {
  const holder = at(raw, path.slice(0, -1));
  if (path.length === 0 || typeof holder !== 'object' || holder === null) return false;
  const text = scalarText(at(raw, path));
  return text !== null && text.length <= LIMIT.inputValue / 2;
}

const SMALL_OBJECT = 4;

/** The path itself, or the values of a small object that it names; null where only the whole will do. */
function mendablePaths(raw: Raw, path: readonly string[]): readonly (readonly string[])[] | null {
  if (mendable(raw, path)) return [path];
  const value = at(raw, path);
  if (path.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const inner = Object.keys(value).map((key) => [...path, key]);
  const small = inner.length > 0 && inner.length <= SMALL_OBJECT;
  return small && inner.every((each) => mendable(raw, each)) ? inner : null;
}

/** Errors by the field they are about; `no_owner` is mended by assigning one. */
export function fields({ state }: Shown): { single: readonly Field[]; structural: readonly Problem[] } {
  const errors = state.problems.filter((each) => each.severity === 'error' && each.code !== 'no_owner');
  const single = new Map<string, Field>();
  const structural: Problem[] = [];
  for (const problem of errors) {
    const path = problem.path.split('.').filter((part) => part !== '');
    const paths = mendablePaths(state.raw, path) ?? [];
    const named = paths.map((each) => ({ path: each, block_id: `${FIELD_PREFIX}${each.join('.')}` }));
    const fresh = named.filter(({ block_id }) => !single.has(block_id));
    const fits =
      single.size + fresh.length <= FIX_FIELDS &&
      named.every(({ block_id }) => block_id.length <= LIMIT.blockId);
    if (named.length === 0 || !fits) {
      structural.push(problem);
      continue;
    }
    for (const { path: where, block_id } of named) {
      const known = single.get(block_id)?.problems ?? [];
      single.set(block_id, {
        path: where,
        block_id,
        problems: [...known, problem],
        current: at(state.raw, where),
      });
    }
  }
  return { single: [...single.values()], structural };
}

/** The whole export as text to edit; null when Slack's inputs cannot hold it. */
export function whole(raw: Raw): string | null {
  return [jsonText(raw, 2), jsonText(raw, 0)].find((text) => text.length <= LIMIT.inputValue) ?? null;
}

/** As it stands in its input: hidden characters by name, so that whoever mends it sees them. */
export function shownValue(current: Json | undefined): string {
  return visible(scalarText(current) ?? '', LIMIT.inputValue, 'many');
}

/** A copy with one value set; left out altogether when `value` is undefined. */
export function put(holder: Json, path: readonly string[], value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined || typeof holder !== 'object' || holder === null) return holder;
  if (Array.isArray(holder)) {
    return holder.map((each, index) =>
      String(index) === key ? (rest.length > 0 ? put(each, rest, value) : (value ?? null)) : each,
    );
  }
  const entries = Object.entries(holder).filter(([name]) => name !== key);
  const own = Object.hasOwn(holder, key) ? holder[key] : undefined;
  const next = rest.length > 0 && own !== undefined ? put(own, rest, value) : value;
  return Object.fromEntries<Json>(next === undefined ? entries : [...entries, [key, next]]);
}

/** Whether the type's schema still finds fault at this path. */
export function faulty(raw: Raw, path: readonly string[], catalog: Catalog): boolean {
  const name = raw['export_type'];
  const type = typeof name === 'string' ? catalog.get(name) : undefined;
  const inPayload = path[0] === 'payload';
  if (inPayload && !type) return false;
  const result = inPayload && type ? type.payload.safeParse(raw['payload']) : Envelope.safeParse(raw);
  const own = (inPayload ? path.slice(1) : path).join('.');
  return (
    !result.success && result.error.issues.some((issue) => issue.path.map(String).join('.').startsWith(own))
  );
}
