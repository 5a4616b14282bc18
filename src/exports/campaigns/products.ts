import { z } from 'zod';
import { type CsvRow, csvRows } from '../csv.ts';
import { count } from '../phrases.ts';
import { BriefProduct, MOST_PRODUCTS } from './brief.ts';

/** What people paste: SKUs, or a table with a head. Nothing is taken while a line is wrong. */
export type Pasted = { products: BriefProduct[] } | { problems: readonly string[] };

const COLUMNS: Readonly<Record<string, keyof BriefProduct>> = {
  sku: 'sku',
  item: 'sku',
  'item number': 'sku',
  title: 'title',
  name: 'title',
  product: 'title',
  handle: 'handle',
  price: 'price',
  'current price': 'price',
  'old price': 'price',
  'compare at': 'compare_at',
  was: 'compare_at',
  'promo price': 'promo_price',
  'new price': 'promo_price',
};
const AMOUNTS: ReadonlySet<keyof BriefProduct> = new Set(['price', 'compare_at', 'promo_price']);
const MOST_TOLD = 5;

/** The separator that the head uses: comma, semicolon or tab. */
function delimiterOf(text: string): string {
  const head = text.split('\n', 1)[0] ?? '';
  return ['\t', ';', ','].find((each) => head.includes(each)) ?? ',';
}

function columnsOf(head: readonly string[]): (keyof BriefProduct | null)[] | null {
  const columns = head.map(
    (cell) =>
      COLUMNS[
        cell
          .trim()
          .toLowerCase()
          .replaceAll(/[\s_-]+/g, ' ')
      ] ?? null,
  );
  return columns.includes('sku') ? columns : null;
}

/** "1.299,00" and "12,99" as Europe writes them, "1,299.00" and "12.99" as America does. */
function amountOf(cell: string): string {
  const bare = cell.replaceAll(/[\s\u00a0€$£'’]/g, '').replace(/^[A-Z]{3}|[A-Z]{3}$/g, '');
  const comma = bare.lastIndexOf(',');
  const dot = bare.lastIndexOf('.');
  if (comma === -1) return bare;
  if (dot === -1) return /^\d{1,3}(,\d{3})+$/.test(bare) ? bare.replaceAll(',', '') : bare.replace(',', '.');
  return comma > dot ? bare.replaceAll('.', '').replace(',', '.') : bare.replaceAll(',', '');
}

function productOf(columns: readonly (keyof BriefProduct | null)[], cells: readonly string[]) {
  const entries = columns.flatMap((column, index): [string, string][] => {
    const cell = (cells[index] ?? '').trim();
    if (column === null || cell === '') return [];
    return [[column, AMOUNTS.has(column) ? amountOf(cell) : cell]];
  });
  return BriefProduct.safeParse(Object.fromEntries(entries));
}

function sayWhy(line: number, issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues;
  const column = String(issue?.path[0] ?? 'sku').replace('_', ' ');
  const amount = AMOUNTS.has(String(issue?.path[0]) as keyof BriefProduct);
  const missing = issue?.code === 'invalid_type' && issue.path[0] === 'sku';
  const why = missing ? 'there is no SKU.' : amount ? 'write a price such as 12.99.' : (issue?.message ?? '');
  return `Line ${line}, ${column}: ${why}`;
}

/** One SKU a line or several with commas, without a head. */
function bareSkus(text: string): Pasted {
  const words = text.split(/[\n\r,;\t]+/).map((each) => each.trim());
  const skus = words.filter((each) => each !== '');
  const cells = /[;\t]/.test(text) ? text.split(/[\n\r;\t]+/).map((each) => each.trim()) : skus;
  if (cells.some((each) => /^\d+[.,]\d{1,2}$/.test(each))) {
    return {
      problems: ['There are prices but no head. Begin with a line such as: sku, title, price, promo price'],
    };
  }
  return collect(skus.map((sku, index) => ({ line: index + 1, read: BriefProduct.safeParse({ sku }) })));
}

function collect(rows: readonly { line: number; read: ReturnType<typeof BriefProduct.safeParse> }[]): Pasted {
  const problems = rows.flatMap(({ line, read }) => (read.success ? [] : [sayWhy(line, read.error.issues)]));
  if (problems.length > 0) {
    const more = problems.length - MOST_TOLD;
    return { problems: [...problems.slice(0, MOST_TOLD), ...(more > 0 ? [`And ${more} more lines.`] : [])] };
  }
  const products = rows.flatMap(({ read }) => (read.success ? [read.data] : []));
  if (products.length === 0) return { problems: ['Name at least one SKU.'] };
  if (products.length > MOST_PRODUCTS) {
    return { problems: [`These are ${count(products.length, 'product')}; a campaign has at most 5,000.`] };
  }
  return { products };
}

type Table = {
  columns: (keyof BriefProduct | null)[] | null;
  body: readonly CsvRow[];
};

const isBlank = (cells: readonly string[]) => cells.every((cell) => cell.trim() === '');

/** The rows that say something, each with its line in the text, from 1. Throws for a quote that is never closed. */
function tableOf(text: string): Table {
  const whole = text.replace(/^\u{feff}/u, '').replaceAll(/\r\n?/g, '\n');
  const rows = csvRows(whole.trimEnd(), { delimiter: delimiterOf(whole.trimStart()) });
  const [head, ...body] = rows.filter(({ cells }) => !isBlank(cells));
  return { columns: columnsOf(head?.cells ?? []), body };
}

/** Reads a pasted list of products: SKUs alone, or CSV with a head that has a column "sku". */
export function readProducts(text: string): Pasted {
  const clean = text.replace(/^\u{feff}/u, '').trim();
  if (clean === '') return { problems: ['Name at least one SKU.'] };
  let table: Table;
  try {
    table = tableOf(text);
  } catch {
    return { problems: ['This is no table that can be read: a quote is opened and not closed.'] };
  }
  const { columns, body } = table;
  if (columns === null) return bareSkus(clean);
  return collect(body.map(({ line, cells }) => ({ line, read: productOf(columns, cells) })));
}

/** The list as it is pasted again: only the columns that are in use. */
export function writeProducts(products: readonly BriefProduct[]): string {
  const used = (['title', 'handle', 'price', 'compare_at', 'promo_price'] as const).filter((column) =>
    products.some((each) => each[column] !== null),
  );
  if (used.length === 0) return products.map(({ sku }) => sku).join('\n');
  const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const head = ['sku', ...used.map((each) => each.replace('_', ' '))].join(',');
  const rows = products.map((each) =>
    [each.sku, ...used.map((column) => each[column] ?? '')].map(quoted).join(','),
  );
  return [head, ...rows].join('\n');
}

/** On which line of the pasted list, from 1, the product with an index stands; of bare SKUs, which one it is. */
export function linesOf(text: string): (index: number) => number {
  const bare = (index: number) => index + 1;
  try {
    const { columns, body } = tableOf(text);
    return columns === null ? bare : (index) => body[index]?.line ?? index + 2;
  } catch {
    return bare;
  }
}
