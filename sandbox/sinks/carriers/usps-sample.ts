import type { Played } from '../far-side.ts';
import { type Asked, at, list, text } from './carrier.ts';
import { playCarrier, type Shown } from './play.ts';
import { playUsps, USPS, type UspsLabel, uspsError } from './usps.ts';

/** What any parcel costs here. */
const PRICE = 9.4;

const OPERATIONS: Readonly<Record<string, string>> = {
  [`POST ${USPS.token}`]: 'token',
  [`POST ${USPS.payment}`]: 'payment',
  [`POST ${USPS.rate}`]: 'rate',
  [`POST ${USPS.label}`]: 'ship',
};

function operationOf({ method, path }: Asked): string | null {
  if (method === 'DELETE' && path.startsWith(`${USPS.label}/`)) return 'cancel';
  return OPERATIONS[`${method} ${path}`] ?? null;
}

function shown({ request, tracking, void: isVoid }: UspsLabel): Shown {
  const references = list(at(request, 'packageDescription', 'customerReference'));
  const printed = references.find((each) => at(each, 'printReferenceNumber') === true);
  return {
    tracking,
    reference: text(at(printed ?? references[0], 'referenceNumber')),
    to: `${text(at(request, 'toAddress', 'city'))} ${text(at(request, 'toAddress', 'ZIPCode'))}`,
    service: text(at(request, 'packageDescription', 'mailClass')),
    cost: `${PRICE.toFixed(2)} USD`,
    void: isVoid,
  };
}

export function uspsSample(secret: string): Played {
  let usps = playUsps(PRICE, 0);
  return playCarrier({
    name: 'usps',
    title: 'Carrier (sample of USPS)',
    note: 'Plays the calls of USPS that Meshline makes: tokens, payment, prices, labels and voids. It is not USPS, and every parcel costs the same.',
    token: USPS.token,
    operation: operationOf,
    reference: ({ json }) => text(at(json, 'packageDescription', 'customerReference', 0, 'referenceNumber')),
    zip({ json }) {
      const zip = json['destinationZIPCode'] ?? at(json, 'toAddress', 'ZIPCode');
      return typeof zip === 'string' ? zip : null;
    },
    knows: ({ json }) => json['client_secret'] === secret,
    no: {
      token: uspsError(401, '401', 'Invalid client'),
      service: uspsError(400, '160138', 'The mail class is not available to this destination.'),
      address: uspsError(400, '010005', 'The ZIP code was not found.'),
    },
    carrier: { token: () => usps.token(), answer: (asked) => usps.answer(asked) },
    serves: () => true,
    labels: () => usps.labels.map(shown),
    reset() {
      usps = playUsps(PRICE, 0);
    },
  });
}
