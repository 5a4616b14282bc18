import type { IncomingHttpHeaders } from 'node:http';
import type { Json } from '../../../src/exports/envelope.ts';

export type JsonObject = { [key: string]: Json };

/** A call as it came; `json` is empty where the body is none. */
export type Asked = {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  json: JsonObject;
};

export type Said = { status: number; body: Json; headers?: Record<string, string> };

/** What a carrier does with a call for a token, and with one that has a token; null where it knows no such call. */
export type Carrier = { token: (asked: Asked) => Said; answer: (asked: Asked) => Said | null };

/** What stands below these keys and places; undefined where nothing does. */
export function at(value: Json | undefined, ...steps: (string | number)[]): Json | undefined {
  let here = value;
  for (const step of steps) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Array.isArray(here) ? here[Number(step)] : here[String(step)];
  }
  return here;
}

export function text(value: Json | undefined, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}

export function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
