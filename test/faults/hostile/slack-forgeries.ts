import { ACTION, MODAL } from '../../../src/bot/ids.ts';
import { PROMO_CHANNEL, TEAM } from '../../support/clicks.ts';
import { PEOPLE } from '../../support/house.ts';
import type { Chance } from '../town/chance.ts';
import { brokenBodies } from './bodies.ts';
import type { Knock } from './door.ts';
import { type Stage, USED_TRIGGER } from './forged-house.ts';
import { forgedSlackHeaders, slackHeaders } from './forged-slack.ts';

export type Kind = 'events_api' | 'interactive' | 'slash_commands';
/** What Slack would deliver, over either way in. */
export type Delivery = { why: string; kind: Kind; payload: Record<string, unknown> };

let used = 0;
const unused = (what: string) => `${what}.forged.${(used += 1)}`;

type Account = { id: string; team_id?: string };

/** Accounts that nobody of the directory has, or that it must not take for one of its people. */
const STRANGERS: readonly Account[] = [
  { id: 'U99STRANGER', team_id: TEAM },
  { id: 'U14GIL', team_id: TEAM },
  { id: 'U15VERA', team_id: TEAM },
  { id: 'USLACKBOT', team_id: TEAM },
  { id: 'B01MESHLINE', team_id: TEAM },
  { id: PEOPLE.priya.slack, team_id: 'T9OTHER' },
  { id: PEOPLE.hannah.slack, team_id: 'E01GRID' },
  { id: PEOPLE.priya.slack.toLowerCase(), team_id: TEAM },
  { id: `${PEOPLE.priya.slack} `, team_id: TEAM },
  { id: PEOPLE.priya.guid, team_id: TEAM },
  { id: 'priya', team_id: TEAM },
  { id: '__proto__', team_id: TEAM },
  { id: 'constructor', team_id: 'constructor' },
  { id: "U' OR '1'='1", team_id: TEAM },
];
const PRIYA: Account = { id: PEOPLE.priya.slack, team_id: TEAM };
/** Merchandising: knows nothing of promos and decides nothing about them. */
const MEI: Account = { id: PEOPLE.mei.slack, team_id: TEAM };

const click = (user: Account, action_id: string, value: unknown, more: object = {}): Delivery => ({
  why: `${action_id} by ${user.id} with ${JSON.stringify(value ?? null).slice(0, 40)}`,
  kind: 'interactive',
  payload: {
    type: 'block_actions',
    user: { ...user, username: user.id, name: user.id },
    team: { id: user.team_id ?? TEAM, domain: 'northwind' },
    api_app_id: 'A01',
    token: 'sandbox-verification',
    trigger_id: unused('click'),
    container: { type: 'message', message_ts: '1.1', channel_id: PROMO_CHANNEL, is_ephemeral: false },
    channel: { id: PROMO_CHANNEL, name: 'promo-approvals' },
    actions: [{ type: 'button', action_id, block_id: 'b', value, action_ts: '1.1' }],
    ...more,
  },
});

const submission = (
  user: Account,
  callback_id: string,
  private_metadata: string,
  values: object,
  type = 'view_submission',
): Delivery => ({
  why: `${callback_id} ${type} by ${user.id} with ${private_metadata.slice(0, 40)}`,
  kind: 'interactive',
  payload: {
    type,
    user,
    team: { id: user.team_id ?? TEAM },
    api_app_id: 'A01',
    trigger_id: unused('view'),
    view: { id: 'V01', type: 'modal', callback_id, private_metadata, hash: '1.a', state: { values } },
  },
});

const command = (user: Account, name: string, text: string): Delivery => ({
  why: `${name} ${text.slice(0, 40)} by ${user.id}`,
  kind: 'slash_commands',
  payload: {
    command: name,
    text,
    team_id: user.team_id ?? TEAM,
    user_id: user.id,
    channel_id: PROMO_CHANNEL,
    trigger_id: unused('command'),
  },
});

