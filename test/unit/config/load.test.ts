import { describe, expect, test } from 'vitest';
import { EXAMPLE, edited, faultsOf, load, placeOf, SECRETS, WHOLE } from '../../support/config.ts';

test('the example that people start from has neither faults nor warnings', () => {
  const loaded = load(EXAMPLE);
  expect(loaded.ok ? loaded.warnings : loaded.faults).toEqual([]);
});

describe('a configuration without faults', () => {
  test('is put together by id, with its secrets in place', () => {
    const loaded = load(WHOLE);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.warnings).toEqual([]);
    const { directory, policies, sources, sinks } = loaded.config;
    const priya = [...directory.people.values()].find((person) => person.name === 'Priya Raman');
    const daniel = [...directory.people.values()].find((person) => person.name === 'Daniel Ortiz');
    expect(priya).toMatchObject({ backup: daniel?.id, slack: null, active: true });
    expect(directory.roles.get('marketing_ops')).toEqual({
      members: [priya?.id, daniel?.id],
      channel: '#promo-approvals',
      default_owner: priya?.id,
    });
    expect(policies.get('promo_activation')).toMatchObject({
      sla_ms: 600_000,
      undo_ms: 20_000,
      routes: ['oms'],
    });
    expect(sources.get('pim')?.keys).toEqual([Buffer.alloc(32, 7)]);
    expect(sinks.get('oms')).toMatchObject({ kind: 'webhook', settings: { allow_private: true } });
  });

  test('keeps a Slack user id apart, because its workspace is not known yet', () => {
    const text = edited(
      'email: priya@northwind.example',
      'email: priya@northwind.example\n    slack: U01PRIYA',
    );
    const loaded = load(text);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
    expect([...loaded.config.slack_users.values()]).toEqual(['U01PRIYA']);
  });

  test('takes two secrets of one variable while they are rotated', () => {
    const next = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    const loaded = load(WHOLE, { ...SECRETS, PIM_SECRET: `${SECRETS['PIM_SECRET']} ${next}` });
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.config.sources.get('pim')?.keys).toHaveLength(2);
  });
});

