import { z } from 'zod';
import { Channels, Label } from '../exports/fields.ts';
import { checkUrl } from '../sinks/egress.ts';

/** Settings that every platform with an API has. */
export const PlatformSettings = {
  api_url: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe('Where its API is asked instead of the platform’s own address, such as a proxy.'),
  allow_private: z.boolean().default(false).describe('Lets addresses be private or plain http.'),
  timeout_ms: z.int().min(100).max(60_000).default(10_000),
  channels: Channels.optional().describe('Channels of its exports; the kind’s own name unless told.'),
  locations: z
    .record(z.string().min(1).max(100), Label)
    .default({})
    .describe('Its location ids as the short names that exports use.'),
};

export function checkAddress(
  key: string,
  url: string | undefined,
  allowPrivate: boolean,
): { key: string; problem: string }[] {
  const checked = url === undefined ? null : checkUrl(url, allowPrivate);
  return checked && !checked.ok ? [{ key, problem: checked.problem }] : [];
}

/** The address of an API under which `path` stands; what was configured, or the platform's own. */
export function under(base: string, path: string): URL {
  return new URL(path, base.endsWith('/') ? base : `${base}/`);
}