const event = (inner: Record<string, unknown>, team = TEAM): Delivery => ({
  why: `event ${JSON.stringify([inner['type'], inner['subtype']])}`,
  kind: 'events_api',
  payload: { type: 'event_callback', team_id: team, event_id: unused('Ev'), api_app_id: 'A01', event: inner },
});

/** Values of buttons that Meshline never wrote, or wrote for what is not there. */
function garbage(random: Chance): readonly unknown[] {
  return [
    undefined,
    null,
    '',
    0,
    -0,
    1e308,
    true,
    [],
    ['v1:x:1'],
    {},
    { __proto__: { value: 'v1:x:1' } },
    'v1',
    'v1::1',
    'v1:nosuch:1',
    'v1:../../etc:1',
    'v1:__proto__:1',
    `v1:x:${'9'.repeat(random.between(10, 2_000))}`,
    'v1:x:-1',
    'v1:x:1e3',
    'v1:x:1:2:3',
    'v1:x:1\n',
    'V1:x:1',
    'v2:x:1',
    'c1:1:nosuch',
    'c1:1:__proto__',
    's1:nobody',
    's1:__proto__',
    't1:nosuch',
    'd1:#nowhere:nothing:1',
    'k1:page:0123456789abcdef:nosuch|nowhere',
    'p1:9999',
    "v1:x' OR '1'='1:1",
    'v1:\u202Ex:1',
    'x'.repeat(random.between(2_000, 100_000)),
    JSON.stringify({ export_id: 'x', revision: 1 }),
  ];
}

const ACTIONS = Object.values(ACTION);
const MODALS = Object.values(MODAL);
const TYPED = { reason: { value: { type: 'plain_text_input', value: 'Because I say so.' } } };

