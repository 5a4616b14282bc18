import { GOODS, SECONDS } from '../goods.ts';
import { type Discount, gidOf, type Product, SCOPES, type Shop, type Variant } from './shop.ts';

const BERLIN = gidOf('Location', 1);
const LEIPZIG = gidOf('Location', 2);
/** As meshline.yml names it. */
const ONLINE_STORE = gidOf('Publication', 1);
const DAY_MS = 86_400_000;

/** Previews that wait to go live. */
const PREVIEWS = ['Merino beanie', 'Merino scarf'];

function product(n: number, handle: string, title: string, live: boolean): Product {
  return {
    id: gidOf('Product', n),
    handle,
    title,
    descriptionHtml: '',
    status: live ? 'ACTIVE' : 'DRAFT',
    mark: live ? null : `preview-${handle}`,
    bullets: null,
    media: [],
    publications: new Set(live ? [ONLINE_STORE] : []),
  };
}

/** The shop as it opens: the sample goods in two warehouses, two previews, and one discount that waits to be started. */
export function firstShop(now: () => number): Shop {
  const goods = [...GOODS, ...SECONDS];
  const handles = [...new Map(goods.map((each) => [each.handle, each.product]))];
  const live = handles.map(([handle, title], n) => product(n + 1, handle, title, true));
  const variants = goods.map(
    (each, n): Variant => ({
      id: gidOf('ProductVariant', n + 1),
      product: live.find(({ handle }) => handle === each.handle)?.id ?? '',
      item: gidOf('InventoryItem', n + 1),
      sku: each.sku,
      name: each.variant,
      price: each.price,
      compareAtPrice: null,
      weight: null,
      sides: {},
      stock: { [BERLIN]: each.stock, [LEIPZIG]: 40 },
    }),
  );
  const summer: Discount = {
    id: gidOf('DiscountAutomaticNode', 1057856602),
    type: 'DiscountAutomaticBasic',
    title: 'Summer 24, 20 % off',
    startsAt: new Date(now() + 365 * DAY_MS).toISOString(),
    endsAt: null,
  };
  return {
    now,
    name: 'Northwind Goods (sample)',
    currency: 'EUR',
    development: false,
    scopes: [...SCOPES],
    locations: [
      { id: BERLIN, name: 'wh-berlin', isActive: true },
      { id: LEIPZIG, name: 'wh-leipzig', isActive: true },
    ],
    publications: [{ id: ONLINE_STORE, name: 'Online Store' }],
    products: [
      ...live,
      ...PREVIEWS.map((title, n) =>
        product(live.length + n + 1, title.toLowerCase().replace(' ', '-'), title, false),
      ),
    ],
    variants,
    discounts: [summer],
    running: 3,
    orders: [],
    drafts: [],
    keys: new Map(),
    forbids: () => false,
    effects: [],
  };
}
