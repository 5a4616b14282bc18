import type { KnownBlock, ModalView } from '@slack/types';
import type { Campaign, Conflict } from '../../exports/campaigns/campaign.ts';
import type { Drift } from '../../exports/campaigns/commands.ts';
import type { Directory } from '../../exports/ownership.ts';
import { count } from '../../exports/phrases.ts';
import { code, context, paragraph, plainText } from '../blocks.ts';
import {
  type CampaignTarget,
  claimDigest,
  decodeCampaign,
  encodeCampaign,
  encodeClaim,
  INPUT,
  MODAL,
  type ModalId,
} from '../ids.ts';
import { LIMIT } from '../limits.ts';
import { REASON_LEAST, REASON_MOST } from '../modals/forms.ts';
import { textInput } from '../modals/parts.ts';
import { raw } from '../text.ts';
import type { Words } from '../words.ts';

/** Differences that are listed one by one. */
const LISTED = 20;
const PRICE_WIDTH = 20;
const SKU_WIDTH = 22;

type Look = { title: string; submit: string; blocks: readonly KnownBlock[] };

function form(id: ModalId, private_metadata: string, look: Look): ModalView {
  return {
    type: 'modal',
    callback_id: id,
    private_metadata,
    title: plainText(look.title, LIMIT.modalTitle),
    submit: plainText(look.submit, LIMIT.modalTitle),
    close: plainText('Cancel', LIMIT.modalTitle),
    blocks: [...look.blocks],
  };
}

function named({ brief }: Campaign): Words {
  return [{ said: brief.name, max: 120, strong: true }];
}

function targetOf({ id, brief_version }: Campaign): CampaignTarget {
  return { campaign_id: id, version: brief_version };
}

function reasonInput(initial: string, placeholder: string) {
  return textInput({
    block_id: INPUT.reason,
    label: 'Why?',
    hint: 'It stands on the card, for everybody in the campaign’s channel.',
    placeholder,
    multiline: true,
    least: REASON_LEAST,
    most: REASON_MOST,
    focus: true,
    ...(initial === '' ? {} : { initial: raw(initial, REASON_MOST, 'many') }),
  });
}

export function pauseModal(campaign: Campaign, directory: Directory): ModalView {
  return form(MODAL.campaignPause, encodeCampaign(targetOf(campaign)), {
    title: 'Pause',
    submit: 'Pause',
    blocks: [
      paragraph(
        [
          [
            ...named(campaign),
            ' stops: the values from before are put back. Resume asks for acceptance again.',
          ],
        ],
        directory,
      ),
      reasonInput('', 'The supplier cannot deliver before Friday.'),
    ],
  });
}

/** Which differences somebody was shown. */
export function driftMark(drift: readonly Drift[]): string {
  return drift.length === 0 ? 'none' : claimDigest(drift.map((each) => JSON.stringify(each)).join('\n'));
}

/** `private_metadata` of the rollback's form: the campaign, and which differences it showed. */
export function decodeRollBack(value: string): { target: CampaignTarget; seen: string } | null {
  const [seen = '', ...rest] = value.split('|');
  const target = decodeCampaign(rest.join('|'));
  return target ? { target, seen } : null;
}

/** Modals hold no tables, so that it stands in fixed width, no wider than a phone. */
function driftTable(drift: readonly Drift[], currency: string): string {
  const head = ['SKU', 'Promo', `Now, ${currency}`];
  const rows = drift.map(({ sku, expected, present }) => [
    raw(sku, SKU_WIDTH),
    raw(expected, PRICE_WIDTH),
    raw(present, PRICE_WIDTH),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const padded = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return [head, ...rows].map((row) => row.map(padded).join('  ')).join('\n');
}

/** What is put back; prices that somebody has changed since stand in a table, and keep what they are now. */
export function rollBackModal(
  campaign: Campaign,
  drift: readonly Drift[],
  directory: Directory,
  reason = '',
): ModalView {
  const { products, currency } = campaign.brief;
  const rest = count(products.length - drift.length, 'product');
  const more = drift.length - LISTED;
  const differences: KnownBlock[] = [
    paragraph(
      [
        [
          '⚠️ ',
          {
            strong: `${count(drift.length, 'price was', 'prices were')} changed by somebody since the promo began.`,
          },
        ],
        [
          drift.length === 1
            ? 'Putting the old one back would overwrite that. You can roll back all but this.'
            : 'Putting the old ones back would overwrite that. You can roll back all but these.',
        ],
      ],
      directory,
    ),
    code(driftTable(drift.slice(0, LISTED), currency)),
    ...(more > 0
      ? [context([[`and ${count(more, 'more difference', 'more differences')}`]], directory)]
      : []),
  ];
  return form(MODAL.campaignRollBack, `${driftMark(drift)}|${encodeCampaign(targetOf(campaign))}`, {
    title: 'Roll back',
    submit: ['Roll back', 'Roll back all but this'][drift.length] ?? 'Roll back all but these',
    blocks: [
      paragraph([[...named(campaign), ` ends: the prices from before come back for ${rest}.`]], directory),
      ...(drift.length === 0 ? [] : differences),
      reasonInput(reason, 'Too many returns.'),
    ],
  });
}

/** Whether another campaign may use what this one owns, with a note for whoever asked. */
export function claimModal(
  campaign: Campaign,
  conflict: Conflict,
  allow: boolean,
  directory: Directory,
): ModalView {
  const what = conflict.kind === 'page' ? 'landing page' : 'keyword';
  const asked: Words = [
    ...named(campaign),
    ` wants the ${what} “`,
    { said: conflict.said, max: 200 },
    '”, which is that of the campaign ',
    { said: conflict.with, max: 120, strong: true },
    '.',
  ];
  const meaning = allow ? 'Both campaigns then use it.' : 'They must take it out of their brief.';
  const { kind, value } = conflict;
  return form(
    allow ? MODAL.claimAllow : MODAL.claimRefuse,
    encodeClaim({ campaign_id: campaign.id, other: conflict.with, kind, value }),
    {
      title: allow ? 'Allow both' : 'Keep it',
      submit: allow ? 'Allow both' : 'Keep it',
      blocks: [
        paragraph([asked, [meaning]], directory),
        textInput({
          block_id: INPUT.note,
          label: 'Note',
          hint: 'Whoever asked reads it.',
          optional: true,
          multiline: true,
          most: 500,
        }),
      ],
    },
  );
}
