import type { Clock } from '../../clock.ts';
import type { Json } from '../../exports/envelope.ts';
import { refusal } from '../carriers/errors.ts';
import { type LabelRequest, readLabelRequest } from '../carriers/label-request.ts';
import { labelReference } from '../carriers/reference.ts';
import type { Facts, Found, PushRequest, SinkOutcome } from '../port.ts';
import { failed } from '../shared/ending.ts';
import type { Redact } from '../signing.ts';
import { Created, Label, Labels, priceOf, Shipment } from './answers.ts';
import { chosen, shipmentOf } from './bodies.ts';
import { complaintsOf, type ShipStation } from './client.ts';
import { rate } from './rates.ts';
import type { ShipStationSettings } from './settings.ts';

export type LabelDeps = { api: ShipStation; clock: Clock; settings: ShipStationSettings; redact: Redact };

/** After this long in one attempt the next one goes on, ms: nothing is bought at the end of a lease. */
const LONG_MS = 40_000;
/** A shipment that was refused is cancelled and made anew under the next name; more than this is a mistake. */
const MOST_NAMES = 9;

/** Refusals that an earlier purchase explains, although it was not to be seen yet when it was looked for. */
const STANDS_ALREADY: ReadonlySet<string> = new Set(['duplicate_shipment', 'resource_state_conflict']);

const unreadable = (what: string): SinkOutcome => ({
  kind: 'unknown',
  cause: `ShipStation's answer about the ${what} cannot be read.`,
});

type Standing =
  | { ok: true; shipment: Shipment | null; external_id: string }
  | { ok: false; outcome: SinkOutcome };

/** The shipment of this push that is not cancelled, or the name under which it is to be made. */
async function standing(api: ShipStation, key: string): Promise<Standing> {
  for (let name = 1; name <= MOST_NAMES; name += 1) {
    const external_id = name === 1 ? labelReference(key) : `${labelReference(key)}-${String(name)}`;
    const path = `/shipments/external_shipment_id/${external_id}`;
    const answer = await api.call({ method: 'GET', path, writes: false });
    if (!answer.ok && answer.absent) return { ok: true, shipment: null, external_id };
    if (!answer.ok) return { ok: false, outcome: answer.outcome };
    const read = Shipment.safeParse(answer.body);
    if (!read.success)
      return { ok: false, outcome: { kind: 'retry', after_ms: null, cause: 'A shipment cannot be read.' } };
    if (read.data.shipment_status !== 'cancelled') return { ok: true, shipment: read.data, external_id };
  }
  const message = 'This shipment was made and cancelled again and again. Look at it in ShipStation.';
  return { ok: false, outcome: failed('resource_state_conflict', message) };
}

function factsOf(label: Label, carrier: string, format: LabelRequest['label_format']): Facts {
  const facts: { [key: string]: Json } = { carrier, label_id: label.label_id };
  const cost = priceOf([label.shipment_cost, label.insurance_cost]);
  const url = label.label_download?.[format] ?? label.label_download?.href;
  const parcels = (label.packages ?? []).flatMap(({ tracking_number }) => tracking_number ?? []);
  if (label.service_code) facts['service'] = label.service_code;
  if (cost) facts['cost'] = cost;
  if (label.tracking_number) facts['tracking_number'] = label.tracking_number;
  if (parcels.length > 1) facts['tracking_numbers'] = parcels;
  if (url) facts['label_url'] = url;
  if (label.shipment_id) facts['shipment_id'] = label.shipment_id;
  if (label.ship_date) facts['ship_date'] = label.ship_date;
  return facts;
}

/** What a label says of its purchase. */
function outcomeOfLabel(label: Label, carrier: string, format: LabelRequest['label_format']): SinkOutcome {
  switch (label.status) {
    case 'completed':
      return { kind: 'delivered', reference: label.label_id, facts: factsOf(label, carrier, format) };
    case 'processing':
      return { kind: 'unknown', cause: 'ShipStation is still making the label.' };
    case 'error': {
      const message = 'ShipStation could not make the label; look at it there.';
      return failed('label_pending', message, { label_id: label.label_id });
    }
    case 'voided':
      return failed('label_already_voided', 'The label was made and voided.', { label_id: label.label_id });
  }
}

/** The outward labels of a shipment; null when they cannot be had. */
async function labelsOf(api: ShipStation, shipmentId: string): Promise<readonly Label[] | null> {
  const path = `/labels?shipment_id=${encodeURIComponent(shipmentId)}&page_size=25`;
  const answer = await api.call({ method: 'GET', path, writes: false });
  const read = answer.ok ? Labels.safeParse(answer.body) : null;
  return read?.success === true ? read.data.labels.filter((label) => label.is_return_label !== true) : null;
}

