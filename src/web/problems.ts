import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { REFUSALS, type Refusal, refuse, sentence } from '../exports/refusals.ts';
import type { Limits } from './deps.ts';

/** RFC 9457, with the code that programs should look at. */
export type Problem = { type: string; title: string; status: number; detail: string; code: string };

/** What HTTP itself can refuse; everything that Meshline decides is in exports/refusals.ts. */
export const TRANSPORT = {
  no_route: { http: 404, text: 'There is nothing at this address. See /openapi.json for what there is.' },
  method_not_allowed: { http: 405, text: 'This address does not take that method. See the Allow header.' },
  request_timeout: { http: 408, text: 'The request took too long to arrive. Send it again.' },
  headers_too_large: { http: 431, text: 'The headers are too large.' },
  malformed_request: { http: 400, text: 'This is not a well-formed HTTP request.' },
  no_token: {
    http: 401,
    text: 'Send "Authorization: Bearer TOKEN" with a token that token_env of a source in meshline.yml names.',
  },
  scope_missing: {
    http: 403,
    text: 'This token may not do that. Add the scope to its source in meshline.yml.',
  },
  internal: { http: 500, text: 'Something went wrong inside Meshline. It has been logged; try again.' },
} as const satisfies Record<string, { http: number; text: string }>;
export type TransportCode = keyof typeof TRANSPORT;

export const PROBLEM_TYPE = 'application/problem+json';

/** How long a client should wait before it tries again, in seconds, where nothing better is known. */
const RETRY_AFTER_S = 5;

function problem(code: string, status: number, detail: string): Problem {
  const words = code.replaceAll('_', ' ');
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return { type: `urn:meshline:problem:${code}`, title, status, detail, code };
}

export function problemOf(refusal: Refusal): Problem {
  return problem(refusal.refused, REFUSALS[refusal.refused].http, sentence(refusal));
}

export function transportProblem(code: TransportCode): Problem {
  return problem(code, TRANSPORT[code].http, TRANSPORT[code].text);
}

/** Answers with a problem; 429 and 503 also say when to come back. */
export async function sendProblem(
  reply: FastifyReply,
  found: Problem,
  retryAfterS: number = RETRY_AFTER_S,
): Promise<FastifyReply> {
  if (found.status === 429 || found.status === 503) reply.header('retry-after', String(retryAfterS));
  if (found.code === 'no_token') reply.header('www-authenticate', 'Bearer');
  return reply.code(found.status).type(PROBLEM_TYPE).send(JSON.stringify(found));
}

/** Answers on the bare connection, where no request is to be read to its end, and closes it. */
export function endWith(socket: Socket, found: Problem): void {
  const body = JSON.stringify(found);
  const head = [
    `HTTP/1.1 ${found.status} ${STATUS_CODES[found.status] ?? ''}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

export const badRequest = (detail: string) => problemOf(refuse('bad_request', { detail }));

const MOST_FAULTS = 10;

/** Every fault of a shape as a sentence with its place. */
export function badShape(error: z.ZodError): Problem {
  const told = error.issues.slice(0, MOST_FAULTS).map(({ path, message }) => {
    const place = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
    return `${place}${message.replace(/[^.!?]$/, '$&.')}`;
  });
  return badRequest(told.join(' '));
}

export const tooMany = () => problemOf(refuse('too_many_requests', { seconds: String(RETRY_AFTER_S) }));

export const tooLarge = (bytes: number) => problemOf(refuse('too_large', { limit: size(bytes) }));

function size(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${bytes / (1024 * 1024)} MiB` : `${bytes / 1024} KiB`;
}

function field(error: unknown, name: string): unknown {
  return error instanceof Error ? Reflect.get(error, name) : undefined;
}

/** Seconds after which the same call may succeed; what the store says, else the usual. */
export function retryAfter(error: unknown): number {
  const seconds = field(error, 'retry_after_s');
  return typeof seconds === 'number' ? seconds : RETRY_AFTER_S;
}

/** Why nothing can be stored just now, or null when that is not what the error says. */
function whyUnavailable(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  if (error.name === 'StorageFull' || field(error, 'code') === 'ENOSPC') return 'the disk is full';
  if (error.name === 'StorageBusy') return 'the ledger is busy';
  if (error.name === 'LedgerClosed') return 'it is stopping';
  return field(error, 'retry_after_s') === undefined ? null : 'the ledger cannot be written';
}

/** The problem that an exception stands for; `internal` for what nobody expected. */
export function problemFor(error: unknown, limits: Limits): Problem {
  const why = whyUnavailable(error);
  if (why !== null) return problemOf(refuse('unavailable', { why, seconds: String(retryAfter(error)) }));
  switch (field(error, 'code')) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return tooLarge(limits.json_bytes);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return problemOf(refuse('unsupported_media_type'));
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return transportProblem('no_route');
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_BAD_URL':
      return transportProblem('malformed_request');
  }
  return transportProblem('internal');
}
