import { type Brief, campaignId } from '../../exports/campaigns/brief.ts';
import { isOut, issued } from '../../exports/campaigns/campaign.ts';
import type { CampaignCommand, Drift } from '../../exports/campaigns/commands.ts';
import { decideCampaign } from '../../exports/campaigns/decide.ts';
import { unpriced } from '../../exports/campaigns/issue.ts';
import { isRefusal, refuse } from '../../exports/refusals.ts';
import type { Pusher } from '../../sinks/port.ts';
import type { Settlement } from '../../store/port.ts';
import type { Flow } from '../settings.ts';
import { driftOf } from './drift.ts';
import type { CampaignDesk, Outcome } from './ports.ts';
import { myCampaigns, shownCampaign, usual } from './shown.ts';
import { presentValues } from './values.ts';

/** One decision about one campaign, with the directory as it stands now. */
export function change(flow: Flow, id: string, command: CampaignCommand, settle?: Settlement): Outcome {
  const now = flow.clock.now();
  const { directory } = flow.settings();
  return flow.ledger.changeCampaign(
    id,
    now,
    (campaign, claimants) => decideCampaign(campaign, command, { now, directory, claimants }),
    settle,
  );
}

/** How many of the newest are looked through for a name. */
const LOOKED_THROUGH = 1_000;

export function createCampaignDesk(flow: Flow, pusher: Pick<Pusher, 'sink'>): CampaignDesk {
  /** The owner is whoever briefs it, where they are in marketing; else marketing's default owner. */
  const ownerFor = (by: string | null) => {
    const entry = flow.settings().directory.roles.get('marketing_ops');
    if (!entry) return null;
    const owner = by !== null && entry.members.includes(by) ? by : (entry.default_owner ?? entry.members[0]);
    return owner === undefined ? null : { owner, channel: entry.channel };
  };

  const create = async (by: string | null, brief: Brief, via: string, wanted: string | null): Outcome => {
    const to = ownerFor(by);
    if (!to) return refuse('not_an_owner', { who: 'Nobody', why: 'marketing ops has no members.' });
    for (;;) {
      const taken = new Set<string>();
      let id = wanted ?? campaignId(brief.name, (each) => taken.has(each));
      while (wanted === null && (await flow.ledger.campaign(id)) !== null) {
        taken.add(id);
        id = campaignId(brief.name, (each) => taken.has(each));
      }
      const made = await change(flow, id, { do: 'create', by, via, brief, ...to });
      // Somebody took the same name in this moment.
      if (wanted !== null || !isRefusal(made) || made.refused !== 'campaign_exists') return made;
    }
  };

  /** A brief that is there already: the same changes nothing, another is its next version. */
  const receiveAgain = async (source: string, id: string, brief: Brief): Outcome => {
    const known = await flow.ledger.campaign(id);
    if (known?.via === source && JSON.stringify(known.brief) === JSON.stringify(brief))
      return { before: known, after: known, events: [] };
    return change(flow, id, { do: 'revise', by: null, via: source, seen: null, brief });
  };

  const unknownPrices = async (id: string): Promise<readonly string[]> => {
    const campaign = await flow.ledger.campaign(id);
    if (!campaign) return [];
    const { present } = await presentValues(
      flow,
      pusher,
      campaign.brief.products.map((each) => each.sku),
    );
    return unpriced(campaign.brief, present);
  };

  const drifted = async (id: string): Promise<{ drift: readonly Drift[]; set: number }> => {
    const campaign = await flow.ledger.campaign(id);
    const activation = campaign && isOut(campaign) ? issued(campaign, 'activate') : null;
    const state = activation ? await flow.ledger.get(activation.export_id) : null;
    return state ? driftOf(flow, pusher, state) : { drift: [], set: 0 };
  };

  return {
    create: (by, brief, via) => create(by, brief, via, null),
    async receive(source, id, brief) {
      if (await flow.ledger.campaign(id)) return receiveAgain(source, id, brief);
      const made = await create(null, brief, source, id);
      // It came twice at once.
      const taken = isRefusal(made) && made.refused === 'campaign_exists';
      return taken ? receiveAgain(source, id, brief) : made;
    },
    revise: (id, by, seen, brief) => change(flow, id, { do: 'revise', by, via: 'slack', seen, brief }),
    settleConflict: (id, by, claim, other, allow, note) =>
      change(flow, id, { do: 'settle_conflict', by, claim, with: other, allow, note }),
    ready: async (id, by, seen) =>
      change(flow, id, { do: 'ready', by, seen, unpriced: await unknownPrices(id) }),
    pause: (id, by, reason) => change(flow, id, { do: 'pause', by, reason }),
    resume: async (id, by) => change(flow, id, { do: 'resume', by, unpriced: await unknownPrices(id) }),
    drift: async (id) => (await drifted(id)).drift,
    rollBack: async (id, by, reason, leave_drifted) =>
      change(flow, id, { do: 'roll_back', by, reason, ...(await drifted(id)), leave_drifted }),
    end: (id, by) => change(flow, id, { do: 'end', by }),
    async show(id) {
      const shown = await shownCampaign(flow, id);
      return shown ?? refuse('no_campaign', { campaign: id });
    },
    mine: (person) => myCampaigns(flow, person),
    usual: () => usual(flow, pusher),
    list: (filter) => flow.ledger.campaigns(filter),
    async named(wanted) {
      const words = wanted.trim().toLowerCase();
      if (words === '') return null;
      if (await flow.ledger.campaign(words)) return words;
      const all = await flow.ledger.campaigns({ limit: LOOKED_THROUGH });
      const found = all.filter(
        ({ id, name }) => id.startsWith(words) || name.toLowerCase().startsWith(words),
      );
      return found.length === 1 ? (found[0]?.id ?? null) : null;
    },
  };
}
