import type { Chance } from '../town/chance.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A secret that no chance makes twice. */
export function canary(random: Chance, prefix = '', length = 40): string {
  return prefix + Array.from({ length }, () => LETTERS[random.between(0, LETTERS.length - 1)]).join('');
}

/** As Standard Webhooks wants it. */
export function signingCanary(random: Chance): string {
  return `whsec_${Buffer.from(Array.from({ length: 32 }, () => random.between(0, 255))).toString('base64')}`;
}

const PIECE = 8;
/** Two bytes a letter. */
const HEX_PIECE = 16;

function windows(text: string, size: number): string[] {
  return Array.from({ length: Math.max(0, text.length - size + 1) }, (_, at) => text.slice(at, at + size));
}

/**
 * Looks for secrets in whatever was told: eight letters in a row of one are a leak, as they are, percent-encoded,
 * as JSON, as base64 at any offset, or as hex.
 */
export function createFinder(secrets: readonly string[]) {
  const own = secrets.map((secret) => secret.replace(/^(?:whsec_|xox[a-z]-|xapp-|shp[a-z]{2}_)/, ''));
  const plain = new Set<string>();
  const hex = new Set<string>();
  for (const secret of own) {
    const bytes = Buffer.from(secret, 'utf8');
    const raw = Buffer.from(secret, 'base64');
    for (const form of [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      raw.toString('base64url'),
    ]) {
      for (const piece of windows(form, PIECE)) plain.add(piece);
    }
    for (const shift of [0, 1, 2]) {
      const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replaceAll('=', '')
        .slice(shift === 0 ? 0 : 4, -2);
      for (const piece of [
        ...windows(encoded, 12),
        ...windows(encoded.replaceAll('+', '-').replaceAll('/', '_'), 12),
      ])
        hex.add(piece);
    }
    for (const piece of windows(bytes.toString('hex'), HEX_PIECE)) hex.add(piece);
  }
  /** The pieces of secrets that stand in a text, with what is around them. */
  return (where: string, told: string): string[] => {
    const found: string[] = [];
    const lower = told.toLowerCase();
    for (let at = 0; at < told.length && found.length < 3; at += 1) {
      const leaks =
        plain.has(told.slice(at, at + PIECE)) ||
        hex.has(told.slice(at, at + 12)) ||
        hex.has(lower.slice(at, at + HEX_PIECE));
      if (!leaks) continue;
      found.push(`${where}: …${told.slice(Math.max(0, at - 60), at + 40)}…`);
      at += 200;
    }
    return found;
  };
}
