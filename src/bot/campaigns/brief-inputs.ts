import type { Brief } from '../../exports/campaigns/brief.ts';
import { writeProducts } from '../../exports/campaigns/products.ts';
import { LIMIT } from '../limits.ts';

/** Block ids of the brief's form; errors stand beside them. */
export const BRIEF = {
  name: 'brief:name',
  products: 'brief:products',
  kind: 'brief:kind',
  percent: 'brief:percent',
  amount: 'brief:amount',
  price: 'brief:price',
  share: 'brief:share',
  buy: 'brief:buy',
  get: 'brief:get',
  code: 'brief:code',
  minSpend: 'brief:min_spend',
  currency: 'brief:currency',
  startDate: 'brief:start_date',
  startTime: 'brief:start_time',
  endDate: 'brief:end_date',
  endTime: 'brief:end_time',
  channels: 'brief:channels',
  keywords: 'brief:keywords',
  landing: 'brief:landing',
  creatives: 'brief:creatives',
} as const;
export type BriefBlock = (typeof BRIEF)[keyof typeof BRIEF];

export type OfferKind = Brief['offer']['kind'];

export const OFFER_KINDS: readonly { kind: OfferKind; label: string }[] = [
  { kind: 'percent_off', label: 'Percent off' },
  { kind: 'amount_off', label: 'Amount off' },
  { kind: 'fixed_price', label: 'Fixed price' },
  { kind: 'bogo', label: 'Buy and get' },
];

/** The input of an offer's value: a percentage is no price, so what was typed into one is never taken for another. */
export const VALUE_BLOCK: Readonly<Record<OfferKind, BriefBlock>> = {
  percent_off: BRIEF.percent,
  amount_off: BRIEF.amount,
  fixed_price: BRIEF.price,
  bogo: BRIEF.share,
};

export function offerKind(value: string | null | undefined): OfferKind {
  return OFFER_KINDS.find(({ kind }) => kind === value)?.kind ?? 'percent_off';
}

/** The lists of a brief, as they are typed: one entry a line. */
export const LISTS = ['products', 'keywords', 'landing', 'creatives'] as const;
export type BriefList = (typeof LISTS)[number];

export function listText(brief: Brief, list: BriefList): string {
  switch (list) {
    case 'products':
      return writeProducts(brief.products);
    case 'keywords':
      return brief.keywords.join('\n');
    case 'landing':
      return brief.landing_urls.join('\n');
    case 'creatives':
      return brief.creative_ids.join('\n');
  }
}

/** True for a list that no input of Slack can hold: it stays as it is unless another is written over it. */
export function isTooLong(brief: Brief, list: BriefList): boolean {
  return listText(brief, list).length > LIMIT.inputValue;
}
