import type { z } from 'zod';
import { type Finding, suggestion } from './faults.ts';

/** Entries of one section: every name that was written, and those whose entries can be used. */
export type Section<T> = { names: ReadonlySet<string>; entries: ReadonlyMap<string, T> };

/** Reads a section entry by entry. */
export function section<T>(file: object, key: string, entry: z.ZodType<T>): Section<T> {
  const raw: unknown = Reflect.get(file, key);
  const pairs = raw !== null && typeof raw === 'object' ? Object.entries(raw) : [];
  const entries = new Map<string, T>();
  for (const [name, value] of pairs) {
    const parsed = entry.safeParse(value);
    if (parsed.success) entries.set(name, parsed.data);
  }
  return { names: new Set(pairs.map(([name]) => name)), entries };
}

/** A fault when `name` is none of `known`, with the nearest one. */
export function dangling(
  name: string,
  known: ReadonlySet<string>,
  where: string,
  path: readonly string[],
): Finding[] {
  if (known.has(name)) return [];
  return [{ path, message: `"${name}" is not among the ${where}.`, advice: suggestion(name, known) }];
}
