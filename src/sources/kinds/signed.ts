import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import { defineSource } from '../define.ts';
import { NOTHING } from '../facts.ts';
import type { Body } from '../port.ts';
import { instant, verifyStandard } from '../standard.ts';

const Path = z
  .string()
  .regex(/^\$(?:\.[A-Za-z0-9_-]{1,80}){1,8}$/, 'This is the place of a value, such as "$.data.type".');

export const SignedSettings = z.strictObject({
  topic: Path.default('$.type').describe('Where a webhook says what happened.'),
  occurred_at: Path.default('$.timestamp').describe('Where it says when, as ISO 8601 or seconds since 1970.'),
});

function at(path: string, body: Body): Json | undefined {
  return path
    .slice(2)
    .split('.')
    .reduce<Json | undefined>(
      (value, step) =>
        value !== null && typeof value === 'object' && !Array.isArray(value) && Object.hasOwn(value, step)
          ? value[step]
          : undefined,
      body,
    );
}

function when(value: Json | undefined): number | null {
  if (typeof value === 'number') return value > 0 && value < 1e11 ? Math.floor(value * 1000) : null;
  return typeof value === 'string' ? instant(value) : null;
}

/** Any system that signs by Standard Webhooks: whole exports, and webhooks that its rules map. */
export const signed = defineSource({
  kind: 'signed',
  secret: 'signing',
  reconciles: false,
  settings: SignedSettings,
  naming: () => ({ channels: [], locations: {} }),
  create: ({ topic, occurred_at }, context) => ({
    verify: async (headers, body) => verifyStandard(headers, body, context.keys, context.clock.now()),
    open(_claim, body) {
      const told = at(topic, body);
      if (typeof told !== 'string' || told === '' || told.length > 200) {
        return { wrong: `The topic should be a text of at most 200 characters at "${topic}".` };
      }
      const written = at(occurred_at, body);
      const happened = written === undefined ? context.clock.now() : when(written);
      if (happened === null)
        return { wrong: `"${occurred_at}" should be an instant such as 2026-11-24T09:00:00Z.` };
      return { topic: told, at: happened };
    },
    read: () => NOTHING,
    fetch: async () => ({ kind: 'failed', reason: 'Nothing is to be fetched from a source of this kind.' }),
    streams: [],
    close: async () => {},
  }),
});
