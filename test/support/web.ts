import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { Webhook } from 'standardwebhooks';
import { createCatalog } from '../../src/exports/catalog.ts';
import type { IntakeResult } from '../../src/store/port.ts';
import type { Arrival, Limits, SinkAnswer, WebDeps } from '../../src/web/deps.ts';
import { createWeb } from '../../src/web/server.ts';
import { countingIds, ManualClock } from './manual-clock.ts';

/** 32 bytes each; nothing outside the tests uses them. */
export const PIM_SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
export const PIM_NEXT_SECRET = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
export const OMS_SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
export const READ_TOKEN = 'read-token-for-tests';

const keyOf = (secret: string) => Buffer.from(secret.slice('whsec_'.length), 'base64');

export type Running = {
  url: string;
  port: number;
  clock: ManualClock;
  /** What reached the flow, in order. */
  arrivals: Arrival[];
  answers: SinkAnswer[];
  log: () => string;
  close(): Promise<void>;
};

export type Setup = Partial<Omit<WebDeps, 'limits'>> & { limits?: Partial<Limits> };

/** The HTTP room on a free port, with a flow that stores everything and remembers delivery ids in memory. */
export async function startWeb(setup: Setup = {}): Promise<Running> {
  const clock = new ManualClock();
  const arrivals: Arrival[] = [];
  const answers: SinkAnswer[] = [];
  const lines: string[] = [];
  const seen = new Map<string, string>();
  const firstSeen = (scope: string, id: string, bodyHash: string) => {
    const key = `${scope} ${id}`;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, bodyHash);
    return before === undefined ? 'new' : before === bodyHash ? 'same' : 'other';
  };
  const unused = () => Promise.reject(new Error('not expected in this test'));
  const app = await createWeb({
    clock,
    ids: countingIds(),
    log: pino({ level: 'info' }, { write: (line: string) => lines.push(line) }),
    catalog: createCatalog(),
    reader: {
      get: async () => null,
      record: async () => null,
      events: async () => [],
      list: async () => [],
      tasks: unused,
      task: unused,
      desk: unused,
      deskCount: unused,
      digestCounts: unused,
      digestRows: unused,
      homesSince: unused,
      message: unused,
      messageAt: unused,
      newest: unused,
      outAfter: unused,
      directory: unused,
      directoryChanges: unused,
      aliases: unused,
      allAliases: unused,
      previewsWaitingFor: unused,
      campaign: unused,
      campaignEvents: unused,
      campaigns: unused,
      campaignsDue: unused,
      underWay: unused,
      due: unused,
      pulse: unused,
      vitals: unused,
    },
    firstSeen: async (scope, id, bodyHash) => firstSeen(scope, id, bodyHash),
    async receive(arrival): Promise<IntakeResult> {
      const { delivery } = arrival;
      if (delivery && firstSeen(delivery.scope, delivery.id, delivery.body_hash) === 'other') {
        return { kind: 'refused', refusal: { refused: 'replayed', facts: {} } };
      }
      arrivals.push(arrival);
      const id = `01930000-0000-7000-8000-${String(arrivals.length).padStart(12, '0')}`;
      return { kind: 'repeat', answer: { export_id: id, state: 'pending' } };
    },
    receiveBrief: unused,
    closeTask: unused,
    async raiseException(answer) {
      answers.push(answer);
      return { refused: 'not_found', facts: { export_id: answer.export_id } };
    },
    sources: new Map([
      ['pim', { keys: [keyOf(PIM_SECRET), keyOf(PIM_NEXT_SECRET)], tokens: [], types: [], scopes: [] }],
      ['bi', { keys: [], tokens: [READ_TOKEN], types: [], scopes: ['exports:read'] }],
      ['nosy', { keys: [], tokens: ['token-without-scope'], types: [], scopes: [] }],
    ]),
    sinks: new Map([['oms', { keys: [keyOf(OMS_SECRET)] }]]),
    health: async () => ({ ready: true, checks: [] }),
    metrics: new Registry(),
    ...setup,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    clock,
    arrivals,
    answers,
    log: () => lines.join(''),
    close: () => app.close(),
  };
}

export type Sending = {
  secret?: string;
  source?: string;
  id?: string;
  /** Milliseconds; the clock's own instant unless told. */
  at?: number;
  type?: string;
  headers?: Record<string, string>;
};

let deliveries = 0;

/** Headers signed by the reference library, as a sender makes them. */
export function signedHeaders(running: Running, body: string, sending: Sending = {}): Record<string, string> {
  deliveries += 1;
  const id = sending.id ?? `msg_${deliveries}`;
  const at = new Date(sending.at ?? running.clock.now());
  return {
    'content-type': sending.type ?? 'application/json',
    'meshline-source': sending.source ?? 'pim',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(sending.secret ?? PIM_SECRET).sign(id, at, body),
    ...sending.headers,
  };
}

export async function send(running: Running, body: string, sending: Sending = {}): Promise<Response> {
  const headers = signedHeaders(running, body, sending);
  return fetch(`${running.url}/v1/exports`, { method: 'POST', headers, body });
}
