import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How a far side behaves. What ends with "after" has had its effect by then. */
export const WEATHER = [
  'up',
  'refused',
  'fail_503',
  'reset',
  'hang',
  'html',
  'garbage',
  'reset_after',
  'hang_after',
  'broken_after',
  'garbage_after',
] as const;
export type Weather = (typeof WEATHER)[number];

const GARBAGE = [
  '<!doctype html><h1>Sign in</h1>',
  '{"ok":tru',
  '\u0000\u0001\u0002',
  'OK',
  '[1,2',
  '\ufeff{',
];

/**
 * A system that carries out whatever it is sent, as often as it is sent, and remembers each time: it
 * forgives no repeat. What was carried out can be looked up while it answers at all.
 */
export class FarSide {
  weather: Weather = 'up';
  /** How often each key was carried out. */
  readonly effects = new Map<string, number>();
  /** Pushes that arrived, whatever became of them. */
  calls = 0;
  lookups = 0;
  /** Calls that are left without an answer. */
  hanging = 0;
  /** Answers a push of this key in its own way, in every weather. */
  poison: ((response: ServerResponse, key: string) => boolean) | null = null;
  #server: Server | null = null;
  #port = 0;
  #turn = 0;

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  async open(): Promise<void> {
    const server = createServer((request, response) => void this.#serve(request, response));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async become(weather: Weather): Promise<void> {
    this.weather = weather;
    if (weather === 'refused') await this.close();
    else if (!this.#server) await this.open();
  }

  async close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    server?.closeAllConnections();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    const path = request.url ?? '';
    for await (const _ of request);
    if (path.startsWith('/effects/')) return this.#lookUp(decodeURIComponent(path.slice(9)), response);
    const key = String(request.headers['webhook-id']);
    this.calls += 1;
    if (this.poison?.(response, key) === true) return;
    const { weather } = this;
    if (weather === 'up' || weather.endsWith('_after')) {
      this.effects.set(key, (this.effects.get(key) ?? 0) + 1);
    }
    this.#answer(weather, response);
  }

  #lookUp(key: string, response: ServerResponse): void {
    this.lookups += 1;
    if (this.weather !== 'up' && !this.weather.endsWith('_after'))
      return this.#answer(this.weather, response);
    const there = this.effects.has(key);
    response
      .writeHead(there ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ found: there }));
  }

  #answer(weather: Weather, response: ServerResponse): void {
    const ok = (body: string, type = 'application/json') =>
      void response.writeHead(200, { 'content-type': type }).end(body);
    switch (weather) {
      case 'up':
        return ok('{"ok":true}');
      case 'refused':
      case 'reset':
      case 'reset_after':
        response.socket?.resetAndDestroy();
        return;
      case 'fail_503':
        response.writeHead(503).end('{}');
        return;
      case 'hang':
      case 'hang_after':
        this.hanging += 1;
        response.once('close', () => {
          this.hanging -= 1;
        });
        return;
      case 'html':
        return ok('<!doctype html><title>Maintenance</title>', 'text/html');
      case 'garbage':
      case 'garbage_after':
        this.#turn += 1;
        return ok(GARBAGE[this.#turn % GARBAGE.length] ?? '');
      case 'broken_after':
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
        response.write('{"ok":true', () => response.socket?.destroy());
        return;
    }
  }
}
