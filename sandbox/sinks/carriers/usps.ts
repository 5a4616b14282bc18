import type { Asked, JsonObject, Said } from './carrier.ts';

export type UspsLabel = { tracking: string; request: JsonObject; void: boolean };

export const USPS = {
  token: '/oauth2/v3/token',
  payment: '/payments/v3/payment-authorization',
  rate: '/prices/v3/base-rates/search',
  label: '/labels/v3/label',
};
/** Where a label is voided. */
export const voiding = (tracking: string) => `${USPS.label}/${tracking}`;

export function uspsError(status: number, code: string, detail = `USPS says ${code}.`): Said {
  return {
    status,
    body: {
      apiVersion: '/labels/v3',
      error: {
        code: String(status),
        message: 'Bad Request',
        errors: [{ title: 'Bad Request', detail, code, source: { parameter: 'toAddress' } }],
      },
    },
  };
}

/** A small USPS: every parcel costs `price`, and its label the `fee` besides. Labels are counted where they are made, so that a second purchase shows. */
export function playUsps(price: number, fee: number) {
  const labels: UspsLabel[] = [];
  const state = { price, tokens: 0, payments: 0, image: 'JVBERi0xLjQ=' };
  let bearer = '';
  let paid = '';

  const label = (json: JsonObject): Said => {
    const tracking = `92055900066622021${String(1000 + labels.length)}`;
    labels.push({ tracking, request: json, void: false });
    const metadata: JsonObject = {
      trackingNumber: tracking,
      postage: state.price,
      fees: fee === 0 ? [] : [{ name: 'Nonstandard length', SKU: 'X', price: fee }],
      extraServices: [],
      zone: '05',
      weightUOM: 'lb',
      weight: 2,
    };
    return { status: 200, body: { ...metadata, labelImage: state.image } };
  };
  const cancel = (tracking: string): Said => {
    const found = labels.find((one) => one.tracking === tracking);
    if (!found) return uspsError(400, '00000XX', 'Order not found');
    if (found.void) return uspsError(400, '160186', 'Order already canceled');
    found.void = true;
    return { status: 200, body: { trackingNumber: tracking, status: 'CANCELED' } };
  };
  const answer = ({ method, path, headers, json }: Asked): Said | null => {
    if (headers.authorization !== `Bearer ${bearer}`) return uspsError(401, '401', 'Invalid token');
    if (path === USPS.payment) {
      state.payments += 1;
      paid = `canary-payment-${String(state.payments)}`;
      return { status: 200, body: { paymentAuthorizationToken: paid } };
    }
    if (path === USPS.rate) return { status: 200, body: { totalBasePrice: state.price, rates: [] } };
    if (!path.startsWith(USPS.label)) return null;
    if (headers['x-payment-authorization-token'] !== paid)
      return uspsError(401, '401', 'Invalid payment token');
    return method === 'DELETE' ? cancel(path.slice(USPS.label.length + 1)) : label(json);
  };
  const token = (): Said => {
    state.tokens += 1;
    bearer = `canary-token-${String(state.tokens)}`;
    return {
      status: 200,
      body: { access_token: bearer, token_type: 'Bearer', expires_in: 28_799, status: 'approved' },
    };
  };
  return {
    labels,
    state,
    token,
    answer,
    revoke: () => {
      bearer = '';
      paid = '';
    },
  };
}
