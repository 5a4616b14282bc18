import type { Mend } from './define.ts';

const ADDRESS = ['name', 'company', 'line1', 'line2', 'city', 'region', 'postal_code', 'country'];
const CONTACT = ['name', 'company', 'phone', 'email'];

/** Of whom the parcel goes to first: theirs is the address that is wrong most often. */
function both(fields: readonly string[]): readonly string[] {
  return ['ship_to', 'ship_from'].flatMap((end) => fields.map((field) => `payload.${end}.${field}`));
}

const PARCELS = ['payload.parcels.*.weight', 'payload.parcels.*.dimensions'];

const CARRIER = ['payload.carrier.preferred', 'payload.carrier.service', 'payload.max_cost.amount'];

/** A day may have passed while somebody asked, and a label is never for yesterday. */
const SHIP_DATE = 'payload.ship_date';

const ADDRESSES: Mend = { title: 'Fix address', paths: [...both(ADDRESS), SHIP_DATE] };
const CONTACTS: Mend = { title: 'Fix contact', paths: [...both(CONTACT), SHIP_DATE] };
const PARCEL: Mend = { title: 'Fix parcel', paths: [...PARCELS, ...CARRIER, SHIP_DATE] };
const SHIPMENT: Mend = { title: 'Change shipment', paths: [...CARRIER, ...PARCELS, SHIP_DATE] };
const CUSTOMS: Mend = {
  title: 'Fix customs data',
  paths: [
    ...['description', 'unit_value', 'currency', 'origin_country', 'hs_code'].map(
      (field) => `payload.customs.items.*.${field}`,
    ),
    SHIP_DATE,
  ],
};

/** What may be changed of a label request when a carrier would not make the label, by the reason it gave. */
export const MENDS: Readonly<Record<string, Mend>> = {
  address_invalid: ADDRESSES,
  address_unverifiable: ADDRESSES,
  contact_invalid: CONTACTS,
  package_over_limit: PARCEL,
  package_service_mismatch: PARCEL,
  package_spec_invalid: PARCEL,
  carrier_mismatch: SHIPMENT,
  carrier_service_unavailable: SHIPMENT,
  carrier_cutoff_missed: SHIPMENT,
  label_pending: SHIPMENT,
  customs_data_invalid: CUSTOMS,
};
