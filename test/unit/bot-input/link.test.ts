import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../sandbox/index.ts';
import { interactiveOptions } from '../../../src/bot/app.ts';
import { createLinker, type Linker, type SlackAccount } from '../../../src/bot/link.ts';
import type { Directory, Person } from '../../../src/exports/ownership.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { quietLog } from './quiet-log.ts';

const TEAM = 'T01NORTHWIND';

let sandbox: Sandbox;
let people: Map<string, Person>;
let clock: ManualClock;
let linker: Linker;
let named: Map<string, string>;

function person(id: string, email: string, slack: SlackAccount | null = null, active = true): Person {
  return { id, name: id, email, slack, time_zone: 'UTC', calendar: null, backup: null, active };
}

function know(...known: Person[]): void {
  for (const each of known) people.set(each.id, each);
}

function lookUps(method: string): number {
  return sandbox.control.calls({ method }).length;
}

beforeEach(async () => {
  sandbox = await startSandbox({ manifest: 'manifest.yml' });
  people = new Map();
  named = new Map();
  clock = new ManualClock();
  const directory = (): Directory => ({
    people,
    roles: new Map(),
    on_call: { channel: '', people: [], user_group: null },
    away: new Map(),
    covers: new Map(),
  });
  linker = createLinker({
    client: new WebClient(sandbox.botToken, interactiveOptions(sandbox.apiUrl)),
    directory,
    named,
    remember: (id, slack) => {
      const known = people.get(id);
      if (known) people.set(id, { ...known, slack });
      return Promise.resolve();
    },
    clock,
    log: quietLog(),
    burst: 2,
  });
});

afterEach(() => sandbox.close());

describe('who a Slack account belongs to', () => {
  it('links by e-mail at the first meeting, whatever its case, and asks Slack no more', async () => {
    know(person('priya', 'Priya@Northwind.Example'));
    const account = { team: TEAM, user: 'U01PRIYA' };
    expect(await linker.personOf(account)).toBe('priya');
    expect(people.get('priya')?.slack).toEqual(account);
    expect(await linker.personOf(account)).toBe('priya');
    expect(lookUps('users.info')).toBe(1);
  });

  it('asks Slack once for many clicks at the same moment', async () => {
    know(person('priya', 'priya@northwind.example'));
    const all = await Promise.all(
      Array.from({ length: 50 }, () => linker.personOf({ team: TEAM, user: 'U01PRIYA' })),
    );
    expect(new Set(all)).toEqual(new Set(['priya']));
    expect(lookUps('users.info')).toBe(1);
  });

  it('refuses guests, bots, deactivated accounts and strangers', async () => {
    know(
      person('gil', 'gil@brightside.example'),
      person('vera', 'vera@northwind.example'),
      person('mei', 'mei@northwind.example'),
    );
    const unknown = { refused: 'unknown_person' };
    expect(await linker.personOf({ team: TEAM, user: 'U14GIL' })).toMatchObject(unknown);
    expect(await linker.personOf({ team: TEAM, user: 'U15VERA' })).toMatchObject(unknown);
    expect(await linker.personOf({ team: TEAM, user: 'U01PRIYA' })).toMatchObject(unknown);
    expect(await linker.personOf({ team: TEAM, user: 'UNOBODY' })).toMatchObject(unknown);
    expect(await linker.personOf({ team: 'T9OTHER', user: 'U03MEI' })).toMatchObject(unknown);
  });

  it('lets a guest in whom the directory names by account', async () => {
    know(person('gil', 'gil@brightside.example', { team: TEAM, user: 'U14GIL' }));
    expect(await linker.personOf({ team: TEAM, user: 'U14GIL' })).toBe('gil');
  });

  it('refuses an address that two people share, and one whose person has another account', async () => {
    know(person('a', 'priya@northwind.example'), person('b', 'PRIYA@northwind.example'));
    know(person('mei', 'mei@northwind.example', { team: TEAM, user: 'UOLD' }));
    expect(await linker.personOf({ team: TEAM, user: 'U01PRIYA' })).toMatchObject({
      refused: 'unknown_person',
    });
    expect(await linker.personOf({ team: TEAM, user: 'U03MEI' })).toMatchObject({
      refused: 'unknown_person',
    });
    expect(people.get('mei')?.slack?.user).toBe('UOLD');
  });

  it('tells a person deactivated in the directory so', async () => {
    know(person('priya', 'priya@northwind.example', { team: TEAM, user: 'U01PRIYA' }, false));
    expect(await linker.personOf({ team: TEAM, user: 'U01PRIYA' })).toMatchObject({
      refused: 'inactive_person',
    });
  });

  it('asks Slack about a stranger once a minute at most', async () => {
    const account = { team: TEAM, user: 'U01PRIYA' };
    await linker.personOf(account);
    await linker.personOf(account);
    expect(lookUps('users.info')).toBe(1);
    know(person('priya', 'priya@northwind.example'));
    clock.advance(60_000);
    expect(await linker.personOf(account)).toBe('priya');
  });

  it('fails closed while Slack cannot be asked, and recovers at once', async () => {
    know(person('priya', 'priya@northwind.example'));
    sandbox.control.revokeTokens(true);
    const account = { team: TEAM, user: 'U01PRIYA' };
    expect(await linker.personOf(account)).toMatchObject({ refused: 'unknown_person' });
    sandbox.control.revokeTokens(false);
    expect(await linker.personOf(account)).toBe('priya');
  });

  it('links everybody at the start, slowly after a first few, leaving out who has no full account', async () => {
    know(
      person('priya', 'priya@northwind.example'),
      person('mei', 'mei@northwind.example'),
      person('nobody', 'nobody@northwind.example'),
      person('gil', 'gil@brightside.example'),
      person('gone', 'omar@northwind.example', null, false),
    );
    let done = false;
    const all = linker.linkAll().finally(() => {
      done = true;
    });
    await expect.poll(() => lookUps('users.lookupByEmail')).toBe(2);
    expect(done).toBe(false);
    await expect
      .poll(() => {
        clock.advance(1_300);
        return done;
      })
      .toBe(true);
    expect(lookUps('users.lookupByEmail')).toBe(4);
    await all;
    const linked = [...people.values()].filter((each) => each.slack !== null).map((each) => each.id);
    expect(linked).toEqual(['priya', 'mei']);
  });

  it('links whom the configuration names by account, guests too, and never by their address', async () => {
    know(person('gil', 'gil@brightside.example'), person('mei', 'mei@northwind.example'));
    named.set('gil', 'U14GIL').set('mei', 'UELSE');
    expect(await linker.personOf({ team: TEAM, user: 'U14GIL' })).toBe('gil');
    expect(await linker.personOf({ team: 'T9OTHER', user: 'U14GIL' })).toMatchObject({
      refused: 'unknown_person',
    });
    expect(await linker.personOf({ team: TEAM, user: 'U03MEI' })).toMatchObject({
      refused: 'unknown_person',
    });
    expect(lookUps('auth.test')).toBe(1);
  });
});
