import type { ServerResponse } from 'node:http';
import type { Change } from './ui-contract.ts';

type Listener = { user: string; response: ServerResponse; queued: Set<string> };

/** Tells open pages what changed. Repeats within one turn of the event loop are sent once. */
export class Changes {
  #listeners = new Set<Listener>();

  listen(user: string, response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    });
    response.write(': open\n\n');
    const listener: Listener = { user, response, queued: new Set() };
    this.#listeners.add(listener);
    response.on('close', () => this.#listeners.delete(listener));
  }

  /** `to` limits who hears it; without it everyone does. */
  tell(change: Change, to?: readonly string[]): void {
    if (this.#listeners.size === 0) return;
    const line = JSON.stringify(change);
    for (const listener of this.#listeners) {
      if (to && !to.includes(listener.user)) continue;
      if (listener.queued.size === 0) setImmediate(() => this.#flush(listener));
      listener.queued.add(line);
    }
  }

  close(): void {
    for (const listener of this.#listeners) listener.response.end();
    this.#listeners.clear();
  }

  #flush(listener: Listener): void {
    const lines = [...listener.queued];
    listener.queued.clear();
    if (!listener.response.writableEnded)
      listener.response.write(lines.map((l) => `data: ${l}\n\n`).join(''));
  }
}
