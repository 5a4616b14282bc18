import { z } from 'zod';
import { Label, TimeZone } from '../../exports/fields.ts';
import { checkBaseUrl } from '../shared/base-url.ts';

const LIVE = 'https://apis.usps.com';
const SANDBOX = 'https://apis-tem.usps.com';

/** Mail classes that the domestic labels API takes. */
const MailClass = z.enum([
  'USPS_GROUND_ADVANTAGE',
  'PRIORITY_MAIL',
  'PRIORITY_MAIL_EXPRESS',
  'PARCEL_SELECT',
  'LIBRARY_MAIL',
  'MEDIA_MAIL',
  'BOUND_PRINTED_MATTER',
]);
export const MAIL_CLASSES: ReadonlySet<string> = new Set(MailClass.options);

/** What people call them, where the settings name nothing else. */
export const SERVICES = {
  ground_advantage: 'USPS_GROUND_ADVANTAGE',
  priority: 'PRIORITY_MAIL',
  express: 'PRIORITY_MAIL_EXPRESS',
} as const;

const Digits = z.string().regex(/^\d{1,15}$/u, 'This has digits only.');

export const UspsSettings = z
  .strictObject({
    /** The consumer key of the app; its consumer secret is in `secret_env`. */
    client_id: z.string().trim().min(1).max(200),
    crid: Digits,
    mid: Digits,
    manifest_mid: Digits,
    account_type: z.enum(['EPS', 'PERMIT']).default('EPS'),
    account_number: Digits,
    /** USPS's test system (TEM); its labels ship nothing. */
    sandbox: z.boolean().default(false),
    /** The name of this carrier in label requests. */
    carrier: Label.default('usps'),
    /** USPS's mail class by our service; one that is not named here is tried in capitals. */
    services: z.record(Label, MailClass).default({}),
    /** Where a request names no service. */
    default_service: MailClass.optional(),
    price_type: z.enum(['COMMERCIAL', 'RETAIL', 'CONTRACT']).default('COMMERCIAL'),
    rate_indicator: z
      .string()
      .regex(/^[A-Z0-9]{2}$/u, 'A rate indicator has two characters, such as "SP".')
      .default('SP'),
    /** Where parcels leave: decides which day today is. */
    time_zone: TimeZone.default('America/New_York'),
    /** USPS gives an app 60 an hour until it is asked for more. A label takes two. */
    calls_per_hour: z.int().min(4).max(1_000_000).default(60),
    base_url: z.string().min(1).max(2_000).optional(),
    /** `base_url` is on a private network. */
    allow_private: z.boolean().default(false),
    /** For a whole call, the connection included. A push makes up to four, and more when tokens are renewed. */
    timeout_ms: z.int().min(100).max(20_000).default(12_000),
    concurrency: z.int().min(1).max(64).default(2),
  })
  .superRefine(checkBaseUrl);
export type UspsSettings = z.infer<typeof UspsSettings>;

export function uspsBase({ base_url, sandbox }: UspsSettings): URL {
  return new URL(base_url ?? (sandbox ? SANDBOX : LIVE));
}