/** Looks a purchase up. A label that was bought and voided since is for a person to judge. */
async function settled(
  api: ShipStation,
  shipment: Shipment,
  carrier: string,
  format: LabelRequest['label_format'],
): Promise<Found> {
  const labels = await labelsOf(api, shipment.shipment_id);
  if (labels === null) return { kind: 'unknown' };
  const bought = labels.find((label) => label.status === 'completed' && !label.voided);
  if (bought)
    return { kind: 'delivered', reference: bought.label_id, facts: factsOf(bought, carrier, format) };
  const open = shipment.shipment_status !== 'pending' || labels.some((label) => label.status !== 'error');
  return open ? { kind: 'unknown' } : { kind: 'absent' };
}

/** Best effort: a shipment that nobody buys a label for must not wait among those to be shipped. */
async function withdraw(api: ShipStation, shipmentId: string): Promise<void> {
  await api.call({ method: 'PUT', path: `/shipments/${shipmentId}/cancel`, writes: true });
}

export function createLabels(deps: LabelDeps) {
  const { api, clock, settings, redact } = deps;
  const create = async (
    body: Json,
  ): Promise<{ ok: true; id: string } | { ok: false; outcome: SinkOutcome }> => {
    const answer = await api.call({ method: 'POST', path: '/shipments', body, writes: true });
    if (!answer.ok) {
      // Made by an earlier call that is not to be read back yet.
      const taken = answer.complaints.some(({ code }) => code === 'identifier_conflict');
      const cause = 'The shipment exists already and is read back.';
      return { ok: false, outcome: taken ? { kind: 'retry', after_ms: null, cause } : answer.outcome };
    }
    const read = Created.safeParse(answer.body);
    const [one] = read.success ? read.data.shipments : [];
    if (!read.success || !one) return { ok: false, outcome: unreadable('shipment') };
    const errors = complaintsOf({ errors: one.errors ?? [] });
    if (read.data.has_errors || errors.length > 0 || one.shipment_id === undefined) {
      const otherwise = 'ShipStation refused the shipment without a reason.';
      return { ok: false, outcome: refusal('sink_rejected', errors, 200, otherwise, redact) };
    }
    return { ok: true, id: one.shipment_id };
  };

  const buy = async (label: LabelRequest, rateId: string, name: string): Promise<SinkOutcome> => {
    const { label_format } = label;
    const answer = await api.call({
      method: 'POST',
      path: `/labels/rates/${encodeURIComponent(rateId)}`,
      body: { label_format, label_layout: '4x6', label_download_type: 'url' },
      writes: true,
    });
    // A label is paid for, whatever else the answer complains of.
    const read = Label.safeParse(answer.body);
    if (read.success) return outcomeOfLabel(read.data, name, label_format);
    return answer.ok ? unreadable('label') : answer.outcome;
  };

  return {
    /** Buys a label once: a shipment under our own name, its rates, then the rate that is not too dear. */
    async push(request: PushRequest): Promise<SinkOutcome> {
      const begun = clock.monotonic();
      const label = readLabelRequest(request);
      if (!label.ok) return label.outcome;
      const carrier = chosen(label.value, settings);
      if (!carrier.ok) return carrier.outcome;
      const found = await standing(api, request.key);
      if (!found.ok) return found.outcome;
      if (found.shipment !== null) {
        const there = await settled(api, found.shipment, carrier.value.name, label.value.label_format);
        if (there.kind === 'delivered') return there;
        if (there.kind === 'unknown')
          return { kind: 'unknown', cause: 'A label of this shipment may have been bought.' };
      }
      let id = found.shipment?.shipment_id;
      if (id === undefined) {
        const body = shipmentOf(label.value, found.external_id, carrier.value, settings);
        if (!body.ok) return body.outcome;
        const created = await create(body.value);
        if (!created.ok) return created.outcome;
        id = created.id;
      }
      if (clock.monotonic() - begun > LONG_MS) return { kind: 'partial', cursor: id };
      const best = await rate(deps, label.value, id, carrier.value);
      if (best.ok && clock.monotonic() - begun > LONG_MS) return { kind: 'partial', cursor: id };
      const outcome = best.ok ? await buy(label.value, best.rate_id, carrier.value.name) : best.outcome;
      if (outcome.kind !== 'failed') return outcome;
      if (STANDS_ALREADY.has(outcome.exception_code)) {
        const shipment = { shipment_id: id, shipment_status: 'pending' } as const;
        const there = await settled(api, shipment, carrier.value.name, label.value.label_format);
        if (there.kind === 'delivered') return there;
      }
      await withdraw(api, id);
      return outcome;
    },

    async reconcile(request: PushRequest): Promise<Found> {
      const label = readLabelRequest(request);
      if (!label.ok) return { kind: 'unknown' };
      const carrier = chosen(label.value, settings);
      const found = await standing(api, request.key);
      if (!found.ok) return { kind: 'unknown' };
      if (found.shipment === null) return { kind: 'absent' };
      const name = carrier.ok ? carrier.value.name : label.value.carrier.preferred;
      return await settled(api, found.shipment, name, label.value.label_format);
    },
  };
}
