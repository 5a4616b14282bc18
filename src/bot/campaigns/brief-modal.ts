import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import { fromIso } from '../../clock.ts';
import type { Brief } from '../../exports/campaigns/brief.ts';
import type { Campaign } from '../../exports/campaigns/campaign.ts';
import { count, systemName } from '../../exports/phrases.ts';
import { wallTime } from '../../exports/wall-time.ts';
import { divider, plainText } from '../blocks.ts';
import { ACTION, encodeCampaign, MODAL, VALUE } from '../ids.ts';
import { LIMIT } from '../limits.ts';
import { type TextInput, textInput } from '../modals/parts.ts';
import {
  BRIEF,
  type BriefList,
  isTooLong,
  listText,
  OFFER_KINDS,
  type OfferKind,
  VALUE_BLOCK,
} from './brief-inputs.ts';

/** What the form offers before anything is entered. */
export type BriefForm = {
  /** Null for a new one. */
  campaign: Campaign | null;
  /** Channels that can be chosen; none turns the choice into an input. */
  channels: readonly string[];
  currency: string | null;
  /** IANA zone in which the window is entered. */
  zone: string;
  kind: OfferKind;
};

/** `private_metadata` of the form for a new campaign. */
export const NEW_BRIEF = 'n1:brief';

/** The zone in which a window is entered: the one it was planned in, else the person's own. */
export function briefZone(campaign: Campaign | null, own: string): string {
  return campaign?.brief.window.time_zone ?? own;
}

/** One campaign's brief as a form; the inputs of the offer are those of its kind. */
export function briefModal(form: BriefForm): ModalView {
  const { campaign } = form;
  const brief = campaign?.brief ?? null;
  return {
    type: 'modal',
    callback_id: MODAL.brief,
    private_metadata: campaign
      ? encodeCampaign({ campaign_id: campaign.id, version: campaign.brief_version })
      : NEW_BRIEF,
    title: plainText(campaign ? 'Edit the brief' : 'New promo brief', LIMIT.modalTitle),
    submit: plainText(campaign ? 'Save' : 'Save as draft', LIMIT.modalTitle),
    close: plainText('Cancel', LIMIT.modalTitle),
    blocks: [
      textInput({
        block_id: BRIEF.name,
        label: 'Name',
        placeholder: 'Autumn Linen',
        most: 120,
        ...given(brief?.name),
        focus: campaign === null,
      }),
      ...products(brief),
      divider,
      header('Offer'),
      ...offer(form, brief),
      divider,
      header('When'),
      ...windowInputs(form, brief),
      divider,
      header('Where'),
      channelInput(form, brief),
      ...list(brief, 'landing', {
        label: 'Landing pages',
        hint: 'One web address a line.',
        placeholder: 'https://shop.example/autumn-linen',
      }),
      ...list(brief, 'keywords', {
        label: 'Keywords',
        hint: 'One a line. If another campaign claims one, its owner is asked.',
        placeholder: 'autumn linen',
      }),
      ...list(brief, 'creatives', {
        label: 'Creative ids',
        hint: 'One a line, as the content system calls them.',
        placeholder: 'CR-1042',
      }),
    ],
  };
}

const header = (text: string): KnownBlock => ({ type: 'header', text: plainText(text, LIMIT.header) });

const given = (initial: string | null | undefined) => (initial ? { initial } : {});

const ELSEWHERE = 'send the brief as a file: “npm run meshline -- brief FILE”, or POST /v1/campaigns';

const PRODUCTS_HINT =
  'One SKU a line, or a pasted table that begins with: sku, title, price, promo price. At most 3,000 characters; “/promo help” says how a longer list comes in.';

function products(brief: Brief | null): KnownBlock[] {
  const look = {
    block_id: BRIEF.products,
    label: 'Products',
    multiline: true,
    placeholder: 'TEE-BLK-M',
  };
  if (brief === null || !isTooLong(brief, 'products')) {
    const initial = brief ? listText(brief, 'products') : null;
    return [textInput({ ...look, hint: PRODUCTS_HINT, ...given(initial) })];
  }
  const many = count(brief.products.length, 'product');
  return [
    textInput({
      ...look,
      label: 'Replace the products',
      optional: true,
      placeholder: 'Leave it empty to keep them as they are.',
      hint: `This campaign has ${many}, more than this form can show. They stay as they are unless you write others here (3,000 characters); for a longer list ${ELSEWHERE}.`,
    }),
  ];
}

function list(
  brief: Brief | null,
  name: Exclude<BriefList, 'products'>,
  look: Pick<TextInput, 'label' | 'hint' | 'placeholder'>,
): KnownBlock[] {
  const input = { ...look, block_id: BRIEF[name], multiline: true, optional: true };
  if (brief === null) return [textInput(input)];
  const text = listText(brief, name);
  if (!isTooLong(brief, name)) return [textInput({ ...input, ...given(text) })];
  const many = text.split('\n').length;
  return [
    textInput({
      ...input,
      hint: `There are ${many}, more than this form can show. They stay as they are unless you write others here.`,
    }),
  ];
}