/** What is signed as it should be, and comes from nobody who may, or is about nothing. */
export function signedForgeries(random: Chance, { pending, delivered, house }: Stage): Delivery[] {
  const real = `v1:${random.pick([pending, delivered])}:1`;
  const stranger = () => random.pick(STRANGERS as readonly [Account, ...Account[]]);
  const wild = garbage(random);
  const some = () => wild[random.between(0, wild.length - 1)];
  const text = () =>
    random.pick([
      '',
      'nosuch',
      '__proto__',
      'redeliver nosuch',
      'show ../../x',
      '<!channel>',
      '\u0000',
      'x'.repeat(8_000),
    ]);
  const thread = house.sandbox.control.messages('#promo-approvals')[0]?.ts ?? '1.1';
  const message = (more: Record<string, unknown>, team = TEAM) =>
    event(
      {
        type: 'message',
        channel: PROMO_CHANNEL,
        thread_ts: thread,
        ts: unused('9'),
        text: 'Approved by Priya',
        ...more,
      },
      team,
    );
  return [
    ...ACTIONS.flatMap((action) => [click(stranger(), action, real), click(stranger(), action, some())]),
    ...ACTIONS.map((action) => click(PRIYA, action, some())),
    ...ACTIONS.map((action) => click(MEI, action, `v1:${pending}:${random.pick([0, 1, 2, 999_999_999])}`)),
    ...wild.map((value) => click(PRIYA, ACTION.accept, value)),
    ...MODALS.map((modal) => submission(stranger(), modal, real, TYPED)),
    ...MODALS.map((modal) => submission(MEI, modal, `v1:${pending}:1`, TYPED)),
    ...MODALS.map((modal) => submission(PRIYA, modal, String(some()), random.pick<object>([{}, TYPED]))),
    ...[{}, { values: null }, null].map((state) => {
      const sent = submission(stranger(), MODAL.reject, real, {});
      return { ...sent, payload: { ...sent.payload, view: { ...(sent.payload['view'] as object), state } } };
    }),
    submission(stranger(), 'review', real, {}, 'view_closed'),
    submission(stranger(), '__proto__', real, {}),
    ...['/exports', '/owners', '/oncall', '/promo', '/report', '/nosuch'].flatMap((name) => [
      command(stranger(), name, text()),
    ]),
    ...['/exports', '/oncall', '/promo'].map((name) =>
      command(
        PRIYA,
        name,
        random.pick([
          'show nosuch',
          'find \u202E',
          '__proto__',
          `redeliver ${'9'.repeat(5_000)}`,
          'ready nosuch',
        ]),
      ),
    ),
    message({ user: 'U99STRANGER' }),
    message({ user: PEOPLE.priya.slack, team: 'T9OTHER' }),
    message({ user: PEOPLE.priya.slack }, 'T9OTHER'),
    message({ user: PEOPLE.priya.slack, bot_id: 'B99' }),
    message({ user: PEOPLE.priya.slack, subtype: 'bot_message' }),
    message({ user: PEOPLE.priya.slack, subtype: 'message_changed' }),
    message({ user: PEOPLE.priya.slack, thread_ts: '1.000001' }),
    message({ user: PEOPLE.priya.slack, channel: 'C99ELSEWHERE' }),
    message({ user: { id: PEOPLE.priya.slack } }),
    message({ user: PEOPLE.priya.slack, text: { a: 1 } }),
    event({ type: 'user_change', user: { id: PEOPLE.priya.slack, team_id: 'T9OTHER', deleted: true } }),
    event({ type: 'user_change', user: { id: PEOPLE.priya.slack, deleted: true } }, 'T9OTHER'),
    event({ type: 'user_change', user: PEOPLE.priya.slack }),
    event({ type: 'user_change', user: { id: 'U99STRANGER', team_id: TEAM, deleted: true } }),
    event({ type: 'team_join', user: { id: 'U99STRANGER', team_id: TEAM } }),
    event({ type: 'app_home_opened', user: 'U99STRANGER', channel: 'D99', tab: 'home' }),
    event({
      type: random.pick([
        'reaction_added',
        'app_uninstalled',
        'tokens_revoked',
        '__proto__',
        'x'.repeat(500),
      ]),
      user: 'U1',
    }),
    ...[
      'disconnected',
      'disconnecting',
      'close',
      'error',
      'ws_message',
      'slack_event',
      'interactive',
      'hello',
    ].map((type) => event({ type, user: 'U1', channel: PROMO_CHANNEL })),
    click(PRIYA, ACTION.accept, `v1:${pending}:1`, { trigger_id: USED_TRIGGER }),
    click(stranger(), ACTION.accept, real, { container: undefined, channel: undefined, message: undefined }),
    click(stranger(), ACTION.accept, real, { response_url: 'https://evil.example/hook' }),
    click(stranger(), ACTION.accept, real, { response_url: 'http://169.254.169.254/latest/meta-data' }),
    click(stranger(), ACTION.accept, real, { api_app_id: 'A99OTHER' }),
    click(stranger(), ACTION.accept, real, {
      team: null,
      enterprise: { id: 'E01' },
      is_enterprise_install: true,
    }),
    click({ id: PEOPLE.priya.slack }, ACTION.accept, `v1:${pending}:1`, { team: null }),
    click({ id: PEOPLE.priya.slack }, ACTION.accept, `v1:${pending}:1`, { team: { id: 'T9OTHER' } }),
    click(stranger(), random.pick(['', 'nosuch', 'accept ', 'ACCEPT', '__proto__', 'constructor']), real),
    click(stranger(), ACTION.accept, real, { trigger_id: 'x'.repeat(201) }),
    click(stranger(), ACTION.accept, real, { actions: [] }),
    click(stranger(), ACTION.accept, real, { user: null }),
    {
      why: 'a shortcut that is none',
      kind: 'interactive',
      payload: {
        type: 'shortcut',
        user: PRIYA,
        team: { id: TEAM },
        trigger_id: unused('s'),
        callback_id: 'nosuch',
      },
    },
    {
      why: 'a kind that is none',
      kind: 'interactive',
      payload: {
        type: random.pick(['block_suggestion', 'interactive_message', 'dialog_submission', 'x']),
        user: PRIYA,
      },
    },
  ];
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };

