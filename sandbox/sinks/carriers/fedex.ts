import { type Asked, at, type JsonObject, list, type Said, text } from './carrier.ts';

export type FedexLabel = {
  reference: string;
  tracking: string;
  parcels: number;
  void: boolean;
  request: JsonObject;
};

export const FEDEX = {
  token: '/oauth/token',
  rate: '/rate/v1/rates/quotes',
  ship: '/ship/v1/shipments',
  cancel: '/ship/v1/shipments/cancel',
  track: '/track/v1/referencenumbers',
};

export function fedexError(status: number, ...codes: string[]): Said {
  const errors = codes.map((code) => ({ code, message: `FedEx says ${code}.` }));
  return { status, body: { transactionId: 't-1', errors } };
}

/** A small FedEx: every shipment costs `price`. Labels are counted where they are made, so that a second purchase shows. */
export function playFedex(price: number) {
  const labels: FedexLabel[] = [];
  const state = { price, tokens: 0, alerts: [] as JsonObject[], tracked: true, tokenLife: 3_600 };
  let valid = '';

  const rate = (json: JsonObject): Said => {
    const shipment = at(json, 'requestedShipment');
    const detail = (rateType: string, currency: string, totalNetCharge: number) => ({
      rateType,
      totalNetCharge,
      currency,
    });
    return {
      status: 200,
      body: {
        transactionId: 't-1',
        output: {
          alerts: state.alerts,
          rateReplyDetails: [
            {
              serviceType: at(shipment, 'serviceType') ?? 'FEDEX_GROUND',
              ratedShipmentDetails: [
                detail('LIST', 'USD', state.price * 2),
                detail('ACCOUNT', text(at(shipment, 'preferredCurrency'), 'USD'), state.price),
              ],
            },
          ],
        },
      },
    };
  };

  const ship = (json: JsonObject): Said => {
    const shipment = at(json, 'requestedShipment');
    const parcels = list(at(shipment, 'requestedPackageLineItems'));
    const references = list(at(parcels[0], 'customerReferences'));
    const reference = references.find((one) => at(one, 'customerReferenceType') === 'CUSTOMER_REFERENCE');
    const tracking = `7949535550${String(10 + labels.length)}`;
    labels.push({
      reference: text(at(reference, 'value')),
      tracking,
      parcels: parcels.length,
      void: false,
      request: json,
    });
    const currency = at(shipment, 'preferredCurrency') ?? 'USD';
    return {
      status: 200,
      body: {
        transactionId: 't-1',
        output: {
          transactionShipments: [
            {
              masterTrackingNumber: tracking,
              serviceType: at(shipment, 'serviceType') ?? '',
              shipDatestamp: at(shipment, 'shipDatestamp') ?? '',
              alerts: state.alerts,
              shipmentDocuments: [
                {
                  contentType: 'MERGED_LABEL_DOCUMENTS',
                  docType: 'PDF',
                  url: `https://fedex.example/${tracking}`,
                },
              ],
              pieceResponses: parcels.map((_, index) => ({
                trackingNumber: index === 0 ? tracking : `${tracking}${String(index)}`,
                netRateAmount: state.price / parcels.length,
                currency,
                packageDocuments: [
                  { contentType: 'LABEL', url: `https://fedex.example/${tracking}/${String(index)}` },
                ],
              })),
              completedShipmentDetail: {
                shipmentRating: {
                  actualRateType: 'PAYOR_ACCOUNT_SHIPMENT',
                  shipmentRateDetails: [
                    { rateType: 'PAYOR_LIST_SHIPMENT', totalNetCharge: state.price * 2, currency },
                    { rateType: 'PAYOR_ACCOUNT_SHIPMENT', totalNetCharge: state.price, currency },
                  ],
                },
              },
            },
          ],
        },
      },
    };
  };

  const cancel = (json: JsonObject): Said => {
    const label = labels.find(({ tracking }) => tracking === at(json, 'trackingNumber'));
    if (!label) return fedexError(400, 'TRACKINGIDS.TRACKINGNUMBER.CLOSED');
    if (label.void) return fedexError(400, 'CANCELSHIPMENT.TRACKINGNUMBER.DELETED');
    label.void = true;
    return {
      status: 200,
      body: { transactionId: 't-1', output: { cancelledShipment: true, cancelledHistory: true } },
    };
  };

  const track = (json: JsonObject): Said => {
    const reference = at(json, 'referencesInformation', 'value');
    const found = state.tracked ? labels.filter((label) => label.reference === reference) : [];
    const nothing = { error: { code: 'TRACKING.REFERENCENUMBER.NOTFOUND', message: 'Not found.' } };
    const trackResults = found.map((label) => ({
      trackingNumberInfo: { trackingNumber: label.tracking, carrierCode: 'FDXG' },
      serviceDetail: { type: 'FEDEX_GROUND' },
      latestStatusDetail: { code: label.void ? 'CA' : 'OC' },
    }));
    const completeTrackResults = [{ trackResults: trackResults.length > 0 ? trackResults : [nothing] }];
    return { status: 200, body: { transactionId: 't-1', output: { completeTrackResults } } };
  };

  const answer = ({ path, headers, json }: Asked): Said | null => {
    if (headers.authorization !== `Bearer ${valid}`) return fedexError(401, 'NOT.AUTHORIZED.ERROR');
    if (path === FEDEX.rate) return rate(json);
    if (path === FEDEX.cancel) return cancel(json);
    if (path === FEDEX.ship) return ship(json);
    return path === FEDEX.track ? track(json) : null;
  };
  const token = (): Said => {
    state.tokens += 1;
    valid = `canary-token-${String(state.tokens)}`;
    return {
      status: 200,
      body: { access_token: valid, token_type: 'bearer', expires_in: state.tokenLife, scope: 'CXS' },
    };
  };
  return {
    labels,
    state,
    token,
    answer,
    /** Tokens given out so far are not taken any more. */
    revoke: () => {
      valid = '';
    },
  };
}
