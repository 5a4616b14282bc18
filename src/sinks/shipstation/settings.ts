import { z } from 'zod';
import { Label, TimeZone } from '../../exports/fields.ts';
import { checkBaseUrl } from '../shared/base-url.ts';

const LIVE = 'https://api.shipstation.com/v2';

const AccountId = z
  .string()
  .regex(/^se(-[a-z0-9]+)+$/u, 'A ShipStation id looks like "se-123456".')
  .max(25);
const Code = z
  .string()
  .regex(/^[a-z0-9]+(_[a-z0-9-]+)*$/u, 'A ShipStation code is in lower case, such as "ups_ground".')
  .max(80);

export const ShipStationSettings = z
  .strictObject({
    /** Carrier accounts by the carrier's name in label requests. */
    carriers: z
      .record(
        Label,
        z.strictObject({
          carrier_id: AccountId,
          /** ShipStation's service by ours; one that is not named here is tried as it is. */
          services: z.record(Label, Code).default({}),
          /** Where a request names no service; absent: the cheapest one. */
          default_service: Code.optional(),
        }),
      )
      .refine((carriers) => Object.keys(carriers).length > 0, 'Name at least one carrier account.'),
    package_code: Code.default('package'),
    validate_address: z
      .enum(['no_validation', 'validate_only', 'validate_and_clean'])
      .default('no_validation'),
    /** For an address without a phone number: ShipStation takes none without. */
    fallback_phone: z
      .string()
      .regex(/^\+?[\d\s().-]{7,25}$/u, 'A phone number has 7 to 15 digits.')
      .optional(),
    /** Where parcels leave: decides which day today is. */
    time_zone: TimeZone.default('UTC'),
    /** With the version of the API. */
    base_url: z.string().min(1).max(2_000).default(LIVE),
    /** `base_url` is on a private network. */
    allow_private: z.boolean().default(false),
    /** For a whole call, the connection included. A push makes up to five. */
    timeout_ms: z.int().min(100).max(20_000).default(18_000),
    concurrency: z.int().min(1).max(32).default(4),
    /** ShipStation allows 200; the rest is left to whatever else uses the account. */
    calls_per_minute: z.int().min(1).max(10_000).default(180),
  })
  .superRefine(checkBaseUrl);
export type ShipStationSettings = z.infer<typeof ShipStationSettings>;
