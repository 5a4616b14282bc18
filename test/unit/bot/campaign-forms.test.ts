import { describe, expect, it } from 'vitest';
import { briefModal } from '../../../src/bot/campaigns/brief-modal.ts';
import { campaignList, promoHelp, promoMenu } from '../../../src/bot/campaigns/menu.ts';
import { claimModal, pauseModal, rollBackModal } from '../../../src/bot/campaigns/modals.ts';
import { savedModal } from '../../../src/bot/campaigns/saved.ts';
import { campaignStatus } from '../../../src/bot/campaigns/status.ts';
import type { Campaign, Conflict } from '../../../src/exports/campaigns/campaign.ts';
import { aCampaign } from './days.ts';
import { findings } from './hostile.ts';
import { directory } from './scenes.ts';
import { refusedMessage, refusedView } from './slack-limits.ts';

const HOSTILE = '<!channel> *bold* <https://evil.example|x> `code` @here &amp; \u202Etxt';
const accounts = new Set([...directory.people.values()].flatMap(({ slack }) => (slack ? [slack.user] : [])));
const [owner = ''] = directory.people.keys();

const conflict: Conflict = {
  kind: 'keyword',
  value: HOSTILE.toLowerCase(),
  said: HOSTILE,
  with: 'another-campaign',
  owner,
  state: 'open',
  by: null,
  note: null,
};

function hostile(): { campaign: Campaign; shown: ReturnType<typeof aCampaign> } {
  const shown = aCampaign();
  const brief = { ...shown.campaign.brief, name: HOSTILE, keywords: [HOSTILE], creative_ids: [HOSTILE] };
  const campaign: Campaign = { ...shown.campaign, brief, conflicts: [conflict, conflict, conflict] };
  return { campaign, shown: { ...shown, campaign } };
}

const blank = { title: null, handle: null, price: '25.00', compare_at: null, promo_price: null };

const drift = Array.from({ length: 400 }, (_, n) => ({
  sku: `LINEN-SHIRT-WITH-A-VERY-LONG-NAME-${n}`,
  expected: '19.90',
  present: `${n}.00`,
}));

describe('whatever a brief says', () => {
  it('is harmless and within the limits in every form', () => {
    const { campaign, shown } = hostile();
    const brief = {
      ...campaign.brief,
      products: Array.from({ length: 500 }, (_, n) => ({ ...blank, sku: `SKU-${n}` })),
    };
    const views = [
      pauseModal(campaign, directory),
      rollBackModal({ ...campaign, brief }, drift, directory, 'Too many returns.'),
      claimModal(campaign, conflict, true, directory),
      claimModal(campaign, conflict, false, directory),
      savedModal(campaign, directory),
    ];
    for (const view of views) {
      expect(refusedView(view)).toEqual([]);
      expect(findings(view.blocks as never, accounts)).toEqual([]);
    }
    const list = campaignList(
      'These.',
      Array.from({ length: 15 }, () => shown),
      directory,
    );
    const menu = promoMenu({ items: list.blocks.slice(0, 8).map(() => shown), more: true }, directory);
    const status = campaignStatus(shown);
    for (const message of [menu, list, status, promoHelp(directory)])
      expect(refusedMessage(message)).toEqual([]);
    for (const { blocks } of [list, status]) expect(findings(blocks, accounts)).toEqual([]);
  });

  it('fits the form of a brief, however much there is', () => {
    const { campaign } = aCampaign({
      products: Array.from({ length: 5_000 }, (_, n) => ({ sku: `SKU-${n}`, title: 'T'.repeat(100) })),
      keywords: Array.from({ length: 100 }, (_, n) => `${'k'.repeat(95)} ${n}`),
      creative_ids: Array.from({ length: 100 }, (_, n) => `${'c'.repeat(110)}${n}`),
      landing_urls: Array.from({ length: 50 }, (_, n) => `https://shop.example/${'p'.repeat(900)}/${n}`),
      channels: Array.from({ length: 20 }, (_, n) => `channel-${n}`),
    });
    for (const kind of ['percent_off', 'amount_off', 'fixed_price', 'bogo'] as const) {
      for (const each of [campaign, null]) {
        const form = {
          campaign: each,
          channels: Array.from({ length: 200 }, (_, n) => `shop-${n}`),
          currency: 'EUR',
          zone: 'America/Argentina/ComodRivadavia',
          kind,
        };
        expect(refusedView(briefModal(form))).toEqual([]);
      }
    }
  });

  it('lists twenty differences of a rollback, and how many more there are', () => {
    const { campaign } = aCampaign();
    const brief = {
      ...campaign.brief,
      products: Array.from({ length: 500 }, (_, n) => ({ ...blank, sku: `SKU-${n}` })),
    };
    const text = JSON.stringify(rollBackModal({ ...campaign, brief }, drift, directory));
    expect(text).toContain('and 380 more differences');
    expect(text).toContain('come back for 100 products');
  });
});
