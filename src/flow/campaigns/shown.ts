import type { PersonId } from '../../exports/ownership.ts';
import type { Pusher } from '../../sinks/port.ts';
import type { Flow } from '../settings.ts';
import type { CampaignShown, MyCampaigns, Usual } from './ports.ts';

/** Of a person's campaigns, how many a surface lists. */
const LISTED = 8;
/** The newest campaigns and promos whose channels are offered again. */
const LOOKED_AT = 10;

export async function shownCampaign(flow: Flow, id: string): Promise<CampaignShown | null> {
  const shown = await withoutEvents(flow, id);
  return shown ? { ...shown, events: await flow.ledger.campaignEvents(id) } : null;
}

/** A list needs no history, which holds every brief there has been. */
async function withoutEvents(flow: Flow, id: string): Promise<CampaignShown | null> {
  const campaign = await flow.ledger.campaign(id);
  if (!campaign) return null;
  const states = await Promise.all(campaign.exports.map((each) => flow.ledger.get(each.export_id)));
  const exports = states.filter((each) => each !== null);
  const { directory } = flow.settings();
  return { campaign, events: [], exports, directory, now: flow.clock.now() };
}

/** Those that this person owns or briefed, what needs somebody first; without their events. */
export async function myCampaigns(flow: Flow, of: PersonId): Promise<MyCampaigns> {
  const rows = await flow.ledger.campaigns({ of, limit: LISTED + 1 });
  const shown = await Promise.all(rows.slice(0, LISTED).map(({ id }) => withoutEvents(flow, id)));
  return { items: shown.filter((each) => each !== null), more: rows.length > LISTED };
}

/**
 * Channels that promos go to here: systems that a promo is routed to and that can be read as a shop
 * can, and those that the newest campaigns and promos named.
 */
export async function usual(flow: Flow, pusher: Pick<Pusher, 'sink'>): Promise<Usual> {
  const routes = flow.settings().policies.get('promo_activation')?.routes ?? [];
  const shops = routes.filter((name) => pusher.sink(name)?.read !== undefined);
  const [briefs, promos] = await Promise.all([
    flow.ledger.campaigns({ limit: LOOKED_AT }),
    flow.ledger.list({ export_type: 'promo_activation', limit: LOOKED_AT }),
  ]);
  const campaigns = await Promise.all(briefs.map(({ id }) => flow.ledger.campaign(id)));
  const states = await Promise.all(promos.map(({ id }) => flow.ledger.get(id)));
  const named = states.flatMap((state): string[] => {
    const channels = state?.revision?.payload['channels'];
    return Array.isArray(channels) ? channels.filter((each) => typeof each === 'string') : [];
  });
  const briefed = campaigns.flatMap((each) => each?.brief.channels ?? []);
  return {
    channels: [...new Set([...shops, ...briefed, ...named])].sort(),
    currency: campaigns[0]?.brief.currency ?? null,
  };
}
