import { fromIso, toIso } from '../../clock.ts';
import { Brief, checkBrief } from '../../exports/campaigns/brief.ts';
import { linesOf, readProducts } from '../../exports/campaigns/products.ts';
import { instantAt, wallTime } from '../../exports/wall-time.ts';
import { ACTION, VALUE } from '../ids.ts';
import { raw } from '../text.ts';
import {
  BRIEF,
  type BriefBlock,
  type BriefList,
  isTooLong,
  listText,
  offerKind,
  VALUE_BLOCK,
} from './brief-inputs.ts';

/** `view.state.values`, as far as the form of a brief uses it. */
export type BriefValues = Readonly<Record<string, Readonly<Record<string, BriefValue>>>>;
type BriefValue = {
  value?: string | null | undefined;
  selected_option?: { value: string } | null | undefined;
  selected_options?: readonly { value: string }[] | null | undefined;
  selected_date?: string | null | undefined;
  selected_time?: string | null | undefined;
};

export type BriefFaults = { errors: Record<string, string> };

/** Longer and Slack's client would hide the end below the input. */
const LONGEST_FAULT = 600;
/** Of one input; with these mended the rest comes. */
const MOST_FAULTS = 3;

type Wrong = { block: BriefBlock; message: string };

function typed(values: BriefValues, block: BriefBlock): string {
  return values[block]?.[VALUE]?.value?.trim() ?? '';
}

/** Which kind of offer is chosen, wherever the select has its own action id. */
export function chosenKind(values: BriefValues) {
  return offerKind(values[BRIEF.kind]?.[ACTION.briefOfferKind]?.selected_option?.value);
}

/** "19,90", "20 %" and "€ 5" as people write them. */
function amount(text: string): string {
  return text.replaceAll(/[\s\u00a0%€$£]/g, '').replace(/^(\d+),(\d{1,4})$/, '$1.$2');
}

/** Lines; where there is one alone, what its commas part. */
function entries(text: string): string[] {
  const parts = text.includes('\n') ? text.split('\n') : text.split(',');
  return parts.map((each) => each.trim()).filter((each) => each !== '');
}

/** What was typed into a list, the list as it was where nothing was changed, or null where it is to be read. */
function untouched(values: BriefValues, base: Brief | null, list: BriefList): boolean {
  if (base === null) return false;
  const text = values[BRIEF[list]]?.[VALUE]?.value ?? '';
  if (isTooLong(base, list)) return text.trim() === '';
  return text.replaceAll('\r\n', '\n').trim() === listText(base, list).trim();
}

function channelsIn(values: BriefValues): string[] {
  const chosen = values[BRIEF.channels]?.[VALUE]?.selected_options;
  if (chosen) return chosen.map(({ value }) => value);
  return typed(values, BRIEF.channels)
    .split(/[\s,;]+/)
    .filter((each) => each !== '');
}

function offerIn(values: BriefValues, base: Brief | null): object {
  const kind = chosenKind(values);
  const [code, spend] = [typed(values, BRIEF.code), amount(typed(values, BRIEF.minSpend))];
  const terms = {
    kind,
    value: amount(typed(values, VALUE_BLOCK[kind])),
    code: code === '' ? null : code,
    min_spend: spend === '' ? null : spend,
    stackable: base?.offer.stackable ?? false,
  };
  switch (kind) {
    case 'percent_off':
      return terms;
    case 'amount_off':
    case 'fixed_price':
      return { ...terms, currency: currencyIn(values) };
    case 'bogo':
      return {
        ...terms,
        buy: Number(typed(values, BRIEF.buy) || Number.NaN),
        get: Number(typed(values, BRIEF.get) || Number.NaN),
      };
  }
}

function currencyIn(values: BriefValues): string {
  return typed(values, BRIEF.currency).toUpperCase();
}

/** Where one end of the window stands; what was not moved keeps its seconds. */
function momentIn(
  values: BriefValues,
  blocks: { date: BriefBlock; time: BriefBlock },
  zone: string,
  before: string | undefined,
): { iso: string } | Wrong {
  const date = values[blocks.date]?.[VALUE]?.selected_date ?? '';
  const time = values[blocks.time]?.[VALUE]?.selected_time ?? '';
  if (date === '') return { block: blocks.date, message: 'Choose a day.' };
  if (time === '') return { block: blocks.time, message: 'Choose a time.' };
  if (before !== undefined) {
    const was = wallTime(fromIso(before), zone);
    if (was.date === date && was.time === time) return { iso: before };
  }
  const at = instantAt({ date, time }, zone);
  if (at !== null) return { iso: toIso(at) };
  const message = `There is no ${time} on ${date} in ${zone}: the clocks go forward then. Choose another time.`;
  return { block: blocks.time, message };
}

const WHOLE = 'Write a whole number from 1 to 100.';

/** Which input is about which value of a brief; the value of an offer has one by its kind. */
const BLOCK_OF: Readonly<Record<string, BriefBlock>> = {
  name: BRIEF.name,
  products: BRIEF.products,
  'offer.buy': BRIEF.buy,
  'offer.get': BRIEF.get,
  'offer.code': BRIEF.code,
  'offer.min_spend': BRIEF.minSpend,
  'offer.currency': BRIEF.currency,
  currency: BRIEF.currency,
  'window.start': BRIEF.startDate,
  window: BRIEF.endDate,
  channels: BRIEF.channels,
  discounts: BRIEF.channels,
  keywords: BRIEF.keywords,
  creative_ids: BRIEF.creatives,
  landing_urls: BRIEF.landing,
};

