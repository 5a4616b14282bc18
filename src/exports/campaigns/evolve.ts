import type { Campaign, CampaignExport } from './campaign.ts';
import type { CampaignEvent } from './events.ts';
import { mark, moved, notPutBack } from './moves.ts';

/** The campaign after one event. Total and pure: replay gives exactly what the ledger holds. */
export function evolveCampaign(
  before: Campaign | null,
  event: CampaignEvent,
  at: number,
  id: string,
): Campaign {
  if (event.type === 'campaign_created') {
    if (before) throw new Error('A campaign is created once.');
    return {
      id,
      version: 1,
      status: 'draft',
      owner: event.owner,
      created_by: event.by,
      via: event.via,
      created_at: at,
      channel: event.channel,
      brief: event.brief,
      brief_version: 1,
      conflicts: event.conflicts,
      exports: [],
      round: 0,
      requested_by: null,
      was_short: false,
      halt: null,
      over_at: null,
      marks: [{ stage: 'briefing', at }],
      ended: null,
    };
  }
  if (!before) throw new Error(`The event ${event.type} needs a campaign that was created.`);
  return { ...before, ...changed(before, event, at), version: before.version + 1 };
}

type Known = Exclude<CampaignEvent, { type: 'campaign_created' }>;

function changed(before: Campaign, event: Known, at: number): Partial<Campaign> {
  switch (event.type) {
    case 'brief_revised':
      return {
        brief: event.brief,
        brief_version: before.brief_version + 1,
        conflicts: event.conflicts,
      };
    case 'conflict_settled':
      return {
        conflicts: before.conflicts.map((each) =>
          sameClaim(each, event)
            ? { ...each, state: event.allowed ? 'allowed' : 'refused', by: event.by, note: event.note }
            : each,
        ),
      };
    case 'readied':
      return { ...begun(before, event.by, at), conflicts: event.conflicts };
    case 'campaign_resumed': {
      const { by, conflicts } = event;
      if (event.again === 'activate') return { ...begun(before, by, at), conflicts };
      return { status: 'ready', halt: null, conflicts, requested_by: by, ...mark(before, 'publishing', at) };
    }
    case 'export_issued': {
      const { export_id, export_type, what, occasion } = event;
      const known = before.exports.find((each) => each.export_id === export_id);
      const entry: CampaignExport = {
        ...(known ?? { status: 'pending', seen: 0, since: at, code: null, out: false }),
        export_id,
        export_type,
        what,
        occasion,
        round: before.round,
      };
      const exports = [...before.exports.filter((each) => each !== known), entry];
      if (before.status === 'ended') return { exports };
      switch (what) {
        case 'activate':
          return { exports };
        case 'publish':
          return { exports, ...mark(before, 'publishing', at) };
        case 'end':
          return { exports, ...mark(before, 'closing', at) };
      }
      break;
    }
    case 'issue_failed': {
      const halt = { at, by: null, reason: event.problem, code: null };
      switch (event.what) {
        case 'activate':
          return { status: 'draft', halt, ...mark(before, 'briefing', at) };
        case 'publish':
          return { status: 'paused', halt, ...mark(before, 'paused', at) };
        case 'end':
          return notPutBack(before, event.problem, at);
      }
      break;
    }
    case 'export_moved':
      return moved(before, event, at);
    case 'went_live':
      return { status: 'live', halt: null, ...mark(before, 'live', at) };
    case 'campaign_paused':
      return {
        status: 'paused',
        halt: { at, by: event.by, reason: event.reason, code: null },
        ...mark(before, 'closing', at),
      };
    case 'rollback_asked':
      return mark(before, 'closing', at);
    case 'window_over':
      return { over_at: at, ...mark(before, 'closing', at) };
    case 'campaign_ended':
      return {
        status: 'ended',
        halt: null,
        // Of a rollback nothing is left to put back, even where somebody's own prices stay.
        ...(event.how === 'rolled_back'
          ? { exports: before.exports.map((each) => ({ ...each, out: false })) }
          : {}),
        ended: { at, by: event.by, how: event.how },
        ...mark(before, 'ended', at),
      };
  }
}

function begun(before: Campaign, by: string, at: number): Partial<Campaign> {
  return {
    status: 'ready',
    requested_by: by,
    round: before.round + 1,
    was_short: false,
    halt: null,
    over_at: null,
    ...mark(before, 'approval', at),
  };
}

function sameClaim(
  a: { kind: string; value: string; with: string },
  b: { claim: { kind: string; value: string }; with: string },
): boolean {
  return a.kind === b.claim.kind && a.value === b.claim.value && a.with === b.with;
}

/** The campaign that a list of events makes; null for an empty list. */
export function replayCampaign(
  id: string,
  events: readonly { at: number; event: CampaignEvent }[],
): Campaign | null {
  return events.reduce<Campaign | null>(
    (campaign, { at, event }) => evolveCampaign(campaign, event, at, id),
    null,
  );
}
