import { systemClock, systemIds } from '../../../src/clock.ts';
import type { PushRequest } from '../../../src/sinks/port.ts';
import { createSinks } from '../../../src/sinks/registry.ts';

/** A process of its own that pushes once to the address it is given, whatever its environment says. */
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const sink = createSinks(
  [
    {
      name: 'far',
      kind: 'webhook',
      settings: { url: process.argv[2], allow_private: true },
      secrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`],
    },
  ],
  { clock: systemClock, ids: systemIds(systemClock), log: silent, version: '0.0.0' },
).get('far');
const push: PushRequest = {
  key: 'push:1:prices:far',
  sink: 'far',
  operation: 'price.set',
  body: {},
  attempt: 1,
  aliases: {},
  cursor: null,
  facts: {},
  export: {
    export_id: '01930000-0000-7000-8000-000000000001',
    export_type: 'price_update',
    intent: 'publish_live',
    campaign_id: null,
    revision: 1,
    hash: 'a'.repeat(64),
    occurred_at: '2026-11-24T08:00:00.000Z',
    refresh: {},
    accepted_by: [],
  },
};
const outcome = await sink?.push(push);
process.exit(outcome?.kind === 'delivered' ? 0 : 1);
