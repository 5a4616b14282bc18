import { put, type RawExport } from './fixtures.ts';

/** A parcel from New York to Portland, quoted by FedEx at 8.20 USD and allowed 12.00 USD. */
export function domestic(order: string): (raw: RawExport) => void {
  return (raw) => {
    raw['idempotency_key'] = `label-${order}`;
    put(raw, 'payload.order_id', order);
    put(raw, 'payload.shipment_reference', `${order}-A`);
    put(raw, 'payload.carrier', { preferred: 'fedex', service: 'ground', alternates: ['usps'] });
    put(raw, 'payload.ship_from', {
      name: 'Goods out',
      company: 'Northwind Goods',
      line1: '12 Canal Street',
      city: 'New York',
      region: 'NY',
      postal_code: '10013',
      country: 'US',
    });
    put(raw, 'payload.ship_to', {
      name: 'Camille Example',
      line1: '881 Example Avenue',
      city: 'Portland',
      region: 'OR',
      postal_code: '97201',
      country: 'US',
      email: 'camille@example.com',
    });
    put(raw, 'payload.max_cost', { amount: '12.00', currency: 'USD' });
    put(raw, 'payload.quoted_cost', { amount: '8.20', currency: 'USD' });
    put(raw, 'payload.customs', null);
  };
}
