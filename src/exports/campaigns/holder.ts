import { awaited, resolvers } from '../gates.ts';
import type { Directory, PersonId } from '../ownership.ts';
import { spoken } from '../phrases.ts';
import type { Export } from '../state.ts';
import { type Campaign, type CampaignExport, isOut, stageOf } from './campaign.ts';
import { lacksPublish, runners } from './decide.ts';

/** Who has a campaign in hand, what they must do, and since when (ms). Nobody: a system or the clock has it. */
export type Holder = { people: readonly PersonId[]; todo: string; since: number; export_id: string | null };

const OPEN: ReadonlySet<CampaignExport['status']> = new Set<CampaignExport['status']>([
  'quarantined',
  'pending',
  'accepted',
  'delivering',
  'paused',
  'failed',
]);

/** The newest export of the present round that is not settled. */
export function openExport(campaign: Campaign): CampaignExport | null {
  const own = campaign.exports.filter((each) => each.round === campaign.round && each.what !== 'other');
  return own.findLast((each) => OPEN.has(each.status)) ?? null;
}

/** Null once it has ended, or while it is simply live. */
export function holderOf(
  campaign: Campaign,
  exports: readonly Export[],
  directory: Directory,
): Holder | null {
  const since = campaign.marks.at(-1)?.at ?? campaign.created_at;
  const entry = openExport(campaign);
  const state = entry ? exports.find((each) => each.id === entry.export_id) : undefined;
  if (entry && state && stageOf(campaign) !== 'scheduled') return holderOfExport(state, entry, directory);
  const dispute = campaign.conflicts.find((each) => each.state === 'open');
  const there = (people: readonly PersonId[]) => {
    const active = people.filter((id) => directory.people.get(id)?.active === true);
    return active.length > 0 ? active : runners(campaign, directory);
  };
  const makers = there([campaign.created_by ?? campaign.owner, campaign.owner]);
  switch (campaign.status) {
    case 'draft':
      return dispute
        ? {
            people: there([dispute.owner]),
            todo: `say whether “${dispute.said}” may be shared`,
            since,
            export_id: null,
          }
        : { people: [...new Set(makers)], todo: 'mark it ready', since, export_id: null };
    case 'paused':
      return {
        people: [...new Set(makers)],
        todo: isOut(campaign) && !lacksPublish(campaign) ? 'roll it back' : 'resume it or end it',
        since,
        export_id: null,
      };
    case 'ready':
      return stageOf(campaign) === 'scheduled'
        ? { people: [], todo: 'starts with its window', since, export_id: null }
        : { people: [], todo: 'is being prepared', since, export_id: null };
    case 'live':
      return campaign.halt === null
        ? null
        : { people: [...new Set(makers)], todo: 'roll it back', since, export_id: null };
    case 'ended':
      return null;
  }
}

function holderOfExport(state: Export, entry: CampaignExport, directory: Directory): Holder {
  const held = { since: entry.since, export_id: entry.export_id };
  const what = spoken(entry.export_type);
  switch (state.status) {
    case 'pending':
      return state.returned
        ? state.requester === null
          ? { ...held, people: [], todo: 'waits for new values' }
          : { ...held, people: [state.requester], todo: `change the ${what}` }
        : { ...held, people: awaited(state, directory), todo: `accept the ${what}` };
    case 'paused':
    case 'failed': {
      const owner = state.trouble?.owner ?? null;
      const people = owner === null ? resolvers(state, directory).slice(0, 2) : [owner];
      return { ...held, people, todo: `resolve “${spoken(state.trouble?.code ?? 'a failure')}”` };
    }
    case 'quarantined':
      return { ...held, people: [state.route.owner], todo: `repair the ${what}` };
    case 'accepted':
    case 'delivering':
    case 'delivered':
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'superseded':
    case 'rolled_back':
      return { ...held, people: [], todo: 'is on its way to the systems' };
  }
}
