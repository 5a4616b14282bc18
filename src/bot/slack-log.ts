import { type Logger as BoltLogger, LogLevel } from '@slack/bolt';
import { z } from 'zod';
import type { Log } from '../log.ts';

const KnownError = z.object({
  name: z.string(),
  code: z.string().optional(),
  data: z.object({ error: z.string().optional() }).optional(),
  statusCode: z.number().optional(),
  stack: z.string().optional(),
});

/**
 * The facts of an error that may be logged. Messages, requests and responses stay out: a Slack error
 * carries tokens and what people wrote. Of the stack only the frames are kept.
 */
export function errorFacts(error: unknown): Record<string, string | number> {
  const known = KnownError.safeParse(error);
  if (!known.success) return { error: typeof error };
  const { name, code, data, statusCode, stack } = known.data;
  const frame = stack?.split('\n').find((line) => line.startsWith('    at '));
  return {
    error: name,
    ...(code === undefined ? {} : { code: code.slice(0, 80) }),
    ...(data?.error === undefined ? {} : { slack_error: data.error.slice(0, 80) }),
    ...(statusCode === undefined ? {} : { status: statusCode }),
    ...(frame === undefined ? {} : { at: frame.trim().slice(0, 200) }),
  };
}

/** Tokens, and addresses that are secrets themselves (socket tickets, response URLs). */
const SECRET = /xox[a-z]-[\w-]+|xapp-[\w-]+|(?:wss?|https?):\/\/\S+/g;

/** Bolt's own warnings and errors, cut and without secrets. Its debug output holds whole payloads, so it is never asked for. */
export function boltLogger(log: Log): BoltLogger {
  const said = (parts: unknown[]): { said: string } => ({
    said: parts
      .map((part) =>
        typeof part === 'string' ? part.replace(SECRET, '…') : JSON.stringify(errorFacts(part)),
      )
      .join(' ')
      .slice(0, 300),
  });
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts: unknown[]) => log.warn(said(parts), 'slack library warning'),
    error: (...parts: unknown[]) => log.error(said(parts), 'slack library error'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.WARN,
    setName: () => undefined,
  };
}