/** The input that an issue is about, and what it says there. */
function placed(path: readonly PropertyKey[], message: string, unread: Unread): Wrong {
  const [field = '', second] = path.map(String);
  const block = BLOCK_OF[`${field}.${second}`] ?? BLOCK_OF[field] ?? unread.offer;
  if (block === BRIEF.buy || block === BRIEF.get) return { block, message: WHOLE };
  if (!/^\d+$/.test(second ?? '')) return { block, message };
  const index = Number(second);
  if (block === BRIEF.products) {
    const line = unread.lineOf(index);
    if (line === null) return { block, message };
    const said = message.replace(/\bon line (\d+)/, (_, n) => `on line ${unread.lineOf(Number(n) - 1)}`);
    return { block, message: `Line ${line}: ${said}` };
  }
  const named = unread.named(field)[index];
  return { block, message: named === undefined ? message : `“${raw(named, 60)}”: ${message}` };
}

/** What was entered, before the brief's schema has read it. */
type Unread = {
  /** The input of the offer's value. */
  offer: BriefBlock;
  /** The entries of a list that was typed as lines. */
  named: (field: string) => readonly string[];
  /** The line of the product input, null where the list was not typed here. */
  lineOf: (index: number) => number | null;
};

function faults(wrong: readonly Wrong[]): BriefFaults {
  const errors: Record<string, string> = {};
  for (const block of new Set(wrong.map((each) => each.block))) {
    const all = [...new Set(wrong.filter((each) => each.block === block).map(({ message }) => message))];
    const more = all.length - MOST_FAULTS;
    const said = [...all.slice(0, MOST_FAULTS), ...(more > 0 ? [`And ${more} more.`] : [])].join(' ');
    errors[block] = raw(said, LONGEST_FAULT);
  }
  return { errors };
}

/** Harmless values in the place of unfit ones, so that the rest is checked too and everything is told at once. */
function standIn(entered: object, unfit: ReadonlySet<string>): object {
  const harmless = {
    name: 'A campaign',
    products: [{ sku: 'A-SKU' }],
    offer: { kind: 'percent_off', value: '1' },
    currency: 'EUR',
    channels: ['a-channel'],
    keywords: [],
    creative_ids: [],
    landing_urls: [],
    discounts: [],
  };
  const fit = Object.entries(entered).filter(([key]) => !unfit.has(key));
  return { ...harmless, ...Object.fromEntries(fit) };
}

/**
 * The brief that was entered, or what is wrong beside the input it is about. `base` is the brief that
 * was opened: what has no input keeps its value. `zone` is the one its pickers were shown in.
 */
export function readBrief(
  values: BriefValues,
  base: Brief | null,
  zone: string,
  now: number,
): { brief: Brief } | BriefFaults {
  const wrong: Wrong[] = [];
  const kept = (list: BriefList) => (untouched(values, base, list) ? base : null);
  const list = (name: Exclude<BriefList, 'products'>) => entries(typed(values, BRIEF[name]));

  const text = values[BRIEF.products]?.[VALUE]?.value ?? '';
  const same = kept('products');
  const read = same ? { products: same.products } : readProducts(text);
  if ('problems' in read) wrong.push({ block: BRIEF.products, message: read.problems.join(' ') });

  const start = momentIn(values, { date: BRIEF.startDate, time: BRIEF.startTime }, zone, base?.window.start);
  const end = momentIn(values, { date: BRIEF.endDate, time: BRIEF.endTime }, zone, base?.window.end);
  for (const each of [start, end]) if ('block' in each) wrong.push(each);

  const entered = {
    name: typed(values, BRIEF.name),
    products: 'products' in read ? read.products : [],
    offer: offerIn(values, base),
    currency: currencyIn(values),
    window: {
      start: 'iso' in start ? start.iso : toIso(now),
      end: 'iso' in end ? end.iso : toIso(now),
      time_zone: zone,
    },
    channels: channelsIn(values),
    keywords: kept('keywords')?.keywords ?? list('keywords'),
    creative_ids: kept('creatives')?.creative_ids ?? list('creatives'),
    landing_urls: kept('landing')?.landing_urls ?? list('landing'),
    discounts: base?.discounts ?? [],
  };
  const told = new Set<BriefBlock>(wrong.map((each) => each.block));
  const { channels, keywords, creative_ids, landing_urls } = entered;
  const lists: Readonly<Record<string, readonly string[]>> = {
    channels,
    keywords,
    creative_ids,
    landing_urls,
  };
  const unread: Unread = {
    offer: VALUE_BLOCK[chosenKind(values)],
    named: (field) => lists[field] ?? [],
    lineOf: same ? () => null : linesOf(text),
  };
  const place = (path: readonly PropertyKey[], message: string) => {
    const found = placed(path, message, unread);
    if (path[0] === 'window' && ('block' in start || 'block' in end)) return;
    if (!told.has(found.block)) wrong.push(found);
  };
  const parsed = Brief.safeParse(entered);
  for (const { path, message } of parsed.error?.issues ?? []) place(path, message);
  const unfit = new Set(parsed.error?.issues.map(({ path }) => String(path[0])));
  const checked = parsed.data ?? Brief.safeParse(standIn(entered, unfit)).data;
  for (const { path, message, severity } of checked ? checkBrief(checked, now) : []) {
    const steps = path.split('.');
    if (severity === 'error' && !unfit.has(steps[0] ?? '')) place(steps, message);
  }
  return parsed.data && wrong.length === 0 ? { brief: parsed.data } : faults(wrong);
}
