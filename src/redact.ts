/** Takes secrets out of a text, as they are, encoded, and in pieces. */
export type Redact = (text: string) => string;

/** A shorter piece gives nothing away, and stands in innocent words too. */
const PIECE = 8;

/** What stands for one or more secrets. */
const MASK = '[secret]';

/** The ways in which others write a secret back: quoted, in an address, as base64 at any offset, as hex, in one case. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const offsets = [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replaceAll('=', '');
    // The first letters hold what stands before, and the last ones what comes after.
    return shifted.slice(shift === 0 ? 0 : 4, -2);
  });
  const written = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    ...offsets,
    ...offsets.map((each) => each.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
  ];
  return [...new Set(written.flatMap((each) => [each, each.toLowerCase(), each.toUpperCase()]))];
}

/** What a token is made of, so that no end of one is left standing. */
const TOKEN = /[\w+/-]/;

/**
 * Whatever any of these secrets, or eight characters in a row of one, stands in is masked, with the rest of the word
 * around it. Short ones count as a whole.
 */
export function createRedact(secrets: readonly string[]): Redact {
  const short = secrets.filter((secret) => secret !== '' && secret.length < PIECE);
  const forms = secrets.filter((secret) => secret.length >= PIECE).flatMap(formsOf);
  const pieces = new Set<string>();
  for (const form of forms) {
    for (let at = 0; at + PIECE <= form.length; at += 1) pieces.add(form.slice(at, at + PIECE));
  }
  const whole = (text: string) => short.reduce((clean, secret) => clean.replaceAll(secret, MASK), text);
  return (text) => {
    let clean = '';
    let kept = 0;
    for (let at = 0; at + PIECE <= text.length; at += 1) {
      if (!pieces.has(text.slice(at, at + PIECE))) continue;
      let end = at + PIECE;
      while (end < text.length && pieces.has(text.slice(end - PIECE + 1, end + 1))) end += 1;
      while (end < text.length && TOKEN.test(text.charAt(end))) end += 1;
      let from = at;
      while (from > kept && TOKEN.test(text.charAt(from - 1))) from -= 1;
      clean += text.slice(kept, from) + MASK;
      kept = end;
      at = end - 1;
    }
    return whole(clean + text.slice(kept));
  };
}

/** Tokens and secrets that are known by how they begin. */
const KNOWN =
  /\b(?:xox[a-z]-|xapp-|whsec_|shp[a-z]{2}_)[A-Za-z0-9+/=_-]+|\b(?:Bearer|Basic)\s+[A-Za-z0-9+/=._~-]+/gi;

/** Without what looks like a secret, whosever it is. */
export function maskKnown(text: string): string {
  return text.replace(KNOWN, MASK);
}

const NAMED = /(?:SECRETS?|TOKENS?|PASSWORD|_KEY|_NEXT)$/;

/** The values of the variables that are named as secrets are; several of a rotation stand apart by spaces. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env)
    .flatMap(([name, value]) => (NAMED.test(name) ? (value ?? '').split(/\s+/) : []))
    .flatMap((secret) => [secret, secret.replace(/^whsec_/, '')])
    .filter((secret) => secret.length >= PIECE);
}
