import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, FaultKind } from '../faults.ts';
import type { World } from '../world.ts';
import type { Args } from './args.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const PAGE = '<!doctype html><title>Slack</title><h1>Something went wrong.</h1>';
const DRIP_EVERY_MS = 250;
const PIECE = Buffer.alloc(1024 * 1024, ' ');
const OVERSIZED_PIECES = 64;

type Said = { status: number; type: string; headers?: Record<string, string>; body: string };

function answerOf(fault: Fault): Said | null {
  const json = (status: number, body: object, headers: Record<string, string> = {}): Said => ({
    status,
    type: JSON_TYPE,
    headers,
    body: JSON.stringify(body),
  });
  const limited = { ok: false, error: 'ratelimited' };
  switch (fault.kind) {
    case 'ratelimited':
      return json(429, limited, { 'retry-after': String(fault.retry_after ?? 1) });
    case 'ratelimited_no_retry_after':
      return json(429, limited);
    case 'refused':
      return json(200, { ok: false, error: fault.error ?? 'fatal_error' });
    case '500':
    case 'stored_then_500':
      return { status: 500, type: 'text/plain', body: 'Internal Server Error' };
    case 'html':
      return { status: 200, type: 'text/html; charset=utf-8', body: PAGE };
    case 'html_502':
      return { status: 502, type: 'text/html; charset=utf-8', body: PAGE };
    case 'not_json':
      return { status: 200, type: JSON_TYPE, body: '{"ok":true,"ts":' };
    case 'empty':
      return { status: 200, type: JSON_TYPE, body: '' };
    case 'redirect':
      return { status: 302, type: 'text/plain', headers: { location: 'http://127.0.0.1:9/' }, body: '' };
    case 'oversized':
    case 'drip':
    case 'reset':
    case 'stored_then_reset':
    case 'hang':
    case 'stored_then_hang':
      return null;
  }
}

/** What the log of calls says that the caller was answered; 0 for nothing whole. */
function statusOf(fault: Fault): number {
  return answerOf(fault)?.status ?? 0;
}

/** Breaks an answer off in the way the fault says. */
export function applyFault(
  world: World,
  method: string,
  args: Args,
  fault: Fault,
  response: ServerResponse,
): void {
  const { token: _token, ...shown } = args;
  const error = `fault:${fault.kind}`;
  const told = fault.kind === 'ratelimited' ? { retry_after: fault.retry_after ?? 1 } : {};
  const call = { method, args: shown, at: world.clock.now(), ok: false, error, ...told };
  world.calls.add({ ...call, status: statusOf(fault) });
  const said = answerOf(fault);
  if (said) {
    response.writeHead(said.status, { 'content-type': said.type, ...said.headers });
    response.end(said.body);
    return;
  }
  void breakOff(fault.kind, response);
}

async function breakOff(kind: FaultKind, response: ServerResponse): Promise<void> {
  if (kind === 'reset' || kind === 'stored_then_reset') response.socket?.resetAndDestroy();
  if (kind !== 'oversized' && kind !== 'drip') return;
  response.writeHead(200, { 'content-type': JSON_TYPE });
  if (kind === 'oversized') {
    for (let n = 0; n < OVERSIZED_PIECES && !response.destroyed; n += 1) {
      response.write(PIECE);
      await pause(1);
    }
    response.end('{"ok":true}');
    return;
  }
  while (!response.destroyed) {
    response.write(' ');
    await pause(DRIP_EVERY_MS, undefined, { ref: false });
  }
}
