import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { z } from 'zod';
import { checkUrl, EgressRefused, guardedLookup, rulesFor, systemResolver } from './egress.ts';

const Address = z.object({
  url: z.string().optional(),
  base_url: z.string().optional(),
  allow_private: z.boolean().default(false),
});

/** Where a sink with these settings is, or null for one whose address is its kind's own affair. */
export function addressOf(settings: unknown): { url: string; allow_private: boolean } | null {
  const read = Address.safeParse(settings).data;
  const url = read?.url ?? read?.base_url;
  return read === undefined || url === undefined ? null : { url, allow_private: read.allow_private };
}

const PATIENCE_MS = 3_000;

/**
 * Opens a connection to a configured address, under the same guard as a push, and closes it: nothing
 * is sent. Null when it opened (for https with a certificate that is trusted), else why not.
 */
export function reach(address: string, allowPrivate: boolean): Promise<string | null> {
  const checked = checkUrl(address, allowPrivate);
  if (!checked.ok) return Promise.resolve(checked.problem);
  const { url } = checked;
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const lookup = guardedLookup(rulesFor(url, allowPrivate), systemResolver);
  const port = Number(url.port || (secure ? 443 : 80));
  return new Promise((resolve) => {
    const socket: Socket = secure
      ? connectTls({ host, port, lookup, servername: host })
      : connectPlain({ host, port, lookup });
    const end = (problem: string | null) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(PATIENCE_MS, () => end('it does not answer within three seconds'));
    socket.once(secure ? 'secureConnect' : 'connect', () => end(null));
    socket.once('error', (error: NodeJS.ErrnoException) => end(whyNot(error)));
  });
}

function whyNot(error: NodeJS.ErrnoException): string {
  if (error instanceof EgressRefused) return error.message;
  const known = error.code === undefined ? undefined : REASONS[error.code];
  return known ?? `the connection fails (${error.code ?? 'unknown'})`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name cannot be resolved',
  EAI_AGAIN: 'its name cannot be resolved now',
  ECONNREFUSED: 'the connection is refused',
};
