import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Log } from '../../../src/log.ts';
import type { PushRequest, Sink } from '../../../src/sinks/port.ts';
import { createSinks } from '../../../src/sinks/registry.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';

export const SECRET = `whsec_${Buffer.from('canary-canary-canary-canary-0001').toString('base64')}`;

export type Seen = { method: string; path: string; headers: IncomingHttpHeaders; body: string };
export type Reply = (response: ServerResponse, request: IncomingMessage, seen: Seen) => void;

/** A system on loopback that remembers what it was asked and answers as it is told. */
export async function farSide(reply: Reply): Promise<{
  url: string;
  port: number;
  seen: Seen[];
  connections: () => number;
  answer(next: Reply): void;
}> {
  const seen: Seen[] = [];
  let connections = 0;
  let current = reply;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
      seen.push(one);
      current(response, request, one);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/effects`,
    port,
    seen,
    connections: () => connections,
    answer: (next) => {
      current = next;
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function aPush(over: Partial<PushRequest> = {}): PushRequest {
  return {
    key: 'push:01930000:prices:oms',
    sink: 'oms',
    operation: 'set_prices',
    body: { prices: [{ sku: 'A-1', amount: '9.90', note: 'café ☕' }] },
    attempt: 1,
    aliases: {},
    cursor: null,
    facts: {},
    export: {
      export_id: '01930000-0000-7000-8000-000000000001',
      export_type: 'price_change',
      intent: 'publish_live',
      campaign_id: null,
      revision: 1,
      hash: 'a'.repeat(64),
      occurred_at: '2026-11-24T08:00:00.000Z',
      refresh: { price: { as_of: '2026-11-24T08:00:00.000Z', max_age_ms: null } },
      accepted_by: [],
    },
    ...over,
  };
}

export type Logged = { level: string; facts: object; message: string };

export function logInto(lines: Logged[]): Log {
  return {
    info: (facts, message) => lines.push({ level: 'info', facts, message }),
    warn: (facts, message) => lines.push({ level: 'warn', facts, message }),
    error: (facts, message) => lines.push({ level: 'warn', facts, message }),
  };
}

/** A real webhook sink named `oms`, closed when the test ends. */
export function openWebhook(
  settings: Record<string, unknown>,
  over: { secrets?: string[]; clock?: ManualClock; log?: Log } = {},
): Sink {
  const { secrets = [SECRET], clock = new ManualClock(), log = logInto([]) } = over;
  const sinks = createSinks(
    [{ name: 'oms', kind: 'webhook', settings: { allow_private: true, ...settings }, secrets }],
    { clock, ids: countingIds(), log, version: '0.0.0' },
  );
  const sink = sinks.get('oms');
  if (!sink) throw new Error('The sink did not open.');
  onTestFinished(() => sink.close());
  return sink;
}
