import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { Json } from '../../exports/envelope.ts';
import { HOUR_MS } from '../../exports/words.ts';
import type { CarrierClient } from '../carriers/client.ts';
import { type CarrierAnswer, jsonOf, lost, outcomeOf } from '../carriers/errors.ts';
import type { Price } from '../carriers/label-request.ts';
import { createTokenCache, type FetchedToken, type TokenCache } from '../carriers/token.ts';
import type { Reading } from '../outcome.ts';
import type { SinkOutcome } from '../port.ts';
import { complaintsOf, labelOf, rateOf, type UspsLabel, voidedOf } from './answers.ts';
import { USPS_CODES } from './codes.ts';
import type { UspsSettings } from './settings.ts';

export type UspsResult<T> = { ok: true; value: T } | { ok: false; outcome: SinkOutcome };

export type UspsCalls = {
  rate(body: Json): Promise<UspsResult<Price>>;
  label(body: Json): Promise<UspsResult<UspsLabel>>;
  /** `already`: it was void before. */
  cancel(trackingNumber: string): Promise<UspsResult<'CANCELED' | 'DISPUTED' | 'already'>>;
  /** The second token, which lets a label be charged to the account. */
  payment: TokenCache;
};

const Authorised = z.object({ paymentAuthorizationToken: z.string().min(1).max(20_000) });

/** USPS lets it live for eight hours. */
const PAYMENT_MS = 8 * HOUR_MS;

const LABELS_JSON = 'application/vnd.usps.labels+json';

export function createUspsCalls(
  client: CarrierClient,
  clock: Clock,
  settings: UspsSettings,
  reading: () => Reading,
): UspsCalls {
  const refused = (answer: CarrierAnswer, writes: boolean): { ok: false; outcome: SinkOutcome } => ({
    ok: false,
    outcome: outcomeOf(answer, complaintsOf(answer), { ...reading(), table: USPS_CODES, writes }),
  });
  const succeeded = ({ status }: CarrierAnswer) => status >= 200 && status < 300;
  const unreadable = (writes: boolean): { ok: false; outcome: SinkOutcome } => ({
    ok: false,
    outcome: lost('The answer was a success, but not in the form of USPS.', writes),
  });

  const authorise = async (): Promise<FetchedToken> => {
    const { crid, mid, manifest_mid, account_type, account_number } = settings;
    const party = {
      CRID: crid,
      MID: mid,
      manifestMID: manifest_mid,
      accountType: account_type,
      accountNumber: account_number,
    };
    const called = await client.call({
      method: 'POST',
      path: '/payments/v3/payment-authorization',
      body: {
        roles: [
          { roleName: 'PAYER', ...party },
          { roleName: 'LABEL_OWNER', ...party },
        ],
      },
      writes: false,
      prepaid: true,
    });
    if (!called.ok) return called;
    const { answer } = called;
    if (!succeeded(answer)) {
      const { outcome } = refused(answer, false);
      // A plain no to the account as it is configured.
      return outcome.kind === 'failed' && outcome.exception_code === 'sink_rejected'
        ? { ok: false, outcome: { ...outcome, exception_code: 'carrier_account_invalid' } }
        : { ok: false, outcome };
    }
    const read = Authorised.safeParse(jsonOf(answer));
    if (!read.success) return unreadable(false);
    return { ok: true, value: read.data.paymentAuthorizationToken, lasts_ms: PAYMENT_MS };
  };
  const payment = createTokenCache(clock, authorise);
  const also = { header: 'x-payment-authorization-token', tokens: payment };

  return {
    payment,
    async rate(body) {
      const called = await client.call({
        method: 'POST',
        path: '/prices/v3/base-rates/search',
        body,
        writes: false,
        prepaid: true,
      });
      if (!called.ok) return called;
      if (!succeeded(called.answer)) return refused(called.answer, false);
      const price = rateOf(called.answer);
      return price ? { ok: true, value: price } : unreadable(false);
    },
    async label(body) {
      const called = await client.call({
        method: 'POST',
        path: '/labels/v3/label',
        body,
        writes: true,
        prepaid: true,
        headers: { accept: LABELS_JSON },
        also,
      });
      if (!called.ok) return called;
      if (!succeeded(called.answer)) return refused(called.answer, true);
      const label = labelOf(called.answer);
      return label ? { ok: true, value: label } : unreadable(true);
    },
    async cancel(trackingNumber) {
      const called = await client.call({
        method: 'DELETE',
        path: `/labels/v3/label/${encodeURIComponent(trackingNumber)}`,
        body: null,
        writes: true,
        also,
      });
      if (!called.ok) return called;
      if (!succeeded(called.answer)) {
        const { outcome } = refused(called.answer, true);
        if (outcome.kind !== 'failed') return { ok: false, outcome };
        if (outcome.exception_code === 'label_already_voided') return { ok: true, value: 'already' };
        const named =
          outcome.exception_code === 'sink_rejected' ? 'label_void_rejected' : outcome.exception_code;
        return { ok: false, outcome: { ...outcome, exception_code: named } };
      }
      const status = voidedOf(called.answer);
      return status ? { ok: true, value: status } : unreadable(true);
    },
  };
}
