import type { Variables } from './environment.ts';
import type { Finding } from './faults.ts';

const SECRET = /^(?:whsec_|xox[a-z]-|xapp-|shp[a-z]{2}_|sk_|-----BEGIN )/;

/** Values that look like secrets: those belong in the environment. They are never repeated in a message. */
export function secretsInFile(value: unknown, path: readonly string[] = []): Finding[] {
  if (typeof value === 'string') {
    if (!SECRET.test(value)) return [];
    return [
      {
        path,
        message: 'This looks like a secret, and secrets never stand in the file.',
        advice:
          'Put it into an environment variable, name that variable here (secret_env), and replace the secret.',
      },
    ];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => secretsInFile(inner, [...path, key]));
}

/** A Standard Webhooks secret holds at least this many bytes. */
const SHORTEST_SECRET_BYTES = 24;

/** The key inside a Standard Webhooks secret (`whsec_` and base64), or null when it is none. */
export function secretKey(secret: string): Buffer | null {
  const text = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  const key = Buffer.from(text, 'base64');
  return key.length >= SHORTEST_SECRET_BYTES ? key : null;
}

export type Secrets = { values: readonly string[]; findings: readonly Finding[] };

/**
 * The secrets of a variable: one, or during a rotation several with spaces between. `signing` ones
 * must be Standard Webhooks secrets.
 */
export function readSecrets(
  env: Variables,
  name: string,
  path: readonly string[],
  use: 'signing' | 'other',
): Secrets {
  const values = (env[name] ?? '').split(/\s+/).filter((value) => value !== '');
  if (values.length === 0) {
    return {
      values,
      findings: [
        { path, message: `The environment has no ${name}.`, advice: `Set ${name} before starting Meshline.` },
      ],
    };
  }
  if (use === 'signing' && values.some((value) => secretKey(value) === null)) {
    const message = `The value of ${name} is not a signing secret.`;
    const advice = `It should be "whsec_" and at least ${SHORTEST_SECRET_BYTES} bytes in base64, such as: echo "whsec_$(openssl rand -base64 32)".`;
    return { values: [], findings: [{ path, message, advice }] };
  }
  return { values, findings: [] };
}
