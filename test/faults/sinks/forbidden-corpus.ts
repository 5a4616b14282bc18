/**
 * Addresses that no push may reach, in every spelling that some parser, resolver or gateway reads as
 * one of them. Made from the bytes here, so that nothing of the product judges what is forbidden.
 */

/** Loopback and private networks: reached only where a configuration allows them. */
const PRIVATE_V4 = [
  '127.0.0.1',
  '127.8.9.10',
  '127.255.255.254',
  '10.0.0.1',
  '10.255.255.254',
  '172.16.0.1',
  '172.31.255.254',
  '192.168.0.1',
  '192.168.255.254',
  '100.64.0.1',
  '100.127.255.254',
] as const;

/** Instance metadata of the clouds, this host, multicast, broadcast, reserved and example networks. */
const NEVER_V4 = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.169.253',
  '169.254.169.123',
  '169.254.42.42',
  '169.254.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '192.0.0.1',
  '0.0.0.0',
  '0.1.2.3',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '192.0.2.1',
  '198.51.100.1',
  '203.0.113.1',
  '198.18.0.1',
] as const;

const PRIVATE_V6 = ['::1', 'fc00::1', 'fd12:3456::1', 'fdff:ffff:ffff::1'] as const;
const NEVER_V6 = [
  '::',
  'fd00:ec2::254',
  'fd20:ce::254',
  'fe80::1',
  'fe80::a9fe:a9fe',
  'febf::1',
  'fec0::1',
  'ff02::1',
  'ff05::1:3',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '3fff::1',
  '5f00::1',
  '64:ff9b:1::1',
] as const;

const hex = (n: number, width = 2) => n.toString(16).padStart(width, '0');
const bytesOf = (v4: string) => v4.split('.').map(Number) as [number, number, number, number];
const pairOf = (v4: string) => {
  const [a, b, c, d] = bytesOf(v4);
  return `${hex(a)}${hex(b)}:${hex(c)}${hex(d)}`;
};

/** IPv6 addresses that carry an IPv4 one: mapped, translated, compatible, NAT64, 6to4, Teredo, ISATAP. */
function carrying(v4: string): string[] {
  const pair = pairOf(v4);
  return [
    `::ffff:${v4}`,
    `::ffff:${pair}`,
    `0:0:0:0:0:ffff:${pair}`,
    `::FFFF:${pair.toUpperCase()}`,
    `::ffff:0:${pair}`,
    `::${v4}`,
    `::${pair}`,
    `64:ff9b::${pair}`,
    `64:ff9b::${v4}`,
    `64:ff9b:1::${pair}`,
    `2002:${pair}::`,
    `2002:${pair}::1`,
    `2001:0:${pair}::`,
    `fe80::5efe:${pair}`,
  ];
}

const FULL_WIDTH = 0xff10 - '0'.charCodeAt(0);
const inDigits = (text: string, shift: number) =>
  text.replaceAll(/\d/gu, (digit) => String.fromCodePoint(digit.charCodeAt(0) + shift));
const circled = (text: string) =>
  text.replaceAll(/\d/gu, (digit) =>
    digit === '0' ? '⓪' : String.fromCodePoint(0x2460 + Number(digit) - 1),
  );

