import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

export type Variant = {
  id: number;
  product_id: number;
  sku: string;
  price: number | null;
  sale_price: number | null;
  retail_price: number | null;
  weight: number;
  width: number;
  height: number;
  depth: number;
};
export type Picture = { id: number; description: string; sort_order: number; url: string };
export type Product = {
  id: number;
  name: string;
  description: string;
  is_visible: boolean;
  inventory_tracking: string;
  images: Picture[];
  channels: Set<number>;
  made?: unknown;
};
export type PriceRecord = { variant_id: number; currency: string; price: number; sale_price?: number };
export type Order = {
  id: number;
  status_id: number;
  staff_notes: string;
  products: { id: number; quantity: number; quantity_shipped: number; order_address_id: number }[];
  shipments: { id: number; tracking_number: string; sent: unknown }[];
};

export type Asked = { method: string; path: string; query: URLSearchParams; body: unknown; token: string };

/** How a call goes wrong, once. `after`: what it asks for is done first. */
export type Fault = {
  /** Of `METHOD /path`. */
  on: RegExp;
  after: boolean;
  how:
    | 'hang'
    | 'reset'
    | 'html'
    | 'flood'
    | { status: number; body?: unknown; headers?: Record<string, string> };
};

export type Answer = { status: number; body: unknown };

/** A call as it arrived, before the store reads it. */
export type Raw = { method: string; path: string; headers: IncomingHttpHeaders; body: string };

/** Answers as a fault has it; `hang` is left without an answer. */
export function spoil({ how }: Fault, response: ServerResponse): void {
  if (how === 'hang') return;
  if (how === 'reset') {
    response.destroy();
    return;
  }
  if (how === 'html') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Maintenance</body></html>');
    return;
  }
  if (how === 'flood') {
    response.writeHead(200, { 'content-type': 'application/json' });
    const part = Buffer.alloc(1024 * 1024, ' ');
    for (let sent = 0; sent < 9; sent += 1) response.write(part);
    response.end('{}');
    return;
  }
  response.writeHead(how.status, { 'content-type': 'application/json', ...how.headers });
  response.end(how.body === undefined ? '' : JSON.stringify(how.body));
}
