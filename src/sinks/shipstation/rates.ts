import { exceptionOf, refusal } from '../carriers/errors.ts';
import { type LabelRequest, readLabelRequest, shipDate, tooDear } from '../carriers/label-request.ts';
import type { PushRequest, Sink, SinkOutcome } from '../port.ts';
import type { Redact } from '../signing.ts';
import { cheapest, Estimates, priceOf, Rated } from './answers.ts';
import { type Chosen, chosen, estimatesOf } from './bodies.ts';
import { complaintsOf, type ShipStation } from './client.ts';
import { SHIPSTATION_CODES } from './codes.ts';
import type { ShipStationSettings } from './settings.ts';

type Allowed = { ok: true; rate_id: string } | { ok: false; outcome: SinkOutcome };

/** The rate that may be bought, or why none may. */
export async function rate(
  { api, redact }: { api: ShipStation; redact: Redact },
  label: LabelRequest,
  shipmentId: string,
  { name, carrier_id, service }: Chosen,
): Promise<Allowed> {
  const body = {
    shipment_id: shipmentId,
    rate_options: {
      carrier_ids: [carrier_id],
      ...(service === null ? {} : { service_codes: [service] }),
      preferred_currency: label.max_cost.currency.toLowerCase(),
    },
  };
  const answer = await api.call({ method: 'POST', path: '/rates', body, writes: false });
  if (!answer.ok) return { ok: false, outcome: answer.outcome };
  const read = Rated.safeParse(answer.body);
  if (!read.success) {
    const cause = 'The rates cannot be read.';
    return { ok: false, outcome: { kind: 'retry', after_ms: null, cause } };
  }
  const { rates, invalid_rates, errors, status } = read.data.rate_response;
  const best = cheapest(rates ?? [], carrier_id, service);
  if (best === null && status === 'working') {
    const cause = 'The carrier has not told its rates yet.';
    return { ok: false, outcome: { kind: 'retry', after_ms: null, cause } };
  }
  if (best === null) {
    const told = (invalid_rates ?? []).flatMap((one) => one.error_messages ?? []);
    const complaints = [...complaintsOf({ errors }), ...complaintsOf({ errors: told })];
    const code = exceptionOf(complaints, SHIPSTATION_CODES) ?? 'carrier_service_unavailable';
    const otherwise = `${name} has no rate for this parcel${service === null ? '' : ` and ${service}`}.`;
    // Nothing was bought, so nothing is unknown.
    const known = code === 'outcome_unknown' ? 'carrier_service_unavailable' : code;
    return { ok: false, outcome: refusal(known, complaints, 200, otherwise, redact) };
  }
  const dear = tooDear(name, best.price, label.max_cost);
  return dear === null ? { ok: true, rate_id: best.rate.rate_id } : { ok: false, outcome: dear };
}

/** What the parcels would cost together, by estimate: nothing is made at ShipStation. */
export async function quote(
  api: ShipStation,
  settings: ShipStationSettings,
  now: number,
  request: PushRequest,
): ReturnType<NonNullable<Sink['quote']>> {
  const label = readLabelRequest(request);
  const carrier = label.ok ? chosen(label.value, settings) : label;
  if (!label.ok || !carrier.ok) return null;
  const { carrier_id, service: wanted } = carrier.value;
  const day = shipDate(label.value.ship_date, now, settings.time_zone);
  let service = wanted;
  const costs: { amount: number; currency: string }[] = [];
  for (const body of estimatesOf(label.value, carrier.value, day) ?? []) {
    const answer = await api.call({ method: 'POST', path: '/rates/estimate', body, writes: false });
    const read = answer.ok ? Estimates.safeParse(answer.body) : null;
    const best = read?.success === true ? cheapest(read.data, carrier_id, service) : null;
    if (best === null) return null;
    costs.push({ ...best.price, amount: Number(best.price.amount) });
    // All parcels go by the service of the first.
    service = best.rate.service_code;
  }
  const price = priceOf(costs);
  return price === null ? null : { ...price, service };
}