/** One IPv4 address as hosts of a URL. */
function hostsOf(v4: string): string[] {
  const [a, b, c, d] = bytesOf(v4);
  const whole = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  const low = (b << 16) | (c << 8) | d;
  const octal = (n: number, width = 0) => `0${n.toString(8).padStart(width, '0')}`;
  return [
    v4,
    `${v4}.`,
    String(whole),
    `0x${hex(whole, 8)}`,
    `0X${hex(whole, 8).toUpperCase()}`,
    octal(whole),
    [a, b, c, d].map((n) => octal(n)).join('.'),
    [a, b, c, d].map((n) => octal(n, 6)).join('.'),
    [a, b, c, d].map((n) => `0x${hex(n)}`).join('.'),
    [a, b, c, d].map((n) => `0x${hex(n, 8)}`).join('.'),
    `${octal(a)}.0x${hex(b)}.${String(c)}.${String(d)}`,
    `${String(a)}.${String(low)}`,
    `${String(a)}.${String(b)}.${String((c << 8) | d)}`,
    `0x${hex(a)}.${String(low)}`,
    inDigits(v4, FULL_WIDTH),
    circled(v4),
    v4.replaceAll('.', '。'),
    v4.replaceAll('.', '．'),
    v4.replaceAll('.', '｡'),
    Array.from(v4, (one) => `%${hex(one.charCodeAt(0))}`).join(''),
    v4.replaceAll('.', '%2e'),
    `${v4.slice(0, 2)}\u00AD${v4.slice(2)}`,
    `${v4.slice(0, 2)}\u200B${v4.slice(2)}`,
    `\t${v4}`,
    ...carrying(v4).map((v6) => `[${v6}]`),
  ];
}

/** The same host behind what looks like another one. */
function disguised(host: string): string[] {
  return [
    `https://oms.example@${host}/`,
    `https://oms.example:443@${host}/`,
    `https://oms.example%2f@${host}/`,
    `https://oms.example%23@${host}/`,
    `https:\\\\${host}\\`,
    `https:${host}`,
    `https://${host}#@oms.example/`,
    `https://${host}?@oms.example/`,
    `https://${host}\\@oms.example/`,
    `hTTpS:/\n/${host}/`,
  ];
}

/** An address that must not be reached, and whether no setting opens it. */
export type Forbidden = { text: string; never: boolean };

const both = <Of>(
  privates: readonly Of[],
  nevers: readonly Of[],
  spell: (one: Of) => readonly string[],
): Forbidden[] => [
  ...privates.flatMap((one) => spell(one).map((text) => ({ text, never: false }))),
  ...nevers.flatMap((one) => spell(one).map((text) => ({ text, never: true }))),
];

const zoned = (v6: string) => [
  `https://[${v6}]/`,
  `https://[${v6}%25eth0]/`,
  `https://[${v6.toUpperCase()}]/`,
];

/** What a configuration could be made to say. */
export const FORBIDDEN_URLS: readonly Forbidden[] = [
  ...both(PRIVATE_V4, NEVER_V4, (v4) => hostsOf(v4).map((host) => `https://${host}/`)),
  ...both(PRIVATE_V4, NEVER_V4, (v4) => disguised(v4)),
  ...both(PRIVATE_V6, NEVER_V6, zoned),
  ...both(PRIVATE_V6, NEVER_V6, (v6) => disguised(`[${v6}]`)),
  ...['file:///etc/passwd', 'unix:/run/docker.sock', 'gopher://127.0.0.1:6379/_', 'ftp://127.0.0.1/'].map(
    (text) => ({ text, never: true }),
  ),
];

/** What a name could turn out to be: one address or several, of which one is enough. */
export type Answer = { addresses: readonly string[]; never: boolean };

const PUBLIC_V4 = '93.184.215.14';
const PUBLIC_V6 = '2606:2800:21f:cb07:6820:80da:af6b:8b2c';

function answersOf(address: string): (readonly string[])[] {
  const single = [address, ...(address.includes(':') ? [`${address}%eth0`] : carrying(address))];
  return [
    ...single.map((one) => [one]),
    [PUBLIC_V4, address],
    [address, PUBLIC_V4],
    [PUBLIC_V6, PUBLIC_V4, address],
    [PUBLIC_V6, address, PUBLIC_V4],
  ];
}

export const FORBIDDEN_ANSWERS: readonly Answer[] = [
  ...[...PRIVATE_V4, ...PRIVATE_V6].flatMap((one) =>
    answersOf(one).map((addresses) => ({ addresses, never: false })),
  ),
  ...[...NEVER_V4, ...NEVER_V6].flatMap((one) =>
    answersOf(one).map((addresses) => ({ addresses, never: true })),
  ),
];

/** Names that the machine itself knows as its own. */
export const LOCAL_NAMES = ['localhost', 'LOCALHOST', 'ｌｏｃａｌｈｏｓｔ'] as const;
