import { type DestinationStream, type Logger, pino } from 'pino';
import { createRedact, maskKnown } from './redact.ts';
import { escapeUnseen } from './unseen.ts';

export type { Logger };

/** What the rooms write their log through: a static sentence, with its facts in fields. */
export type Log = {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
};

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

const LONGEST_MESSAGE = 300;
const FRAMES = 12;

/** What a log may say about an error. Everything else on it is left out: nested fields carry tokens. */
export type SafeError = {
  name: string;
  message: string;
  code?: string | number;
  status?: number;
  stack?: string;
  cause?: SafeError;
};

function clean(text: string): string {
  const masked = maskKnown(text);
  return masked.length > LONGEST_MESSAGE ? `${masked.slice(0, LONGEST_MESSAGE)}…` : masked;
}

/** Frames only: the head of a stack repeats the message, which may be long or hold a secret. */
function framesOf(stack: string): string {
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return frames.slice(0, FRAMES).join('\n');
}

/** The allow-list serializer: name, message, code, status, the frames of the stack, and the same of one cause. */
export function safeError(error: unknown, depth = 0): SafeError {
  if (!(error instanceof Error)) return { name: typeof error, message: clean(String(error)) };
  const code: unknown = Reflect.get(error, 'code');
  const status: unknown = Reflect.get(error, 'statusCode') ?? Reflect.get(error, 'status');
  return {
    name: error.name,
    message: clean(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof error.stack === 'string' ? { stack: framesOf(error.stack) } : {}),
    ...(error.cause instanceof Error && depth === 0 ? { cause: safeError(error.cause, 1) } : {}),
  };
}

/**
 * JSON lines to stdout, or to `stream`. Messages are static, facts go into fields, errors under `err`.
 * Requests, responses and configurations are never written, whoever passes them, and nothing of `secrets`.
 */
export function createLogger({
  level,
  stream,
  secrets = [],
}: {
  level: LogLevel;
  stream?: DestinationStream;
  secrets?: readonly string[];
}): Logger {
  // A shorter one would stand in innocent words.
  const redact = createRedact(secrets.filter((secret) => secret.length >= 8));
  const nothing = () => undefined;
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // JSON leaves half of what a terminal acts on as it is.
    hooks: { streamWrite: (line: string) => redact(escapeUnseen(line)) },
    serializers: {
      err: (error: unknown) => safeError(error),
      error: (error: unknown) => safeError(error),
      req: nothing,
      res: nothing,
      request: nothing,
      response: nothing,
      config: nothing,
      headers: nothing,
    },
  };
  return stream ? pino(options, stream) : pino(options);
}
