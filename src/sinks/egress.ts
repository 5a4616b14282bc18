import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Where a connection may go. */
export type EgressRules = {
  /** Private, loopback and carrier-grade NAT addresses are allowed. */
  allow_private: boolean;
  /** Only those: plain HTTP never crosses the Internet. */
  only_private: boolean;
};

/** Thrown into a connection attempt that the guard stopped; nothing was sent. The message is a sentence. */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
}

export type Resolver = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

/** Asks the operating system, so that `/etc/hosts` and search domains are seen by the guard as well. */
export const systemResolver: Resolver = (hostname, done) =>
  systemLookup(hostname, { all: true }, (error, addresses) => done(error, error ? [] : addresses));

/** Instance metadata outside the link-local range, where it would otherwise pass as public or private. */
const METADATA: ReadonlySet<string> = new Set([
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
]);

const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');
const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'uniqueLocal',
  'carrierGradeNat',
]);

/** An IPv4 address inside an IPv6 one is judged as what it reaches. */
function unwrap(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  if (address.match(NAT64)) return new ipaddr.IPv4(address.toByteArray().slice(12));
  return address;
}

/** `forbidden` is everything that is neither a public host nor a private one: those no setting opens. */
export function kindOfAddress(text: string): 'public' | 'private' | 'forbidden' {
  if (isIP(text) === 0 || text.includes('%')) return 'forbidden';
  // In hexadecimal first: ipaddr.js reads the obsolete "::127.0.0.1" as a mapped address, which it is not.
  const plain = text.includes(':') ? new URL(`http://[${text}]`).hostname.slice(1, -1) : text;
  const address = unwrap(ipaddr.parse(plain));
  if (METADATA.has(address.toString())) return 'forbidden';
  const range = address.range();
  if (PRIVATE_RANGES.has(range)) return 'private';
  if (range !== 'unicast') return 'forbidden';
  if (address instanceof ipaddr.IPv6 && !address.match(GLOBAL_UNICAST)) return 'forbidden';
  return 'public';
}

/** Null when the rules let a connection to this address through. */
export function refusalOf(address: string, rules: EgressRules): EgressRefused | null {
  switch (kindOfAddress(address)) {
    case 'public':
      return rules.only_private
        ? new EgressRefused('Plain http may only reach a private address; use https for this one.')
        : null;
    case 'private':
      return rules.allow_private
        ? null
        : new EgressRefused('The address is private, and allow_private is not set for it.');
    case 'forbidden':
      return new EgressRefused('The address is one that is never called, such as instance metadata.');
  }
}

/**
 * A lookup for `net.connect`. The addresses it hands over are the ones it has checked, and the socket
 * connects to them without asking again, so a name cannot change its answer in between. One bad
 * address among several refuses the name.
 */
export function guardedLookup(rules: EgressRules, resolve: Resolver): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, (error, addresses) => {
      if (error) return done(error, '', 0);
      const first = addresses[0];
      if (!first) return done(Object.assign(new Error('No address.'), { code: 'ENOTFOUND' }), '', 0);
      for (const { address } of addresses) {
        const refused = refusalOf(address, rules);
        if (refused) return done(refused, '', 0);
      }
      if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}

/** No lookup happens for a literal address, so it is checked here. The host is in the form `URL` gives. */
export function refusalOfHost(hostname: string, rules: EgressRules): EgressRefused | null {
  const literal = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(literal) === 0 && !literal.includes(':') ? null : refusalOf(literal, rules);
}

/** What is wrong with a configured address, as a sentence, or the address with its host in plain form. */
export function checkUrl(
  text: string,
  allowPrivate: boolean,
): { ok: true; url: URL } | { ok: false; problem: string } {
  if (!URL.canParse(text)) return { ok: false, problem: 'This is no web address.' };
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { ok: false, problem: 'The address must begin with https://.' };
  if (url.username !== '' || url.password !== '')
    return { ok: false, problem: 'The address must not hold a user name or a password.' };
  if (url.protocol === 'http:' && !allowPrivate)
    return { ok: false, problem: 'The address must begin with https:// unless allow_private is set.' };
  const refused = refusalOfHost(url.hostname, rulesFor(url, allowPrivate));
  return refused ? { ok: false, problem: refused.message } : { ok: true, url };
}

export function rulesFor(url: { protocol: string }, allowPrivate: boolean): EgressRules {
  return { allow_private: allowPrivate, only_private: url.protocol === 'http:' };
}
