import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import { type Actor, actAs } from '../../../sandbox/client.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import type { Message } from '../../../sandbox/ui-contract.ts';
import { createSlack, interactiveOptions, type SlackInput } from '../../../src/bot/app.ts';
import { approvalCard } from '../../../src/bot/card.ts';
import { createLinker } from '../../../src/bot/link.ts';
import { systemClock, systemIds } from '../../../src/clock.ts';
import { decide } from '../../../src/exports/decide.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import type { Directory, Person, RoleEntry } from '../../../src/exports/ownership.ts';
import { isRefusal } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import type { Role } from '../../../src/exports/words.ts';
import { createCampaignDesk } from '../../../src/flow/campaigns/desk.ts';
import { createDesk } from '../../../src/flow/desk.ts';
import { receive } from '../../../src/flow/intake.ts';
import type { Desk } from '../../../src/flow/ports.ts';
import { openRoster } from '../../../src/flow/roster.ts';
import { contextOf, type Flow } from '../../../src/flow/settings.ts';
import { type HandlerDeps, registerHandlers, type UserChange } from '../../../src/handlers/index.ts';
import { openLedger } from '../../../src/store/index.ts';
import { catalog, guid, type ProbeValues, rawProbe } from '../../support/core.ts';
import { quietLog } from '../bot-input/quiet-log.ts';

export const TEAM = 'T01NORTHWIND';
export const CHANNEL = 'C02PROMO';

/** Slack accounts of the sandbox's people, as this directory knows them. */
export const PRIYA = 'U01PRIYA';
export const DANIEL = 'U02DANIEL';
export const MEI = 'U03MEI';
export const HANNAH = 'U07HANNAH';
export const OMAR = 'U08OMAR';
export const ELI = 'U12ELI';
export const SOFIA = 'U13SOFIA';
export const GUEST = 'U14GIL';

const NAMES: Record<string, string> = {
  [PRIYA]: 'Priya Raman',
  [DANIEL]: 'Daniel Ortiz',
  [MEI]: 'Mei Tanaka',
  [HANNAH]: 'Hannah Lindqvist',
  [OMAR]: 'Omar Haddad',
  [ELI]: 'Eli Brooks',
  [SOFIA]: 'Sofia Marin',
  [GUEST]: 'Gil Ferreira',
};

export const idOf = (user: string) => guid(Number(user.slice(1, 3)));

function personOf(user: string, backup: string | null = null): Person {
  const name = NAMES[user] ?? user;
  const [first = ''] = name.toLowerCase().split(' ');
  return {
    id: idOf(user),
    name,
    email: `${first}@northwind.example`,
    slack: null,
    time_zone: 'UTC',
    calendar: null,
    backup: backup === null ? null : idOf(backup),
    active: true,
  };
}

const role = (owner: string, ...others: string[]): RoleEntry => ({
  members: [owner, ...others].map(idOf),
  channel: CHANNEL,
  default_owner: idOf(owner),
});

function northwindDirectory(): { people: Map<string, Person>; directory: Directory } {
  const everyone = [
    personOf(PRIYA, DANIEL),
    ...[DANIEL, HANNAH, OMAR, ELI, SOFIA, GUEST].map((u) => personOf(u)),
  ];
  const people = new Map(everyone.map((person) => [person.id, person]));
  const roles = new Map<Role, RoleEntry>([
    ['marketing_ops', role(PRIYA, DANIEL)],
    ['operations', role(HANNAH, OMAR)],
    ['supply_chain', role(OMAR)],
    ['remediation', role(ELI)],
  ]);
  return {
    people,
    directory: {
      people,
      roles,
      on_call: { channel: CHANNEL, people: [], user_group: null },
      away: new Map(),
      covers: new Map(),
    },
  };
}

export type Bench = {
  sandbox: Sandbox;
  slack: SlackInput;
  desk: Desk;
  changes: UserChange[];
  people: Map<string, Person>;
  as: (user: string) => Actor;
  /** Takes an export in, shows its card in the channel, and gives both. */
  arrive: (payload?: ProbeValues, more?: { [key: string]: Json }) => Promise<{ id: string; card: Message }>;
  state: (id: string) => Promise<Export>;
  /** Shows the card of an export as it is now. */
  show: (id: string) => Promise<Message>;
  /** What only this person was told in the channel. */
  told: (user: string) => string[];
  /** Has a sink complain, as the core does it. */
  trouble: (id: string, code: string) => Promise<void>;
  close: () => Promise<void>;
};

