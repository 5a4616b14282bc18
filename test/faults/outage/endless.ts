import type { ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';

export const MIB = 1024 * 1024;
const WHOLE = 400 * MIB;

/** An answer that is too long or never ends; `poured` is told every byte that was let go. */
export type Endless = {
  name: string;
  ends: 'by size' | 'by time';
  answer(response: ServerResponse, poured: (bytes: number) => void): void;
};

const HEAD = { 'content-type': 'application/json' };
const SPACES = Buffer.alloc(256 * 1024, ' ');

/** Writes as long as the other side takes it in. */
function pour(
  response: ServerResponse,
  poured: (bytes: number) => void,
  most = Number.POSITIVE_INFINITY,
): void {
  let sent = 0;
  const go = () => {
    while (!response.destroyed && sent < most) {
      sent += SPACES.length;
      poured(SPACES.length);
      if (!response.write(SPACES)) return void response.once('drain', go);
    }
    if (!response.destroyed) response.end();
  };
  response.on('error', () => undefined);
  go();
}

/** Some bytes now and then, for as long as the connection stands. */
function drip(response: ServerResponse, piece: () => void): void {
  const timer = setInterval(piece, 5);
  response.on('error', () => undefined);
  response.on('close', () => clearInterval(timer));
}

export const ENDLESS: readonly Endless[] = [
  {
    name: '400 MB with its length',
    ends: 'by size',
    answer(response, poured) {
      response.writeHead(200, { ...HEAD, 'content-length': String(WHOLE) });
      pour(response, poured, WHOLE);
    },
  },
  {
    name: '400 MB in chunks',
    ends: 'by size',
    answer(response, poured) {
      response.writeHead(200, HEAD);
      pour(response, poured, WHOLE);
    },
  },
  {
    name: 'chunks without end',
    ends: 'by size',
    answer(response, poured) {
      response.writeHead(200, { ...HEAD, 'transfer-encoding': 'chunked' });
      pour(response, poured);
    },
  },
  {
    name: 'a gzip bomb that nobody asked for',
    ends: 'by size',
    answer(response, poured) {
      response.writeHead(200, { ...HEAD, 'content-encoding': 'gzip' });
      const bomb = createGzip({ level: 1 });
      bomb.on('data', (part: Buffer) => {
        poured(part.length);
        if (!response.write(part)) bomb.pause();
      });
      response.on('drain', () => bomb.resume());
      response.on('error', () => undefined);
      const feed = () => {
        if (response.destroyed) return void bomb.destroy();
        while (!response.destroyed && bomb.write(SPACES));
        bomb.once('drain', feed);
      };
      bomb.on('error', () => undefined);
      feed();
    },
  },
  {
    name: 'a body that drips for ever',
    ends: 'by time',
    answer(response, poured) {
      response.writeHead(200, HEAD);
      response.write('{"ok":');
      drip(response, () => {
        poured(1);
        response.write(' ');
      });
    },
  },
  {
    name: 'a header that drips for ever',
    ends: 'by time',
    answer(response, poured) {
      const socket = response.socket;
      socket?.on('error', () => undefined);
      socket?.write('HTTP/1.1 200 OK\r\nx-drip: ');
      const timer = setInterval(() => {
        poured(1);
        socket?.write('x');
      }, 5);
      socket?.on('close', () => clearInterval(timer));
    },
  },
  {
    name: 'early hints without end',
    ends: 'by time',
    answer(response, poured) {
      const socket = response.socket;
      socket?.on('error', () => undefined);
      const timer = setInterval(() => {
        poured(1);
        socket?.write('HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n');
      }, 5);
      socket?.on('close', () => clearInterval(timer));
    },
  },
];
