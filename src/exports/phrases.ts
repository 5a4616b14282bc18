import { type Amount, compareAmounts, cutPercent, isZero } from './money.ts';

/** Short English for cards and messages: counts, lists, money, names of systems. */

const grouped = new Intl.NumberFormat('en-GB');

/** "1 SKU", "5,000 SKUs". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${grouped.format(n)} ${n === 1 ? one : many}`;
}

/** "5,000", "-12". */
export function figure(n: number): string {
  return grouped.format(n);
}

/** "Shopify, OMS and 2 more": names at most three. */
export function list(names: readonly string[]): string {
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} more`] : names;
  if (shown.length < 2) return shown[0] ?? '';
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** "9.40 USD". Carriers write 9.4, which no currency does. */
export function money(amount: Amount, currency: string): string {
  const whole = /\.\d$/.test(amount) ? `${amount}0` : amount;
  return `${whole} ${currency}`;
}

/** "-20 %" or "+5 %", to one decimal. */
export function changePercent(before: Amount, after: Amount): string {
  const cut = cutPercent(before, after);
  if (cut === 0) {
    const way = compareAmounts(after, before);
    return isZero(before)
      ? 'was free'
      : way === 0
        ? 'unchanged'
        : `less than 0.1 % ${way < 0 ? 'down' : 'up'}`;
  }
  return cut > 0 ? `-${cut} %` : `+${Math.abs(cut)} %`;
}

const NAMES: Record<string, string> = {
  bigcommerce: 'BigCommerce',
  shipstation: 'ShipStation',
  shipengine: 'ShipEngine',
  fedex: 'FedEx',
  amazon: 'Amazon',
  pos: 'POS',
  ups: 'UPS',
  usps: 'USPS',
  dhl: 'DHL',
  dpd: 'DPD',
  gls: 'GLS',
  oms: 'OMS',
  wms: 'WMS',
  erp: 'ERP',
  bi: 'BI',
  sftp: 'SFTP',
  '3pl': '3PL',
  eu: 'EU',
  us: 'US',
  uk: 'UK',
  de: 'DE',
  fr: 'FR',
  b2b: 'B2B',
};

function word(part: string): string {
  const lower = part.toLowerCase();
  return Object.hasOwn(NAMES, lower)
    ? (NAMES[lower] ?? part)
    : `${part.charAt(0).toUpperCase()}${part.slice(1)}`;
}

/** The name people know a system by: `shopify_eu` is "Shopify EU". */
export function systemName(label: string): string {
  return label
    .split(/[_-]+/)
    .filter((part) => part !== '')
    .map(word)
    .join(' ');
}

/** A carrier's own code of a service as people read it, without the carrier's name: `USPS_GROUND_ADVANTAGE` is "Ground Advantage". */
export function serviceName(code: string, carrier: string): string {
  const words = systemName(code === code.toUpperCase() ? code.toLowerCase() : code);
  const first = `${systemName(carrier)} `;
  return words.startsWith(first) ? words.slice(first.length) : words;
}

/** "Shopify and OMS". */
export function systemNames(labels: readonly string[]): string {
  return list(labels.map((label) => short(systemName(label), 24)));
}

/** A machine word as people read it: `wrong_item` is "wrong item". */
export function spoken(machineWord: string): string {
  return machineWord.replaceAll('_', ' ');
}

/** Cut for a card; the surface still shows the whole elsewhere. */
export function short(words: string, max = 120): string {
  return words.length <= max ? words : `${words.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** "SKU-1 Linen shirt", or the SKU alone. */
export function itemName(line: { sku: string; title: string | null }): string {
  return line.title === null ? line.sku : `${line.sku} ${line.title}`;
}

/** Of a list that may be too long for `Math.max(...)`; -Infinity when it is empty. */
export function highest(numbers: readonly number[]): number {
  return numbers.reduce((most, n) => Math.max(most, n), Number.NEGATIVE_INFINITY);
}

/** Infinity when the list is empty. */
export function lowest(numbers: readonly number[]): number {
  return numbers.reduce((least, n) => Math.min(least, n), Number.POSITIVE_INFINITY);
}

/** "0" when the list is empty. */
export function lowestAmount(amounts: readonly Amount[]): Amount {
  return amounts.reduce(
    (least, amount) => (compareAmounts(amount, least) < 0 ? amount : least),
    amounts[0] ?? '0',
  );
}