/** Each: what is replaced, by what, where the fault is, and what it says. */
const FAULTS: [string, string, string, string, RegExp][] = [
  [
    'an unknown key',
    'roles:\n',
    'rolls: {}\nroles:\n',
    'rolls: {}',
    /rolls: "rolls" is not a key.*Did you mean "roles"\?$/,
  ],
  [
    'an unknown key inside',
    'backup: daniel',
    'back_up: daniel',
    'back_up',
    /people\.priya\.back_up: .*Did you mean "backup"\?$/,
  ],
  [
    'an unknown role',
    '  logistics:\n    m',
    '  logistic:\n    m',
    'logistic:',
    /roles\.logistic: .*Did you mean "logistics"\?$/,
  ],
  [
    'an unknown type',
    '  price_update:\n    sla',
    '  price_updates:\n    sla',
    'price_updates:',
    /policies\.price_updates: .*Did you mean "price_update"\?$/,
  ],
  [
    'a dangling default owner',
    'default_owner: amara',
    'default_owner: amra',
    'default_owner: amra',
    /roles\.logistics\.default_owner: "amra" is not among the people\. Did you mean "amara"\?$/,
  ],
  [
    'a default owner who is no member',
    'default_owner: amara',
    'default_owner: jonas',
    'default_owner: jonas',
    /"jonas" is not a member of logistics/,
  ],
  [
    'a dangling member',
    '[amara, lucas]',
    '[amara, nobody-we-know]',
    'nobody-we-know',
    /roles\.logistics\.members\.1: "nobody-we-know" is not among the people\. Known: priya, daniel/,
  ],
  ['a member twice', '[amara, lucas]', '[amara, amara]', 'amara]', /"amara" stands here twice/],
  [
    'a backup who is oneself',
    'backup: daniel',
    'backup: priya',
    'backup: priya',
    /priya cannot be their own backup/,
  ],
  [
    'a dangling backup',
    'backup: daniel',
    'backup: denial',
    'backup: denial',
    /people\.priya\.backup: "denial".*Did you mean "daniel"\?/,
  ],
  [
    'an id twice',
    'e-6f0d-4a53-9c1e-0d7a52f4a102',
    'e-6f0d-4a53-9c1e-0d7a52f4a101',
    'id: 5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a101\n    name: Daniel',
    /people\.daniel\.id: priya has the same id/,
  ],
  [
    'an e-mail twice, in other case',
    'daniel@northwind.example',
    'PRIYA@northwind.example',
    'email: PRIYA',
    /people\.daniel\.email: priya has the same email/,
  ],
  [
    'a time zone that does not exist',
    'America/New_York',
    'America/Boston',
    'time_zone: America/Boston',
    /not an IANA time zone/,
  ],
  [
    'an id that is none',
    'id: 5b0c1a3e-6f0d-4a53-9c1e-0d7a52f4a101',
    'id: 17',
    'id: 17',
    /people\.priya\.id: This should be a text, not a number/,
  ],
  [
    'a missing field',
    '    email: priya@northwind.example\n',
    '',
    'priya:\n',
    /people\.priya\.email: This is missing/,
  ],
  [
    'a rule that the type has not',
    '    undo_ms: 10000\n',
    '    rules: { max_cut: 3 }\n',
    'max_cut',
    /policies\.price_update\.rules\.max_cut: "max_cut" is not a key that is known here\. (?:Known|Did you mean)/,
  ],
  [
    'a relaxed gate that is fixed',
    '    undo_ms: 20000\n',
    '    gate: single\n',
    'gate: single',
    /The gate of promo_activation is fixed/,
  ],
  [
    'a ladder that goes back',
    '{ do: page, after: 1.5 }',
    '{ do: page, after: 0.7 }',
    'ladder:',
    /Each rung must come later/,
  ],
  [
    'a ladder that goes on after expiry',
    '{ do: page, after: 1.5 }',
    '{ do: expire, after: 1.5 }',
    'ladder:',
    /"expire" ends the wait/,
  ],
  [
    'an unknown rung',
    'do: page',
    'do: pge',
    'do: pge',
    /"pge" is not one of the known words\. Did you mean "page"\?/,
  ],
  [
    'a route to no sink',
    'routes: [wms]',
    'routes: [wsm]',
    'wsm',
    /policies\.shipping_label_request\.routes\.0: "wsm" is not among the sinks\. Did you mean "wms"\?/,
  ],
  [
    'a type that a source cannot send',
    '[return_initiate, inventory_delta, exception_notify]',
    '[return_inititate]',
    'return_inititate',
    /Did you mean "return_initiate"\?/,
  ],
  [
    'a kind of sink that does not exist',
    'kind: webhook',
    'kind: webhok',
    'kind: webhok',
    /sinks\.oms\.kind: "webhok" is not one of the known words\. Did you mean "webhook"\?/,
  ],
  [
    'plain http in the open',
    '      url: http://127.0.0.1:3401/oms\n      allow_private: true',
    '      url: http://oms.example/in',
    'url: http://oms',
    /sinks\.oms\.settings\.url: .*https:\/\//,
  ],
  [
    'a secret in the file',
    '  secret_env: OMS_SECRET',
    '  secret_env: whsec_c2VjcmV0',
    'secret_env: whsec',
    /This looks like a secret/,
  ],
  [
    'a bot token in the file',
    "channel: '#logistics'",
    'channel: xoxb-12345-abcdef',
    'channel: xoxb',
    /This looks like a secret/,
  ],
  ['a schedule', 'sinks:\n', 'schedules: { nightly: {} }\nsinks:\n', 'nightly', /Known: backup, head/],
  [
    'a backup without an end',
    'sinks:\n',
    'schedules: { backup: { every_ms: 3600000, folder: /backup } }\nsinks:\n',
    'backup',
    /keep/,
  ],
  [
    'a retention rule',
    'sinks:\n',
    'retention: { weekly: {} }\nsinks:\n',
    'weekly',
    /Retention rules are not available yet/,
  ],
  ['a key twice', 'sinks:\n', 'sources: {}\nsinks:\n', 'sources: {}', /unique/],
  ['an unknown tag', 'name: Priya Raman', 'name: !js Priya Raman', '!js', /[Tt]ag/],
];

