import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createGzip, gzipSync } from 'node:zlib';

/**
 * A process of its own that asks as badly as it can, without any secret. Each of its connections
 * tells how it ended: the statuses that came back, or that the other side closed it, or that nothing did.
 */
export type Order = {
  url: string;
  /** Connections that drip their headers, or their bodies, or say nothing at all. */
  slow: number;
  /** How long to wait for those to be ended, ms. */
  patience_ms: number;
  /** Of each kind of bad request. */
  each: number;
};
export type Ended = { kind: string; statuses: number[]; closed: boolean };

const MIB = 1024 * 1024;

function headers(more: Record<string, string> = {}): string {
  const all = {
    host: 'meshline',
    'content-type': 'application/json',
    'meshline-source': 'pim',
    'webhook-id': `msg_${randomUUID()}`,
    'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
    // Well-formed and wrong: that is only known once the whole body has come.
    'webhook-signature': `v1,${Buffer.alloc(32, 1).toString('base64')}`,
    ...more,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}
const head = (more: Record<string, string>, path = '/v1/exports', method = 'POST') =>
  `${method} ${path} HTTP/1.1\r\n${headers(more)}\r\n`;

type Line = { socket: Socket; ended: Promise<void>; statuses: number[]; closed: () => boolean };

function dial(url: string): Line {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const statuses: number[] = [];
  let closed = false;
  let rest = '';
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1');
    for (const [, status] of rest.matchAll(/HTTP\/1\.1 (\d{3})/gu)) statuses.push(Number(status));
    rest = rest.slice(-12).replaceAll(/HTTP\/1\.1 \d{3}/gu, '');
  });
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => {
      closed = true;
      resolve();
    });
  });
  return { socket, ended, statuses, closed: () => closed };
}

async function over(kind: string, line: Line, patience: number): Promise<Ended> {
  const enough = new AbortController();
  await Promise.race([
    line.ended,
    pause(patience, undefined, { signal: enough.signal }).catch(() => undefined),
  ]);
  enough.abort();
  const closed = line.closed();
  line.socket.destroy();
  return { kind, statuses: line.statuses, closed };
}

/** Writes a piece every so often for as long as the connection stands. */
function drip({ socket }: Line, text: string, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    at += 1;
    if (!socket.destroyed) socket.write(text[at % text.length] ?? 'x');
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
}

/** Writes these bytes as fast as they are taken. */
function pour({ socket }: Line, part: Buffer, most: number): void {
  let sent = 0;
  const go = () => {
    while (sent < most && !socket.destroyed) {
      sent += part.length;
      if (!socket.write(part)) return void socket.once('drain', go);
    }
  };
  go();
}

const chunk = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const SPACES = Buffer.alloc(64 * 1024, ' ');
const ONE_CHUNK = chunk(SPACES);

const SLOW: Record<string, (line: Line) => void> = {
  'slow headers': (line) => {
    line.socket.write('POST /v1/exports HTTP/1.1\r\nhost: a\r\nx-slow: ');
    drip(line, 'slow', 500);
  },
  // The parser passes over them without counting: only time ends it.
  'headers of blanks': (line) => {
    line.socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\nx: ');
    pour(line, SPACES, MIB / 4);
  },
  'a megabyte that is held back at the end': ({ socket }) => {
    socket.write(head({ 'content-length': String(MIB) }, `/nothing/${randomUUID()}`));
    socket.write(Buffer.alloc(MIB - 1, ' '));
  },
  'slow body': (line) => {
    line.socket.write(head({ 'content-length': '100000' }));
    drip(line, ' ', 500);
  },
  'slow chunks': (line) => {
    line.socket.write(head({ 'transfer-encoding': 'chunked' }));
    drip(line, '1\r\n \r\n', 500);
  },
  'slow batch': (line) => {
    line.socket.write(head({ 'transfer-encoding': 'chunked', 'content-type': 'application/x-ndjson' }));
    drip(line, '1\r\n \r\n', 500);
  },
  'nothing at all': () => undefined,
};

