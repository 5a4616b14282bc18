import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { startSandbox } from '../sandbox/index.ts';
import { percentile } from './measure.ts';
import { type Kind, type Request, signedRequest } from './wire.ts';

/** The far sides of a benchmark, in a process of its own: the senders, a sink that counts, a sandbox Slack. */

export type Order =
  | { do: 'open' }
  /** As many as `width` at once, each next one when another is answered. */
  | { do: 'flood'; url: string; kind: Kind; run: string; count: number; width: number }
  /** At a fixed rate whatever the answers do; latency counts from when it should have left. */
  | { do: 'stream'; url: string; kind: Kind; run: string; per_second: number; count: number };

export type Opened = { sink: string; slack_api: string; bot_token: string; app_token: string };
export type Flooded = { per_second: number; p50_ms: number; p99_ms: number; refused: number; bytes: number };
export type Answers = { open: Opened; flood: Flooded; stream: Flooded };

const WIDEST = 256;

function prepare(kind: Kind, run: string, count: number): Request[] {
  return Array.from({ length: count }, (_, n) => signedRequest(kind, `${run}-${n}`));
}

async function post(pool: Pool, path: string, request: Request): Promise<number> {
  const { statusCode, body } = await pool.request({ method: 'POST', path, ...request });
  await body.dump();
  return statusCode;
}

function summary(begun: number, latencies: number[], refused: number, requests: readonly Request[]): Flooded {
  return {
    per_second: latencies.length / ((performance.now() - begun) / 1000),
    p50_ms: percentile(latencies, 0.5),
    p99_ms: percentile(latencies, 0.99),
    refused,
    bytes: requests[0]?.body.length ?? 0,
  };
}

async function flood({ url, kind, run, count, width }: Extract<Order, { do: 'flood' }>): Promise<Flooded> {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: width });
  const requests = prepare(kind, run, count);
  const latencies: number[] = [];
  let refused = 0;
  let next = 0;
  const begun = performance.now();
  const sender = async () => {
    for (let request = requests[next++]; request; request = requests[next++]) {
      const sent = performance.now();
      const status = await post(pool, pathname, request);
      latencies.push(performance.now() - sent);
      if (status >= 300) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: width }, sender));
  const result = summary(begun, latencies, refused, requests);
  await pool.close();
  return result;
}

async function stream(order: Extract<Order, { do: 'stream' }>): Promise<Flooded> {
  const { origin, pathname } = new URL(order.url);
  const pool = new Pool(origin, { connections: WIDEST });
  const requests = prepare(order.kind, order.run, order.count);
  const latencies: number[] = [];
  let refused = 0;
  const begun = performance.now();
  const dueOf = (n: number) => begun + (n * 1000) / order.per_second;
  /** Gives whether it was the last to be answered. */
  const one = async (n: number): Promise<boolean> => {
    const status = await post(pool, pathname, requests[n] as Request).catch(() => 0);
    if (status < 200 || status >= 300) refused += 1;
    return latencies.push(performance.now() - dueOf(n)) === order.count;
  };
  await new Promise<void>((resolve) => {
    let sent = 0;
    const step = () => {
      for (; sent < order.count && dueOf(sent) <= performance.now(); sent += 1) {
        void one(sent).then((last) => (last ? resolve() : undefined));
      }
      if (sent < order.count) setTimeout(step, 1);
    };
    step();
  });
  const result = summary(begun, latencies, refused, requests);
  await pool.close();
  return result;
}

async function open(): Promise<Opened> {
  const sink = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => {
    sink.listen(0, '127.0.0.1', resolve);
  });
  const sandbox = await startSandbox();
  const { port } = sink.address() as AddressInfo;
  return {
    sink: `http://127.0.0.1:${port}/`,
    slack_api: sandbox.apiUrl,
    bot_token: sandbox.botToken,
    app_token: sandbox.appToken,
  };
}

async function answerTo(order: Order): Promise<Answers[Order['do']]> {
  switch (order.do) {
    case 'open':
      return open();
    case 'flood':
      return flood(order);
    case 'stream':
      return stream(order);
  }
}

process.on('message', (order: Order) => {
  void answerTo(order).then((answer) => process.send?.(answer));
});