function option(text: string, value: string): PlainTextOption {
  return { text: plainText(text, LIMIT.optionText), value };
}

const VALUES: Readonly<Record<OfferKind, { label: string; placeholder: string; hint?: string }>> = {
  percent_off: { label: 'How many percent off', placeholder: '20' },
  amount_off: { label: 'How much off each', placeholder: '5.00' },
  fixed_price: { label: 'Price of each', placeholder: '19.90' },
  bogo: { label: 'Percent off what they get', placeholder: '100', hint: '100 makes it free.' },
};

function offer({ kind, currency }: BriefForm, brief: Brief | null): KnownBlock[] {
  const options = OFFER_KINDS.map((each) => option(each.label, each.kind));
  const chosen = options.find(({ value }) => value === kind);
  const before = brief?.offer ?? null;
  const bogo = before?.kind === 'bogo' ? before : null;
  const whole = (block_id: string, label: string, initial: number | undefined): InputBlock =>
    textInput({ block_id, label, placeholder: '1', most: 3, ...given(initial?.toString()) });
  return [
    {
      type: 'input',
      block_id: BRIEF.kind,
      dispatch_action: true,
      label: plainText('Kind of offer', LIMIT.label),
      element: {
        type: 'static_select',
        action_id: ACTION.briefOfferKind,
        options,
        ...(chosen ? { initial_option: chosen } : {}),
      },
    },
    ...(kind === 'bogo'
      ? [whole(BRIEF.buy, 'Buy how many', bogo?.buy), whole(BRIEF.get, 'Get how many', bogo?.get)]
      : []),
    textInput({
      block_id: VALUE_BLOCK[kind],
      ...VALUES[kind],
      most: 20,
      ...given(before?.kind === kind ? before.value : kind === 'bogo' ? '100' : null),
    }),
    textInput({
      block_id: BRIEF.currency,
      label: 'Currency',
      placeholder: 'EUR',
      least: 3,
      most: 3,
      ...given(brief?.currency ?? currency),
    }),
    textInput({
      block_id: BRIEF.code,
      label: 'Code',
      hint: 'Empty: the offer applies by itself.',
      placeholder: 'LINEN20',
      optional: true,
      most: 60,
      ...given(before?.code),
    }),
    textInput({
      block_id: BRIEF.minSpend,
      label: 'Minimum spend',
      placeholder: '50.00',
      optional: true,
      most: 20,
      ...given(before?.min_spend),
    }),
  ];
}

function windowInputs({ zone }: BriefForm, brief: Brief | null): KnownBlock[] {
  const start = brief ? wallTime(fromIso(brief.window.start), zone) : null;
  const end = brief ? wallTime(fromIso(brief.window.end), zone) : null;
  const day = (block_id: string, label: string, initial: string | undefined): InputBlock => ({
    type: 'input',
    block_id,
    label: plainText(label, LIMIT.label),
    element: {
      type: 'datepicker',
      action_id: VALUE,
      placeholder: plainText('Choose a day', 150),
      ...(initial ? { initial_date: initial } : {}),
    },
  });
  const hour = (block_id: string, label: string, initial: string): InputBlock => ({
    type: 'input',
    block_id,
    label: plainText(label, LIMIT.label),
    element: { type: 'timepicker', action_id: VALUE, timezone: zone, initial_time: initial },
  });
  return [
    day(BRIEF.startDate, 'Starts on', start?.date),
    hour(BRIEF.startTime, `Starts at (${zoneName(zone)})`, start?.time ?? '09:00'),
    day(BRIEF.endDate, 'Ends on', end?.date),
    hour(BRIEF.endTime, `Ends at (${zoneName(zone)})`, end?.time ?? '23:59'),
  ];
}

/** "America/New_York" as people read it: "New York time". */
export function zoneName(zone: string): string {
  const city = zone.split('/').at(-1) ?? zone;
  return zone.includes('/') ? `${city.replaceAll('_', ' ')} time` : zone;
}

function channelInput({ channels }: BriefForm, brief: Brief | null): KnownBlock {
  const own = brief?.channels ?? [];
  const offered = [...new Set([...own, ...channels])].slice(0, LIMIT.options);
  if (offered.length === 0) {
    return textInput({
      block_id: BRIEF.channels,
      label: 'Channels',
      hint: 'Where it runs, by short name, with commas between.',
      placeholder: 'shopify, bigcommerce',
    });
  }
  const options = offered.map((name) => option(systemName(name), name));
  const chosen = options.filter(({ value }) => value !== undefined && own.includes(value));
  return {
    type: 'input',
    block_id: BRIEF.channels,
    label: plainText('Channels', LIMIT.label),
    element: {
      type: 'multi_static_select',
      action_id: VALUE,
      placeholder: plainText('Where does it run?', 150),
      options,
      ...(chosen.length > 0 ? { initial_options: chosen } : {}),
    },
  };
}
