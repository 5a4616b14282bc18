import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../src/clock.ts';
import type { Json } from '../../src/exports/envelope.ts';
import { readBody } from '../request.ts';
import type { Holding, SinkState } from '../ui-contract.ts';
import type { Asked, JsonObject, Said } from './carriers/carrier.ts';
import { Loopback, sendJson } from './loopback.ts';
import type { Effect } from './sink.ts';

/** What a call is, as far as the page shows it. */
export type Heard = {
  operation: string;
  /** By what the caller knows it; empty where by nothing. */
  key: string;
  /** It changes something. */
  writes: boolean;
  /** Carried out already under the same key. */
  repeat: boolean;
  shown: unknown;
};

/** A system that a far side plays. */
export type Played = {
  name: string;
  title: string;
  /** What it plays, and that it does so in part only. */
  note: string;
  key_label: string;
  modes: readonly { id: string; label: string }[];
  /** Null for an address it does not have. */
  hear(asked: Asked): Heard | null;
  /** What it says instead of doing it, in this mode; null where it does it. */
  instead(mode: string, asked: Asked, heard: Heard): Said | null;
  /** Does what is asked. */
  answer(asked: Asked): Said;
  /** A success that says no. */
  refuses(said: Said): boolean;
  holds(): Holding[];
  reset(): void;
};

/** Modes that every far side has: nobody is there, and the answer is lost once the effect is done. */
export const LOST = { id: 'lost_answer', label: 'Does it, then loses the answer' };
export const DOWN = { id: 'down', label: 'Down: nobody answers' };

const KEPT = 200;

/** Plays one system on 127.0.0.1, and keeps what it was asked. */
export class FarSide {
  readonly name: string;
  mode = 'ok';
  effects = new Map<string, Effect>();
  #played: Played;
  #received: SinkState['received'] = [];
  #clock: Clock;
  #report: (side: FarSide) => void;
  #server = new Loopback((request, response) => this.#serve(request, response));

  constructor(played: Played, clock: Clock, report: (side: FarSide) => void) {
    this.name = played.name;
    this.#played = played;
    this.#clock = clock;
    this.#report = report;
  }

  listen(port: number): Promise<string> {
    return this.#server.listen(port);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** False for a mode there is not. */
  behave(mode: string): boolean {
    if (!this.#played.modes.some(({ id }) => id === mode)) return false;
    this.mode = mode;
    return true;
  }

  state(): SinkState {
    const { name, title, note, key_label, modes } = this.#played;
    return {
      name,
      title,
      note,
      mode: this.mode,
      modes: modes.map((each) => ({ ...each })),
      key_label,
      received: this.#received,
      holds: this.#played.holds(),
    };
  }

  reset(): void {
    this.mode = 'ok';
    this.effects.clear();
    this.#received = [];
    this.#played.reset();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await readBody(request)).toString('utf8');
    const { method = '', url: path = '', headers } = request;
    const asked: Asked = { method, path, headers, body, json: jsonOf(body) };
    const heard = this.#played.hear(asked);
    if (!heard) return sendJson(response, 404, { message: 'This sample has no such address.' });
    if (this.mode === DOWN.id) {
      this.#note(heard, 0, false);
      response.destroy();
      return;
    }
    const instead = this.#played.instead(this.mode, asked, heard);
    const said = instead ?? this.#played.answer(asked);
    const refused = this.#played.refuses(said);
    const done = instead === null && heard.writes && said.status < 300 && !refused;
    if (done && !heard.repeat) this.#keep(heard);
    if (done && this.mode === LOST.id) {
      this.#note(heard, 0, false);
      response.destroy();
      return;
    }
    this.#note(heard, said.status, refused);
    sendJson(response, said.status, said.body, said.headers);
  }

  #keep({ key, operation, shown }: Heard): void {
    const name = this.effects.has(key) || key === '' ? `${key}#${this.effects.size + 1}` : key;
    this.effects.set(name, { key: name, at: this.#clock.now(), operation, body: shown });
  }

  #note({ key, operation, repeat, shown }: Heard, status: number, refused: boolean): void {
    const entry = { at: this.#clock.now(), id: key, operation, status, refused, repeat, body: shown };
    this.#received = [entry, ...this.#received].slice(0, KEPT);
    this.#report(this);
  }
}

/** An object, whether it came as JSON or as a form. */
function jsonOf(body: string): JsonObject {
  if (!body.startsWith('{')) return Object.fromEntries(new URLSearchParams(body));
  try {
    return JSON.parse(body) as { [key: string]: Json };
  } catch {
    return {};
  }
}