/** Real Bolt, the real desk over a real ledger, and the sandbox as Slack; no outbox. */
export async function openBench(change: { desk?: (desk: Desk) => Desk } = {}): Promise<Bench> {
  const sandbox = await startSandbox({ manifest: 'manifest.yml' });
  const folder = await mkdtemp(join(tmpdir(), 'handlers-'));
  const clock = systemClock;
  const ids = systemIds(clock);
  const log = quietLog();
  const ledger = await openLedger({ file: join(folder, 'meshline.db'), clock, ids });
  const { people, directory } = northwindDirectory();
  const flow: Flow = {
    ledger,
    clock,
    ids,
    catalog,
    settings: () => ({
      directory,
      policies: new Map([['probe', { routes: ['oms'] }]]),
      sources: new Map([['erp', { types: null, can_refetch: false }]]),
      sinks: [{ name: 'oms', accepts: () => true }],
    }),
    log,
  };
  const client = new WebClient(sandbox.botToken, interactiveOptions(sandbox.apiUrl));
  const linker = createLinker({
    client,
    directory: () => directory,
    named: new Map(),
    remember: (id, slack) => {
      const person = people.get(id);
      if (person) people.set(id, { ...person, slack });
      return Promise.resolve();
    },
    clock,
    log,
  });
  const real = createDesk(flow, (account) => linker.personOf(account));
  const desk = change.desk?.(real) ?? real;
  const changes: UserChange[] = [];
  const deps: HandlerDeps = {
    desk,
    campaigns: createCampaignDesk(flow, { sink: () => null }),
    owners: await openRoster(directory, new Map(), ledger, clock),
    catalog,
    homes: { shown: () => {}, owed: () => {} },
    clock,
    log,
    firstSeen: async (id) => (await ledger.firstSeen('slack', id, '', clock.now(), 600_000)) === 'new',
    onUserChange: (seen) => {
      changes.push(seen);
      return Promise.resolve();
    },
    onLost: async (place) => void (await ledger.lost(place, clock.now())),
  };
  const slack = createSlack({
    botToken: sandbox.botToken,
    appToken: sandbox.appToken,
    signingSecret: null,
    apiUrl: sandbox.apiUrl,
    clock,
    ids,
    log,
    register: (app) => registerHandlers(app, deps),
  });
  await slack.start();
  let sent = 0;

  const bench: Bench = {
    sandbox,
    slack,
    desk,
    changes,
    people,
    as: (user) => actAs(sandbox.url, user),
    async arrive(payload = {}, more = {}) {
      sent += 1;
      const raw = rawProbe(
        { subject: `subject-${sent}`, ...payload },
        { idempotency_key: `key-${sent}`, ...more },
        clock.now(),
      );
      const result = await receive(flow, 'erp', raw, `key-${sent}`);
      if (result.kind !== 'stored') throw new Error(`The export was not stored: ${result.kind}`);
      const { id } = result.committed.after;
      return { id, card: await bench.show(id) };
    },
    async state(id) {
      const state = await ledger.get(id);
      if (!state) throw new Error(`There is no export ${id}.`);
      return state;
    },
    async show(id) {
      const shown = await desk.show(id);
      if (isRefusal(shown)) throw new Error(shown.refused);
      const posted = await client.chat.postMessage({
        channel: CHANNEL,
        ...approvalCard(shown, catalog, shown.state.route.channel),
      });
      const messages = await actAs(sandbox.url, PRIYA).messages(CHANNEL);
      const card = messages.find((message) => message.ts === posted.ts);
      if (!card) throw new Error('The card was not posted.');
      return card;
    },
    told: (user) =>
      sandbox.control
        .ephemerals(CHANNEL)
        .filter((m) => m.ephemeral_to === user)
        .map((m) => m.text),
    async trouble(id, code) {
      const raised = {
        do: 'raise_exception',
        sink: 'oms',
        code,
        message: 'It broke.',
        metadata: {},
      } as const;
      const done = await ledger.update(id, clock.now(), (state) => decide(state, raised, contextOf(flow)));
      if (isRefusal(done)) throw new Error(done.refused);
    },
    async close() {
      await slack.stop();
      await sandbox.close();
      await ledger.close();
      await rm(folder, { recursive: true });
    },
  };
  return bench;
}
