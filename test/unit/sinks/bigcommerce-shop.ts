import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  type Answer,
  type Asked,
  type Fault,
  type Order,
  type PriceRecord,
  type Product,
  type Raw,
  spoil,
  type Variant,
} from './bigcommerce-shop-parts.ts';

const json = (body: unknown, status = 200): Answer => ({ status, body });
const pages = (total_pages: number) => ({
  pagination: { total: 0, count: 0, per_page: 50, current_page: 1, total_pages, links: {} },
});
const missing = (): Answer => json({ status: 404, title: 'The resource was not found.' }, 404);
const listOf = (query: URLSearchParams, name: string) => query.get(name)?.split(',') ?? null;
const idsOf = (query: URLSearchParams, name: string) => listOf(query, name)?.map(Number) ?? null;

/** A small BigCommerce store on loopback that holds what it is told. */
export async function openShop() {
  const variants: Variant[] = [];
  const products: Product[] = [];
  const stock = new Map<string, number>();
  const lists = new Map<number, PriceRecord[]>();
  const promotions = new Map<number, { status: string; end_date?: string | null }>();
  const orders = new Map<number, Order>();
  const asked: Asked[] = [];
  /** What changed the store: `METHOD /path`. */
  const effects: string[] = [];
  const faults: Fault[] = [];
  let window: Record<string, string> = {};
  let tokens = ['canary-token'];
  /** A refusal of a whole batch or record by its content. */
  let refuse: (path: string, one: Record<string, unknown>) => Answer | null = () => null;
  let hung = () => {};
  let watch: (raw: Raw, answer: Answer) => void = () => undefined;
  let instead: (call: Asked) => Answer | null = () => null;
  let next = 1000;

  const variantsBy = (test: (variant: Variant) => boolean) => variants.filter(test);
  const calculated = (variant: Variant) => ({
    ...variant,
    calculated_price: variant.sale_price ?? variant.price ?? 0,
  });
  const records = (body: unknown) => (Array.isArray(body) ? body : [body]) as Record<string, unknown>[];

  function addProduct(skus: string[], over: Partial<Product> & { price?: number } = {}): Product {
    const { price = 20, ...rest } = over;
    const product: Product = {
      id: (next += 1),
      name: `Product ${skus[0] ?? ''}`,
      description: 'As it was.',
      is_visible: false,
      inventory_tracking: 'variant',
      images: [],
      channels: new Set(),
      ...rest,
    };
    products.push(product);
    for (const sku of skus) {
      const id = (next += 1);
      variants.push({
        id,
        product_id: product.id,
        sku,
        price,
        sale_price: null,
        retail_price: null,
        weight: 1,
        width: 1,
        height: 1,
        depth: 1,
      });
      stock.set(`${id} 1`, 10);
    }
    return product;
  }

  const effect = ({ method, path }: Asked) => effects.push(`${method} ${path}`);

  function writeVariants(call: Asked): Answer {
    const batch = records(call.body);
    if (batch.length > 50) return json({ status: 413, title: 'The maximum items allowed is 50' }, 413);
    for (const one of batch) {
      const refused = refuse(call.path, one);
      if (refused) return refused;
    }
    for (const one of batch) {
      const held = variants.find(({ id }) => id === one['id']);
      if (held) Object.assign(held, one);
    }
    effect(call);
    return json({
      data: batch.map(({ id }) => calculated(variantsBy((one) => one.id === id)[0] as Variant)),
    });
  }

  function writeRecords(call: Asked, list: number): Answer {
    const held = lists.get(list);
    if (!held) return missing();
    const refused: unknown[] = [];
    for (const one of records(call.body)) {
      const bad = refuse(call.path, one);
      if (bad) {
        refused.push({ data: one, field_errors: { price: 'must be above cost' } });
        continue;
      }
      const kept = held.filter(
        ({ variant_id, currency }) => variant_id !== one['variant_id'] || currency !== one['currency'],
      );
      held.splice(0, held.length, ...kept, one as PriceRecord);
    }
    effect(call);
    return refused.length > 0 ? json({ batch_errors: refused }, 422) : json({ data: {}, meta: {} });
  }

  function adjust(call: Asked, relative: boolean): Answer {
    const { items } = call.body as { items: Record<string, number>[] };
    if (items.length > 2000) return json({ status: 413, title: 'Too many items' }, 413);
    for (const one of items) {
      const refused = refuse(call.path, one);
      if (refused) return refused;
    }
    for (const { variant_id, product_id, location_id, quantity = 0 } of items) {
      const id = variant_id ?? variants.find((one) => one.product_id === product_id)?.id;
      const key = `${String(id)} ${String(location_id)}`;
      stock.set(key, relative ? (stock.get(key) ?? 0) + quantity : quantity);
    }
    effect(call);
    return json({ transaction_id: 'tx-1' });
  }

  function makeProduct(call: Asked): Answer {
    const body = call.body as Record<string, unknown> & { variants?: Record<string, unknown>[] };
    if (products.some(({ name }) => name === body['name']))
      return json({ status: 409, title: 'The product name is a duplicate' }, 409);
    const skus = (body.variants ?? [body]).map(({ sku }) => String(sku));
    const product = addProduct(skus, {
      name: String(body['name']),
      description: String(body['description']),
      is_visible: body['is_visible'] === true,
      made: body,
    });
    for (const [index, one] of variantsBy(({ product_id }) => product_id === product.id).entries()) {
      const sent = body.variants?.[index] ?? body;
      one.price = (sent['price'] as number | undefined) ?? null;
      one.sale_price = (sent['sale_price'] as number | undefined) ?? null;
    }
    effect(call);
    return json({ data: { id: product.id }, meta: {} });
  }

  function writeProducts(call: Asked): Answer {
    const batch = records(call.body);
    if (batch.length > 10) return json({ status: 413, title: 'The maximum items allowed is 10' }, 413);
    for (const one of batch) {
      const refused = refuse(call.path, one);
      if (refused) return refused;
    }
    for (const one of batch) Object.assign(products.find(({ id }) => id === one['id']) ?? {}, one);
    effect(call);
    return json({ data: batch, meta: {} });
  }

  function pictures(call: Asked, product: Product, image: number | null): Answer {
    const sent = call.body as { image_url: string; description: string; sort_order: number } | null;
    if (call.method === 'GET') return json({ data: product.images });
    effect(call);
    if (call.method === 'DELETE') {
      product.images = product.images.filter(({ id }) => id !== image);
      return { status: 204, body: null };
    }
    if (!sent) return json({ status: 400, title: 'JSON data is missing' }, 400);
    const one = { description: sent.description, sort_order: sent.sort_order, url: sent.image_url };
    const held = product.images.find(({ id }) => id === image);
    if (held) Object.assign(held, one);
    else product.images.push({ id: (next += 1), ...one });
    return json({ data: one });
  }

  function ordersOf(call: Asked, rest: string): Answer {
    if (rest === '' && call.method === 'POST') {
      const id = (next += 1);
      orders.set(id, { id, status_id: 0, staff_notes: '', products: [], shipments: [] });
      effect(call);
      return json({ id }, 201);
    }
    if (rest === '/count') return json({ count: orders.size });
    const [, number = '', what = ''] = /^\/(\d+)(.*)$/u.exec(rest) ?? [];
    const order = orders.get(Number(number));
    if (!order) return json([{ status: 404, message: 'The requested resource was not found.' }], 404);
    if (what === '/products') return json(order.products);
    if (what === '/shipments' && call.method === 'GET')
      return order.shipments.length === 0 ? { status: 204, body: null } : json(order.shipments);
    if (what === '/shipments') {
      const sent = call.body as {
        tracking_number: string;
        items: { order_product_id: number; quantity: number }[];
      };
      for (const { order_product_id, quantity } of sent.items) {
        const line = order.products.find(({ id }) => id === order_product_id);
        if (line) line.quantity_shipped += quantity;
      }
      const made = { id: (next += 1), tracking_number: sent.tracking_number, sent };
      order.shipments.push(made);
      effect(call);
      return json({ id: made.id, tracking_number: made.tracking_number }, 201);
    }
    if (call.method === 'GET') return json({ ...order, products: {} });
    if (call.method === 'DELETE') orders.delete(order.id);
    else Object.assign(order, call.body);
    effect(call);
    return call.method === 'DELETE' ? { status: 204, body: null } : json({ ...order, products: {} });
  }

  function catalogue(call: Asked, rest: string): Answer {
    const { method, query } = call;
    if (rest === '/variants' && method === 'PUT') return writeVariants(call);
    if (rest === '/variants') {
      const ids = idsOf(query, 'product_id:in');
      const sku = query.get('sku');
      const data = variantsBy((one) =>
        ids ? ids.includes(one.product_id) : one.sku.toLowerCase() === sku?.toLowerCase(),
      );
      const limit = Number(query.get('limit') ?? 50);
      const page = Number(query.get('page') ?? 1);
      return json({
        data: data.slice((page - 1) * limit, page * limit).map(calculated),
        meta: pages(Math.ceil(data.length / limit)),
      });
    }
    if (rest === '/products/channel-assignments' && method === 'PUT') {
      for (const { product_id, channel_id } of records(call.body))
        products.find(({ id }) => id === product_id)?.channels.add(Number(channel_id));
      effect(call);
      return { status: 204, body: null };
    }
    if (rest === '/products/channel-assignments') {
      const ids = idsOf(query, 'product_id:in') ?? [];
      const data = products
        .filter(({ id }) => ids.includes(id))
        .flatMap(({ id, channels }) => [...channels].map((channel_id) => ({ product_id: id, channel_id })));
      return json({ data });
    }
    const image = /^\/products\/(\d+)\/images(?:\/(\d+))?$/u.exec(rest);
    const product = image && products.find(({ id }) => id === Number(image[1]));
    if (image && product) return pictures(call, product, image[2] === undefined ? null : Number(image[2]));
    if (rest === '/products' && method === 'POST') return makeProduct(call);
    if (rest === '/products' && method === 'PUT') return writeProducts(call);
    if (rest !== '/products') return missing();
    const ids = idsOf(query, 'id:in');
    const name = query.get('name');
    const data = products.filter((one) => (ids ? ids.includes(one.id) : name === null || one.name === name));
    return json({ data: data.map((one) => ({ ...one, channels: undefined, made: undefined })) });
  }

  function inventory(call: Asked, rest: string): Answer {
    if (rest === '/adjustments/absolute') return adjust(call, false);
    if (rest === '/adjustments/relative') return adjust(call, true);
    if (rest === '/locations') return json({ data: [{ id: 1, label: 'Main', enabled: true }] });
    const names = listOf(call.query, 'sku:in')?.map((name) => name.toLowerCase());
    const ids = idsOf(call.query, 'variant_id:in');
    const found = variantsBy(
      (one) => names?.includes(one.sku.toLowerCase()) ?? ids?.includes(one.id) ?? true,
    );
    const data = found.map(({ id, product_id, sku }) => ({
      identity: { variant_id: id, product_id, sku },
      locations: [...stock]
        .filter(([key]) => key.startsWith(`${id} `))
        .map(([key, units]) => ({ location_id: Number(key.split(' ')[1]), total_inventory_onhand: units })),
    }));
    return json({ data });
  }

  function answer(call: Asked): Answer {
    if (!tokens.includes(call.token)) return json({ status: 401, title: 'Unauthorized' }, 401);
    const { path, method, query } = call;
    const [, version = '', room = '', rest = ''] = /^\/(v[23]\/\w+)((?:\/[a-z-]+)?)(.*)$/u.exec(path) ?? [];
    if (version === 'v3/catalog') return catalogue(call, room + rest);
    if (version === 'v3/inventory') return inventory(call, room + rest);
    if (version === 'v2/orders') return ordersOf(call, room + rest);
    if (path === '/v3/channels')
      return json({ data: [{ id: 1, name: 'Storefront', status: 'active' }], meta: {} });
    if (/^\/v3\/channels\/\d+\/currency-assignments$/u.test(path))
      return json({ data: { channel_id: 1, enabled_currencies: ['EUR'], default_currency: 'EUR' } });
    const list = /^\/v3\/pricelists\/(\d+)(\/records)?$/u.exec(path);
    if (list) {
      const held = lists.get(Number(list[1]));
      if (!held) return missing();
      if (!list[2]) return json({ data: { id: Number(list[1]), name: 'Retail' } });
      if (method === 'PUT') return writeRecords(call, Number(list[1]));
      const ids = idsOf(query, 'variant_id:in') ?? [];
      return json({ data: held.filter(({ variant_id }) => ids.includes(variant_id)) });
    }
    if (path === '/v3/promotions') return json({ data: [], meta: pages(0) });
    const id = Number(/^\/v3\/promotions\/(\d+)$/u.exec(path)?.[1]);
    const promotion = promotions.get(id);
    if (!promotion) return missing();
    if (method === 'PUT') {
      Object.assign(promotion, call.body);
      effect(call);
    }
    return json({ data: { id, ...promotion } });
  }

  function handle(request: IncomingMessage, response: ServerResponse, text: string): void {
    const url = new URL(request.url ?? '', 'http://shop.invalid');
    const call: Asked = {
      method: request.method ?? '',
      path: url.pathname.replace(/^\/stores\/abc123/u, ''),
      query: url.searchParams,
      body: text === '' ? null : JSON.parse(text),
      token: String(request.headers['x-auth-token']),
    };
    asked.push(call);
    const given = instead(call);
    if (given) return send(response, given);
    const index = faults.findIndex(({ on }) => on.test(`${call.method} ${call.path}`));
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    if (fault?.how === 'hang') hung();
    if (fault && !fault.after) return spoil(fault, response);
    const told = answer(call);
    watch({ method: call.method, path: request.url ?? '', headers: request.headers, body: text }, told);
    if (fault) return spoil(fault, response);
    send(response, told);
  }

  function send(response: ServerResponse, { status, body }: Answer): void {
    response.writeHead(status, { 'content-type': 'application/json', ...window });
    response.end(body === null ? '' : JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handle(request, response, Buffer.concat(chunks).toString('utf8')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    variants,
    products,
    stock,
    lists,
    promotions,
    orders,
    asked,
    effects,
    addProduct,
    variant(sku: string): Variant {
      const found = variants.find((one) => one.sku === sku);
      if (!found) throw new Error(`The shop has no ${sku}.`);
      return found;
    },
    /** The next call that fits goes wrong; resolves when a call is left without an answer. */
    spoil(fault: Fault): Promise<void> {
      faults.push(fault);
      return new Promise((resolve) => {
        hung = resolve;
      });
    },
    tell(headers: Record<string, string>) {
      window = headers;
    },
    allow(...known: string[]) {
      tokens = known;
    },
    refuse(next: typeof refuse) {
      refuse = next;
    },
    /** Sees every call with its answer. */
    watch(seen: typeof watch) {
      watch = seen;
    },
    /** Answers in place of the store, unless it gives null. */
    answer(given: typeof instead) {
      instead = given;
    },
    writes: () => asked.filter(({ method }) => method !== 'GET'),
  };
}
export type BigShop = Awaited<ReturnType<typeof openShop>>;