const gzip = (): Buffer => gzipSync(Buffer.alloc(8 * MIB, ' '));

/** Bad requests, each on a connection that Meshline has to end. */
const BAD: Record<string, (line: Line) => void> = {
  'a length of ten gigabytes': ({ socket }) => {
    socket.write(head({ 'content-length': String(10 * 1024 * MIB) }));
  },
  'chunks over the cap': (line) => {
    line.socket.write(head({ 'transfer-encoding': 'chunked' }));
    pour(line, ONE_CHUNK, 64 * MIB);
  },
  'a gzip bomb': ({ socket }) => {
    const bomb = gzip();
    socket.write(head({ 'content-encoding': 'gzip', 'content-length': String(bomb.length) }));
    socket.write(bomb);
  },
  'a stream of gzip without end': (line) => {
    line.socket.write(head({ 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' }));
    const bomb = createGzip({ level: 1 });
    bomb.on('data', (part: Buffer) => void line.socket.write(chunk(part)));
    bomb.on('error', () => undefined);
    line.socket.on('close', () => bomb.destroy());
    for (let n = 0; n < 256; n += 1) bomb.write(SPACES);
  },
  'a form': ({ socket }) => {
    const type = 'application/x-www-form-urlencoded';
    socket.write(`${head({ 'content-type': type, 'content-length': '3', connection: 'close' })}a=1`);
  },
  'no type': ({ socket }) => {
    socket.write(`${head({ 'content-type': '', 'content-length': '2', connection: 'close' })}{}`);
  },
  'no signature': ({ socket }) => {
    socket.write(head({ 'webhook-signature': 'v1,', 'content-length': '10' }));
  },
  'headers without end': (line) => {
    line.socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\nx: ');
    pour(line, Buffer.alloc(64 * 1024, 'x'), 16 * MIB);
  },
  'a thousand headers': ({ socket }) => {
    const many = Array.from({ length: 4_000 }, (_, n) => `x-${String(n)}: y\r\n`).join('');
    socket.write(`GET /healthz HTTP/1.1\r\nhost: a\r\n${many}connection: close\r\n\r\n`);
  },
  'another protocol': ({ socket }) => {
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
  },
  'a length beside chunks': ({ socket }) => {
    socket.write(head({ 'content-length': '1', 'transfer-encoding': 'chunked' }));
  },
  'a hundred at once on one line': ({ socket }) => {
    const one = `${head({ 'content-length': '2' })}{}`;
    const last = `${head({ 'content-length': '2', connection: 'close' })}{}`;
    socket.write(one.repeat(99) + last);
  },
  'gone in the middle': ({ socket }) => {
    socket.write(`${head({ 'content-length': '1000' })}{"a"`, () => socket.resetAndDestroy());
  },
  'half closed': ({ socket }) => {
    socket.write(`${head({ 'content-length': '1000' })}{"a"`);
    socket.end();
  },
};

/** Bad requests do not wait for each other, but a few at a time are enough. */
const AT_ONCE = 8;
const BAD_PATIENCE_MS = 20_000;

async function attack({ url, slow, patience_ms, each }: Order): Promise<Ended[]> {
  const begin = (kind: string, how: (line: Line) => void): Line => {
    const line = dial(url);
    line.socket.on('connect', () => how(line));
    return line;
  };
  const kinds = Object.entries(SLOW);
  const waiting = Array.from({ length: slow }, async (_, n) => {
    const [kind, how] = kinds[n % kinds.length] ?? ['', () => undefined];
    return over(kind, begin(kind, how), patience_ms);
  });
  process.send?.({ dialled: true });
  const bad = Array.from({ length: each }).flatMap(() => Object.entries(BAD));
  const ended: Ended[] = [];
  const worker = async () => {
    for (let next = bad.shift(); next; next = bad.shift()) {
      const [kind, how] = next;
      ended.push(await over(kind, begin(kind, how), BAD_PATIENCE_MS));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return [...ended, ...(await Promise.all(waiting))];
}

process.on('message', (order: Order) => {
  void attack(order).then((ended) => process.send?.({ ended }));
});
