import { type DestinationStream, type Logger, pino } from 'pino';

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

/** Tokens and secrets that other people's error messages are known to quote. */
const SECRETS =
  /\b(?:xox[a-z]-|xapp-|whsec_|shp[a-z]{2}_)[A-Za-z0-9+/=_-]+|\b(?:Bearer|Basic)\s+[A-Za-z0-9+/=._~-]+/gi;

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
  const cut = text.length > LONGEST_MESSAGE ? `${text.slice(0, LONGEST_MESSAGE)}…` : text;
  return cut.replace(SECRETS, '[secret]');
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
 * Requests, responses and configurations are never written, whoever passes them.
 */
export function createLogger({ level, stream }: { level: LogLevel; stream?: DestinationStream }): Logger {
  const nothing = () => undefined;
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
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
