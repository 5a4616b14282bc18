import { z } from 'zod';
import { Label, TimeZone } from '../../exports/fields.ts';
import { checkBaseUrl } from '../shared/base-url.ts';

const LIVE = 'https://apis.fedex.com';
const SANDBOX = 'https://apis-sandbox.fedex.com';

const ServiceType = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{1,79}$/u, 'A FedEx service is in capitals, such as "FEDEX_GROUND".');

export const FedexSettings = z
  .strictObject({
    /** The API key of the project; its secret key is in `secret_env`. */
    client_id: z.string().trim().min(1).max(200),
    account_number: z.string().regex(/^\d{6,12}$/u, 'A FedEx account number has digits only, mostly 9.'),
    /** FedEx's test system; its labels ship nothing. */
    sandbox: z.boolean().default(false),
    /** The name of this carrier in label requests. */
    carrier: Label.default('fedex'),
    /** FedEx's service by ours; one that is not named here is tried in capitals. */
    services: z.record(Label, ServiceType).default({}),
    /** Where a request names no service. */
    default_service: ServiceType.optional(),
    packaging_type: ServiceType.default('YOUR_PACKAGING'),
    pickup_type: z
      .enum(['USE_SCHEDULED_PICKUP', 'DROPOFF_AT_FEDEX_LOCATION', 'CONTACT_FEDEX_TO_SCHEDULE'])
      .default('USE_SCHEDULED_PICKUP'),
    duties_paid_by: z.enum(['SENDER', 'RECIPIENT']).default('RECIPIENT'),
    /** For an address without a phone number: FedEx takes none without. */
    fallback_phone: z
      .string()
      .regex(/^\+?[\d\s().-]{10,25}$/u, 'A phone number has 10 to 15 digits.')
      .optional(),
    /** Where parcels leave: decides which day today is. */
    time_zone: TimeZone.default('UTC'),
    base_url: z.string().min(1).max(2_000).optional(),
    /** `base_url` is on a private network. */
    allow_private: z.boolean().default(false),
    /** For a whole call, the connection included. A push makes three, or five when its token is renewed. */
    timeout_ms: z.int().min(100).max(25_000).default(15_000),
    concurrency: z.int().min(1).max(64).default(4),
  })
  .superRefine(checkBaseUrl);
export type FedexSettings = z.infer<typeof FedexSettings>;

export function fedexBase({ base_url, sandbox }: FedexSettings): URL {
  return new URL(base_url ?? (sandbox ? SANDBOX : LIVE));
}
