import type { Played } from '../far-side.ts';
import { type Asked, at, list, text } from './carrier.ts';
import { FEDEX, type FedexLabel, fedexError, playFedex } from './fedex.ts';
import { playCarrier, type Shown } from './play.ts';

/** What any shipment costs here. */
const PRICE = 8.2;

/** Alaska and Hawaii: the sample's vans do not go there, so that a label to them is refused without any fault set. */
const FAR = /^(?:99[5-9]|96[78])/u;

const OPERATIONS: Readonly<Record<string, string>> = {
  [`POST ${FEDEX.token}`]: 'token',
  [`POST ${FEDEX.rate}`]: 'rate',
  [`POST ${FEDEX.ship}`]: 'ship',
  [`PUT ${FEDEX.cancel}`]: 'cancel',
  [`POST ${FEDEX.track}`]: 'track',
};

function recipient({ json }: Asked) {
  const shipment = at(json, 'requestedShipment');
  return at(shipment, 'recipient', 'address') ?? at(shipment, 'recipients', 0, 'address');
}

function shown({ request, tracking, void: isVoid }: FedexLabel): Shown {
  const shipment = at(request, 'requestedShipment');
  const address = at(shipment, 'recipients', 0, 'address');
  const references = list(at(shipment, 'requestedPackageLineItems', 0, 'customerReferences'));
  const invoice = references.find((each) => at(each, 'customerReferenceType') === 'INVOICE_NUMBER');
  const place = [text(at(address, 'city')), text(at(address, 'postalCode'))];
  return {
    tracking,
    reference: text(at(invoice ?? references[0], 'value')),
    to: place.filter((each) => each !== '').join(' '),
    service: text(at(shipment, 'serviceType')),
    cost: `${PRICE.toFixed(2)} ${text(at(shipment, 'preferredCurrency'), 'USD')}`,
    void: isVoid,
  };
}

export function fedexSample(secret: string): Played {
  let fedex = playFedex(PRICE);
  return playCarrier({
    name: 'fedex',
    title: 'Carrier (sample of FedEx)',
    note: 'Plays the calls of FedEx that Meshline makes: tokens, rates, labels, voids and finding a label. It is not FedEx, every shipment costs the same, and it does not go to Alaska or Hawaii.',
    token: FEDEX.token,
    operation: ({ method, path }) => OPERATIONS[`${method} ${path}`] ?? null,
    reference: ({ headers }) => String(headers['x-customer-transaction-id'] ?? ''),
    zip(asked) {
      const address = recipient(asked);
      return address === undefined ? null : text(at(address, 'postalCode'));
    },
    knows: ({ json }) => json['client_secret'] === secret,
    no: {
      token: fedexError(401, 'NOT.AUTHORIZED.ERROR'),
      service: {
        status: 400,
        body: {
          errors: [
            {
              code: 'SERVICE.LOCATION.UNAVAILABLE',
              message: 'The service is not available to the destination.',
            },
          ],
        },
      },
      address: {
        status: 400,
        body: { errors: [{ code: 'ENTERED.ZIPCODE.NOTFOUND', message: 'The ZIP code was not found.' }] },
      },
    },
    carrier: { token: () => fedex.token(), answer: (asked) => fedex.answer(asked) },
    serves: (zip) => !FAR.test(zip),
    labels: () => fedex.labels.map(shown),
    reset() {
      fedex = playFedex(PRICE);
    },
  });
}
