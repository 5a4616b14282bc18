import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../exports/words.ts';

const Every = z
  .int()
  .min(MINUTE_MS)
  .max(31 * DAY_MS);

const Place = z.string().trim().min(1, 'A path is missing here.').max(1000);

/** What Meshline does by itself, whatever comes in. */
export const Schedules = z.strictObject({
  backup: z
    .strictObject({
      every_ms: Every,
      folder: Place.describe('Best on another disk; made when it is missing.'),
      keep: z.int().min(1).max(1000).describe('How many backups stay there; older ones are removed.'),
    })
    .optional()
    .describe('Verified copies of the ledger.'),
  head: z
    .strictObject({
      every_ms: Every,
      file: Place.describe('Best where whoever can write the ledger can only append.'),
    })
    .optional()
    .describe('The end of the hash chain, noted outside the ledger.'),
});
export type Schedules = z.infer<typeof Schedules>;
