import { z } from 'zod';
import { SlackError } from '../slack-error.ts';

/** Arguments as they came: form fields are strings, JSON bodies keep their types. */
export type Args = Record<string, unknown>;

export const Metadata = z.strictObject({
  event_type: z.string().regex(/^[A-Za-z0-9_]{1,255}$/),
  event_payload: z.record(z.string(), z.unknown()),
});

const METADATA_BYTES = 16_384;

export function text(args: Args, name: string): string | undefined {
  const value = args[name];
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** @throws SlackError `invalid_arguments`, worded as Slack words it. */
export function required(args: Args, name: string): string {
  const value = text(args, name);
  if (value === undefined || value === '') {
    throw new SlackError('invalid_arguments', { messages: [`[ERROR] missing required field: ${name}`] });
  }
  return value;
}

export function flag(args: Args, name: string): boolean {
  const value = args[name];
  return value === true || value === 'true' || value === '1' || value === 1;
}

/** A JSON argument: an object in a JSON body, a string in a form. @throws SlackError with `code`. */
export function json(args: Args, name: string, code: string): unknown {
  const value = args[name];
  if (typeof value !== 'string') return value ?? undefined;
  if (value === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    throw new SlackError(code);
  }
}

export function metadata(args: Args): z.infer<typeof Metadata> | undefined {
  const raw = json(args, 'metadata', 'invalid_metadata_format');
  if (raw === undefined) return undefined;
  const parsed = Metadata.safeParse(raw);
  if (!parsed.success) throw new SlackError('invalid_metadata_schema');
  if (JSON.stringify(raw).length > METADATA_BYTES) throw new SlackError('metadata_too_large');
  return parsed.data;
}

/** @throws SlackError `invalid_limit` outside 1 to `max`. */
export function limit(args: Args, fallback: number, max: number): number {
  const value = text(args, 'limit');
  if (value === undefined || value === '') return fallback;
  const n = Number(value);
  if (!Number.isInteger(n) || n < 1 || n > max) throw new SlackError('invalid_limit');
  return n;
}

/** One page of `all`; the cursor carries the offset. @throws SlackError `invalid_cursor`. */
export function page<T>(args: Args, all: readonly T[], size: number): { items: T[]; next: string } {
  const cursor = text(args, 'cursor') ?? '';
  const start = cursor === '' ? 0 : Number(/^next:(\d+)$/.exec(atobOrEmpty(cursor))?.[1] ?? Number.NaN);
  if (!Number.isInteger(start)) throw new SlackError('invalid_cursor');
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? btoa(`next:${end}`) : '' };
}

function atobOrEmpty(value: string): string {
  try {
    return atob(value);
  } catch {
    return '';
  }
}
