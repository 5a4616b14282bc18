import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { defineSource } from '../../src/sources/define.ts';
import { NOTHING } from '../../src/sources/facts.ts';
import { SOURCE_KINDS } from '../../src/sources/registry.ts';
import { post } from '../support/hooks.ts';
import { type House, openHouse } from '../support/house.ts';

/** A platform that nobody has: it "signs" with a password in a header. */
const telegraph = defineSource({
  kind: 'telegraph',
  secret: 'other',
  reconciles: false,
  settings: z.strictObject({ office: z.string() }),
  create: ({ office }, { secrets }) => ({
    verify: async (headers) =>
      secrets.includes(String(headers['x-password']))
        ? { id: String(headers['x-wire']), event: null, topic: `wire/${office}`, at: null }
        : { refused: 'hook_not_genuine', facts: {} },
    open: ({ topic }) => ({ topic: topic ?? '', at: Date.now() }),
    read: () => NOTHING,
    fetch: async () => ({ kind: 'ok', value: [] }),
    streams: [],
    close: async () => {},
  }),
});

let house: House;
beforeEach(async () => {
  house = await openHouse({
    env: { TELEGRAPH_SECRET: 'stop' },
    sourceKinds: [...SOURCE_KINDS, telegraph],
    configure(file) {
      file.sources['wire'] = {
        kind: 'telegraph',
        secret_env: 'TELEGRAPH_SECRET',
        settings: { office: 'berlin' },
        rules: [
          {
            when: 'topic',
            topic: 'wire/*',
            then: 'exception_notify',
            exception_code: 'order_not_found',
            with: {
              severity: 'low',
              summary: '$.words',
              affected: [{ kind: 'order', reference: '$.order' }],
              first_seen: '2026-11-01T00:00:00Z',
              occurrences: 1,
            },
          },
        ],
      };
    },
  });
});
afterEach(() => house.close());

it('takes a kind that is one file and one line of the registry through everything', async () => {
  const hook = {
    body: JSON.stringify({ words: 'No such order', order: '7' }),
    headers: { 'content-type': 'application/json', 'x-password': 'stop', 'x-wire': '1' },
  };
  expect((await post(house.meshline.url, 'wire', hook)).status).toBe(202);
  const made = () => house.meshline.flow.ledger.list({ source: 'wire', limit: 5 });
  await expect.poll(made).toHaveLength(1);
  expect((await made())[0]).toMatchObject({ export_type: 'exception_notify', status: 'pending' });
});
