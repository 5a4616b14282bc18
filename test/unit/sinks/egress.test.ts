import { describe, expect, it } from 'vitest';
import { checkUrl, guardedLookup, kindOfAddress, type Resolver } from '../../../src/sinks/egress.ts';

const FORBIDDEN = [
  '0.0.0.0',
  '0.1.2.3',
  '255.255.255.255',
  '224.0.0.1',
  '240.0.0.1',
  '192.0.2.1',
  '198.18.0.1',
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '::',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  'fec0::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  '100::1',
  '::ffff:169.254.169.254',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2002:a9fe:a9fe::1',
  '::7f00:1',
  '::127.0.0.1',
  '2001:0:7f00:1::',
  '2001:db8::1',
  '3fff::1',
  'not an address',
  '',
];
const PRIVATE = [
  '127.0.0.1',
  '127.255.255.254',
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '::1',
  'fc00::1',
  'fd12:3456::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
];
const PUBLIC = [
  '8.8.8.8',
  '172.32.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
];

describe('addresses', () => {
  it.each(FORBIDDEN)('never calls %s', (address) => expect(kindOfAddress(address)).toBe('forbidden'));
  it.each(PRIVATE)('holds %s for private', (address) => expect(kindOfAddress(address)).toBe('private'));
  it.each(PUBLIC)('holds %s for public', (address) => expect(kindOfAddress(address)).toBe('public'));
});

/** Every spelling that some parser reads as loopback, metadata or another place inside. */
const ODD_URLS = [
  'https://2130706433/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://0x7f000001/',
  'https://0x7f.1/',
  'https://127.1/',
  'https://127.0.0.1./',
  'https://0/',
  'https://0.0.0.0/',
  'https://①②⑦.⓪.⓪.①/',
  'https://127。0。0。1/',
  'https://%31%32%37.0.0.1/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[::127.0.0.1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1%25eth0]/',
  'https://[fd00:ec2::254]/',
  'https://10.1/',
  'https://2852039166/',
  'https://169.254.169.254/latest/meta-data/',
  'https://0xa9.0xfe.0xa9.0xfe/',
  'https://oms.example@127.0.0.1/',
  'https://user:pw@oms.example/',
  'https://oms.example:pw@[::1]/',
  'https:\\\\127.0.0.1\\',
  'https:127.0.0.1',
  ' https://127.0.0.1',
  'https://127.0.0.1\t',
  'ht\ntps://127.1',
  'file:///etc/passwd',
  'ftp://oms.example/',
  'gopher://127.0.0.1/',
  'data:text/plain,x',
  'javascript:1',
  'unix:/run/x.sock',
  'http://oms.example/',
  '//oms.example',
  'oms.example',
  '',
  'https://256.1.1.1/',
];

describe('configured addresses', () => {
  it.each(ODD_URLS)('refuses %j with a sentence', (text) => {
    const checked = checkUrl(text, false);
    expect(checked).toMatchObject({ ok: false, problem: expect.stringMatching(/^[A-Z].*\.$/u) });
  });

  it('lets names and public addresses through', () => {
    for (const text of ['https://oms.example/hook?a=1', 'https://oms.example:8443', 'https://8.8.8.8/'])
      expect(checkUrl(text, false).ok).toBe(true);
  });

  it('opens private addresses and plain http by setting, but never metadata or plain http to the Internet', () => {
    for (const text of [
      'http://127.0.0.1:3000/',
      'http://oms.internal/',
      'https://[::1]:8443/',
      'http://10.0.0.8',
    ])
      expect(checkUrl(text, true).ok).toBe(true);
    for (const text of ['http://169.254.169.254/', 'http://[fd00:ec2::254]/', 'http://8.8.8.8/', 'http://0/'])
      expect(checkUrl(text, true).ok).toBe(false);
  });
});

describe('the lookup', () => {
  const answers: Resolver = (hostname, done) => {
    const addresses: Record<string, string[]> = {
      'localhost.localdomain': ['127.0.0.1', '::1'],
      'public.example': ['8.8.8.8', '2606:4700::1111'],
      'mixed.example': ['8.8.8.8', '10.0.0.1'],
      'metadata.example': ['169.254.169.254'],
      'empty.example': [],
    };
    const found = addresses[hostname];
    if (!found) return done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
    done(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  const ask = (hostname: string, allow_private: boolean, all = true) =>
    new Promise<unknown>((resolve) => {
      guardedLookup({ allow_private, only_private: false }, answers)(hostname, { all }, (error, address) =>
        resolve(error ? error.name : address),
      );
    });

  it('hands over exactly the addresses that it checked', async () => {
    const both = [
      { address: '8.8.8.8', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ];
    expect(await ask('public.example', false)).toEqual(both);
    expect(await ask('public.example', false, false)).toBe('8.8.8.8');
  });

  it('refuses a name when any of its addresses is refused', async () => {
    for (const name of ['localhost.localdomain', 'mixed.example', 'metadata.example'])
      expect(await ask(name, false)).toBe('EgressRefused');
    expect(await ask('metadata.example', true)).toBe('EgressRefused');
    expect(await ask('mixed.example', true)).toHaveLength(2);
    expect(await ask('nowhere.example', true)).toBe('Error');
    expect(await ask('empty.example', true)).toBe('Error');
  });
});
