import type { Chance } from '../town/chance.ts';

/** Bytes that a proxy and a server could read differently, or that are no HTTP at all. */
export function malformed(random: Chance, count: number): { why: string; bytes: string }[] {
  const path = () =>
    random.pick(['/v1/exports', '/slack/events', '/v1/hooks/storefront', '/v1/campaigns', '/readyz']);
  const post = (headers: string, body: string) =>
    `POST ${path()} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${headers}\r\n\r\n${body}`;
  const smuggled = 'GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n';
  const kinds: (() => [string, string])[] = [
    () => [
      'length and chunks',
      post('content-length: 6\r\ntransfer-encoding: chunked', `0\r\n\r\n${smuggled}`),
    ],
    () => ['two lengths', post('content-length: 2\r\ncontent-length: 40', `{}${smuggled}`)],
    () => [
      'a length that is none',
      post(`content-length: ${random.pick(['-1', '+2', '0x2', '2,2', '1e1', ' ', '9'.repeat(40)])}`, '{}'),
    ],
    () => [
      'chunks of another name',
      post(
        `transfer-encoding: ${random.pick(['xchunked', 'chunked, identity', 'gzip', 'chunked\x0b'])}`,
        `0\r\n\r\n`,
      ),
    ],
    () => [
      'a chunk size that is none',
      post('transfer-encoding: chunked', `${random.pick(['-1', 'zz', 'f'.repeat(20)])}\r\n{}\r\n0\r\n\r\n`),
    ],
    () => ['a folded header', post('content-length: 2\r\nx-a: 1\r\n content-length: 40', '{}')],
    () => ['a header with a NUL', post('content-length: 2\r\nx-a: \0', '{}')],
    () => ['a blank before the colon', post('content-length : 2', '{}')],
    () => ['a lone line feed', `POST ${path()} HTTP/1.1\nhost: x\ncontent-length: 2\n\n{}`],
    () => [
      'headers without end',
      `POST ${path()} HTTP/1.1\r\nhost: x\r\n${'x-a: y\r\n'.repeat(random.between(3_000, 6_000))}\r\n`,
    ],
    () => [
      'one endless header',
      `POST ${path()} HTTP/1.1\r\nx-a: ${'y'.repeat(random.between(20_000, 100_000))}\r\n\r\n`,
    ],
    () => [
      'an endless address',
      `GET /${'a'.repeat(random.between(20_000, 100_000))} HTTP/1.1\r\nhost: x\r\n\r\n`,
    ],
    () => [
      'another version',
      `POST ${path()} HTTP/${random.pick(['0.9', '1.2', '2.0', '3', 'x'])}\r\nhost: x\r\n\r\n`,
    ],
    () => ['no host', `GET ${path()} HTTP/1.1\r\n\r\n`],
    () => [
      'another method',
      `${random.pick(['PUT', 'PATCH', 'DELETE', 'BREW', 'post'])} /v1/exports HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}`,
    ],
    () => ['another server', `GET http://169.254.169.254/latest HTTP/1.1\r\nhost: x\r\n\r\n`],
    () => ['a tunnel', 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nhost: x\r\n\r\n'],
    () => ['an address that cannot be decoded', `GET /v1/exports/%zz HTTP/1.1\r\nhost: x\r\n\r\n`],
    () => [
      'TLS',
      `\x16\x03\x01\x02\x00${String.fromCharCode(...Array.from({ length: 60 }, () => random.between(0, 255)))}`,
    ],
    () => ['noise', String.fromCharCode(...Array.from({ length: 200 }, () => random.between(0, 255)))],
  ];
  return Array.from({ length: count }, (_, n) => {
    const [why, bytes] = kinds[n % kinds.length]?.() ?? ['', ''];
    return { why, bytes };
  });
}