describe('a fault', () => {
  test.each(FAULTS)('%s is reported where it stands', (_name, passage, by, at, says) => {
    const text = edited(passage, by);
    const faults = faultsOf(text);
    const place = `meshline.yml:${placeOf(text, at)} `;
    const here = faults.filter((fault) => fault.startsWith(place));
    expect(here.join('\n') || `elsewhere: ${faults.join('\n')}`).toMatch(says);
  });

  test('a missing role is reported with why it is needed', () => {
    const text = WHOLE.replace(/ {2}engineering:\n(?: {4}.*\n)+/, '');
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(/ roles\.engineering: The role engineering is missing: it owns /),
    ]);
  });

  test('a deactivated member, backup or person on call is reported', () => {
    const text = edited('email: eli@northwind.example', 'email: eli@northwind.example\n    active: false');
    const faults = faultsOf(text).map((fault) => fault.replace(/^\S+ /, ''));
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'people.nadia.backup',
      'roles.engineering.members.1',
      'roles.remediation.members.2',
      'on_call.people.0',
    ]);
  });

  test('a variable that is missing, empty or no secret is reported without its value', () => {
    const faults = faultsOf(WHOLE, {
      ...SECRETS,
      PIM_SECRET: undefined,
      OMS_SECRET: ' ',
      ERP_SECRET: 'hunter2',
    });
    expect(faults).toEqual([
      expect.stringMatching(/sources\.pim\.secret_env: The environment has no PIM_SECRET\. Set PIM_SECRET/),
      expect.stringMatching(/sources\.erp\.secret_env: The value of ERP_SECRET is not a signing secret/),
      expect.stringMatching(/sinks\.oms\.secret_env: The environment has no OMS_SECRET/),
    ]);
    expect(faults.join()).not.toContain('hunter2');
  });

  test('a secret in the file is not repeated in the report', () => {
    const places = ["channel: '#logistics'", 'do: page', 'routes: [wms]', 'default_owner: amara'];
    for (const place of places) {
      const text = edited(place, place.replace(/(: \[?)['#\w]+/, '$1xoxb-98765-abcdef'));
      expect(faultsOf(text)).toEqual([expect.stringMatching(/This looks like a secret/)]);
      expect(faultsOf(text).join()).not.toContain('98765');
    }
  });

  test('all faults are reported at once, in the order of the file', () => {
    const text = edited('backup: daniel', 'backup: nobody')
      .replace('default_owner: amara', 'default_owner: amra')
      .replace('sla_ms: 600000', 'sla_ms: soon')
      .replace('routes: [wms]', 'routes: [nowhere]')
      .replace('kind: webhook', 'kind: pigeon');
    const faults = faultsOf(text, { ...SECRETS, SHOP_SECRET: undefined });
    expect(faults.map((fault) => /^\S+ ([\w.]+):/.exec(fault)?.[1])).toEqual([
      'people.priya.backup',
      'roles.logistics.default_owner',
      'policies.promo_activation.sla_ms',
      'policies.shipping_label_request.routes.0',
      'sources.shop.secret_env',
      'sinks.oms.kind',
    ]);
  });

  test('a file that is no map, or no YAML, is one fault', () => {
    expect(faultsOf('')).toHaveLength(1);
    expect(faultsOf('- a\n- b\n')).toEqual([
      expect.stringMatching(/^meshline\.yml:1:1 The file should be a map/),
    ]);
    expect(faultsOf('people: [\n')[0]).toMatch(/^meshline\.yml:\d+:\d+ /);
    const bomb = `a: &a [x]\n${['b', 'c', 'd', 'e'].map((n, i) => `${n}: &${n} [${`*${'abcd'[i]},`.repeat(20)}]`).join('\n')}\n`;
    expect(faultsOf(bomb).length).toBeGreaterThan(0);
  });

  test('an empty map lists every section that is missing', () => {
    expect(faultsOf('policies: {}\n').filter((fault) => fault.includes('This is missing'))).toHaveLength(5);
  });
});

describe('a warning', () => {
  test('an owner without a backup, a role without an owner and a type without a sink are pointed out', () => {
    const text = edited('    backup: daniel\n', '')
      .replace('    default_owner: amara\n', '')
      .replace('  exception_notify:\n    routes: [oms]\n', '');
    const loaded = load(text);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
    expect(loaded.warnings.map((warning) => warning.path)).toEqual([
      'roles.marketing_ops.default_owner',
      'roles.logistics',
      'policies.exception_notify',
    ]);
  });
});
