import type { Holding } from '../../ui-contract.ts';
import { DOWN, type Heard, LOST, type Played } from '../far-side.ts';
import type { Asked, Carrier, Said } from './carrier.ts';

/** A label as the page lists it. */
export type Shown = {
  tracking: string;
  reference: string;
  to: string;
  service: string;
  cost: string;
  void: boolean;
};

/** How one carrier is spoken to. */
export type Wire = {
  name: string;
  title: string;
  note: string;
  token: string;
  /** What a call is, by its method and path; null for an address the carrier does not have. */
  operation(asked: Asked): string | null;
  /** Our reference in the call; empty where there is none. */
  reference(asked: Asked): string;
  /** The ZIP code a call would ship to; null where it ships nothing. */
  zip(asked: Asked): string | null;
  /** Whether the token call brings the app's secret. */
  knows(asked: Asked): boolean;
  no: { token: Said; service: Said; address: Said };
  carrier: Carrier;
  /** Whether it goes to this ZIP code. */
  serves(zip: string): boolean;
  labels(): Shown[];
  reset(): void;
};

const MODES = [
  { id: 'ok', label: 'Works' },
  { id: 'service_unavailable', label: 'Refuses: service not available there' },
  { id: 'address_invalid', label: 'Refuses: address not valid' },
  { id: 'rate_limited', label: 'Rate limited (429)' },
  LOST,
  DOWN,
];

const THROTTLED: Said = {
  status: 429,
  body: { message: 'Too many requests' },
  headers: { 'retry-after': '2' },
};

const WRITES: ReadonlySet<string> = new Set(['ship', 'cancel']);

/** ZIP codes that begin so are nowhere: with one of them an address is wrong without any fault set. */
const NOWHERE = /^000/u;

function holding(labels: readonly Shown[]): Holding {
  const rows = labels.map((each) => [
    each.reference,
    each.to,
    each.cost,
    each.tracking,
    each.service,
    each.void ? 'void' : 'stands',
  ]);
  const columns = ['For', 'To', 'Cost', 'Tracking', 'Service', 'State'];
  return { title: 'Labels made', columns, rows: rows.toReversed(), empty: 'No label has been made yet.' };
}

/** A carrier that sells and voids labels out of memory. */
export function playCarrier(wire: Wire): Played {
  return {
    name: wire.name,
    title: wire.title,
    note: wire.note,
    key_label: 'Our reference',
    modes: MODES,
    hear(asked): Heard | null {
      const operation = wire.operation(asked);
      if (operation === null) return null;
      // A token call carries the app's secret.
      const shown = operation === 'token' ? {} : asked.json;
      const writes = WRITES.has(operation);
      return { operation, key: wire.reference(asked), writes, repeat: false, shown };
    },
    instead(mode, asked, { operation }) {
      if (operation === 'token') return wire.knows(asked) ? null : wire.no.token;
      if (mode === 'rate_limited') return THROTTLED;
      const zip = wire.zip(asked);
      if (zip === null) return null;
      if (mode === 'address_invalid' || NOWHERE.test(zip)) return wire.no.address;
      return mode === 'service_unavailable' || !wire.serves(zip) ? wire.no.service : null;
    },
    answer(asked): Said {
      if (asked.path === wire.token) return wire.carrier.token(asked);
      return wire.carrier.answer(asked) ?? { status: 404, body: {} };
    },
    refuses: () => false,
    holds: () => [holding(wire.labels())],
    reset: () => wire.reset(),
  };
}