function encoded({ kind, payload }: Delivery): { headers: object; body: string } {
  switch (kind) {
    case 'events_api':
      return { headers: JSON_TYPE, body: JSON.stringify(payload) };
    case 'interactive':
      return { headers: FORM, body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() };
    case 'slash_commands': {
      const pairs = Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]);
      return { headers: FORM, body: new URLSearchParams(pairs).toString() };
    }
  }
}

/** The same by HTTP, and what no signature of Slack's stands under. */
export function slackKnocks(random: Chance, stage: Stage): Knock[] {
  const { house, pending } = stage;
  const secret = house.sandbox.signingSecret;
  const now = house.clock.now();
  const say = (why: string, headers: object, body: Buffer | string): Knock => ({
    why: `slack: ${why}`,
    path: '/slack/events',
    headers: { ...headers },
    body,
  });
  const seconds = () => now - random.between(0, 250) * 1000;
  const genuineClick = click(PRIYA, ACTION.accept, `v1:${pending}:1`);
  const worth = random.pick([
    encoded(genuineClick),
    encoded(submission(PRIYA, MODAL.confirmStale, `v1:${pending}:1`, {})),
    encoded(event({ type: 'user_change', user: { id: PEOPLE.priya.slack, team_id: TEAM, deleted: true } })),
  ]);
  const outsider = click(
    random.pick(STRANGERS as readonly [Account, ...Account[]]),
    ACTION.accept,
    `v1:${pending}:1`,
  ).payload;
  const broken = brokenBodies(random, outsider).flatMap(([why, what]) => {
    const form = new URLSearchParams({ payload: what.toString() }).toString();
    const signedAs = (body: Buffer | string, type: object) => {
      const text = typeof body === 'string' ? body : body.toString('latin1');
      // Only what is text can be signed by the helper; the rest goes with a signature of something else.
      return say(why, { ...type, ...slackHeaders(secret, seconds(), text) }, body);
    };
    return [signedAs(what, JSON_TYPE), signedAs(form, FORM)];
  });
  const twice = new URLSearchParams([
    ['payload', JSON.stringify(outsider)],
    ['payload', JSON.stringify(genuineClick.payload)],
  ]).toString();
  const over = encoded(genuineClick).body;
  return [
    ...forgedSlackHeaders(random, secret, now, worth.body).map(([why, headers]) =>
      say(why, { ...worth.headers, ...headers }, worth.body),
    ),
    ...broken,
    ...signedForgeries(random, stage).map((delivery) => {
      const { headers, body } = encoded(delivery);
      return say(delivery.why, { ...headers, ...slackHeaders(secret, seconds(), body) }, body);
    }),
    say('two payloads', { ...FORM, ...slackHeaders(secret, seconds(), twice) }, twice),
    say('a form as JSON', { ...JSON_TYPE, ...slackHeaders(secret, seconds(), over) }, over),
    say('a form of no type', slackHeaders(secret, seconds(), over), over),
  ];
}

const STACK_LEVELS = 1_000;

export const DROPPED = 'perhaps dropped:';

/** Envelopes of no shape that Slack sends: they are dropped before anybody reads them. */
export function brokenEnvelopes(random: Chance): Delivery[] {
  const outsider = click({ id: 'U99STRANGER', team_id: TEAM }, ACTION.accept, 'v1:x:1').payload;
  const kinds = ['events_api', 'interactive', 'slash_commands'] as const satisfies Kind[];
  return brokenBodies(random, outsider).flatMap(([why, body]) => {
    let payload: unknown;
    try {
      payload = JSON.parse(body.toString());
      // Too deep for the sandbox to write again, from deeper in its stack; by HTTP it goes as it is.
      let deeper = payload;
      for (let levels = 0; levels < STACK_LEVELS; levels += 1) deeper = [deeper];
      JSON.stringify(deeper);
    } catch {
      return [];
    }
    const kind = random.pick(kinds);
    return [{ why: `${DROPPED} ${why}`, kind, payload: payload as Record<string, unknown> }];
  });
}
