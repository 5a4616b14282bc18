import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Resolver } from '../../../src/sinks/egress.ts';
import type { Seen } from '../../unit/sinks/far-side.ts';

/** Everything that must never come out again has this in it. */
export const CANARY = 'canary';

export type Behave = (response: ServerResponse, seen: Seen) => void;
/** What an honest far side says to a path, such as a token; null where it turns hostile. */
export type Honest = (path: string) => object | null;

/** A far side that counts connections and bytes, is honest to some paths and hostile to the rest. */
export async function hostileSide(behave: Behave, honest: Honest = () => null) {
  const seen: Seen[] = [];
  let connections = 0;
  /** Answers with the hostile behaviour only. */
  let answered = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const one = { method, path, headers, body: Buffer.concat(chunks).toString('utf8') };
      seen.push(one);
      const said = honest(path);
      if (said) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
        return;
      }
      answered += 1;
      behave(response, one);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${String(port)}`,
    seen,
    connections: () => connections,
    hostile: () => answered,
  };
}

/** Redirects to the same path on another host. */
export const redirect =
  (status: number, to: string): Behave =>
  (response, { path }) =>
    response.writeHead(status, { location: `${to}${path}`, 'content-type': 'application/json' }).end('{}');

/** An answer without an end. `sent` is told how many bytes the other side let it write before it hung up. */
export const endless =
  (status: number, sent: (bytes: number) => void): Behave =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    const part = Buffer.alloc(256 * 1024, ' ');
    let bytes = 0;
    const pour = () => {
      while (!response.destroyed) {
        bytes += part.length;
        if (!response.write(part)) return void response.once('drain', pour);
      }
    };
    response.on('close', () => sent(bytes));
    pour();
  };

/** Gives back all that it was told, in every place that is read. */
export const echo =
  (status: number, known: readonly string[]): Behave =>
  (response, seen) => {
    const all = `${JSON.stringify(seen.headers)} ${seen.body} ${known.join(' ')}`;
    const said = { code: all, error_code: all, message: all, detail: all, title: all };
    const headers = {
      'content-type': 'application/json',
      location: `https://${known[0] ?? 'x'}.example/?t=${known.join('.')}`,
      'retry-after': known[0] ?? '',
      'x-shopify-api-version': known[0] ?? '',
    };
    response.writeHead(status, headers).end(
      JSON.stringify({
        ...said,
        reference: all,
        exception_metadata: { [CANARY]: all },
        error: { ...said, errors: [said] },
        errors: [{ ...said, extensions: { code: all } }],
        output: { alerts: [said] },
        data: null,
        labels: null,
      }),
    );
  };

/** Every name is at this address. */
export function always(address: string): Resolver {
  return (_, done) => done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
}

/** What a name of the Internet must not turn out to be. */
export const PRIVATE_ADDRESSES = [
  '10.0.0.7',
  '127.0.0.1',
  '192.168.1.9',
  '100.64.0.1',
  '::1',
  'fd12:3456::1',
  '::ffff:10.0.0.7',
  '::ffff:127.0.0.1',
] as const;
/** What nothing may be, whatever the configuration allows. */
export const FORBIDDEN_ADDRESSES = [
  '169.254.169.254',
  '::ffff:169.254.169.254',
  '0.0.0.0',
  'fe80::1',
] as const;
