import { type Effect, PRIORITY } from '../effects.ts';
import type { PersonId } from '../ownership.ts';
import { TERMINAL } from '../words.ts';
import { type Campaign, isClosing } from './campaign.ts';
import type { CampaignEvent, RecordedCampaignEvent } from './events.ts';

/** Whether the thread tells an event, and to whom it goes directly. */
function audience(event: CampaignEvent, campaign: Campaign): { note: boolean; people: readonly PersonId[] } {
  const makers = [
    ...new Set([campaign.owner, ...(campaign.created_by === null ? [] : [campaign.created_by])]),
  ];
  switch (event.type) {
    case 'campaign_created':
      return { note: false, people: asked(event.conflicts) };
    case 'brief_revised':
      return { note: true, people: asked(event.conflicts) };
    case 'conflict_settled':
      return { note: true, people: makers.filter((id) => id !== event.by) };
    case 'export_issued':
    case 'window_over':
      return { note: true, people: [] };
    case 'export_moved':
      return { note: tells(event), people: [] };
    case 'issue_failed':
      return { note: true, people: makers };
    case 'readied':
    case 'campaign_resumed':
    case 'campaign_paused':
    case 'rollback_asked':
      return { note: true, people: makers.filter((id) => id !== event.by) };
    case 'went_live':
    case 'campaign_ended':
      return { note: true, people: makers };
  }
}

/** Waiting again is told where somebody said why. */
function tells({ status, detail }: Extract<CampaignEvent, { type: 'export_moved' }>): boolean {
  if (status === 'delivering' || status === 'superseded' || status === 'rolled_back') return false;
  return status !== 'pending' || detail !== null;
}

function asked(conflicts: Campaign['conflicts']): readonly PersonId[] {
  return conflicts.filter((each) => each.state === 'open').map((each) => each.owner);
}

export type CampaignEffect = Extract<
  Effect,
  { kind: 'campaign_card' } | { kind: 'campaign_note' } | { kind: 'campaign_dm' } | { kind: 'issue' }
>;

/** What must happen outside because of a campaign's events. Pure; keys are stable over replays. */
export function campaignEffects(
  after: Campaign,
  recorded: readonly RecordedCampaignEvent[],
): CampaignEffect[] {
  const { id, channel } = after;
  if (recorded.length === 0) return [];
  const out: CampaignEffect[] = [
    {
      kind: 'campaign_card',
      key: `campaign:card:${id}`,
      campaign: id,
      channel,
      priority: PRIORITY.approval,
    },
  ];
  for (const { event, n } of recorded) {
    const { note, people } = audience(event, after);
    if (note) {
      const key = `campaign:note:${id}:${n}`;
      out.push({ kind: 'campaign_note', key, campaign: id, channel, priority: PRIORITY.note, n });
    }
    for (const person of new Set(people)) {
      const key = `campaign:dm:${id}:${n}:${person}`;
      out.push({ kind: 'campaign_dm', key, campaign: id, person, priority: PRIORITY.note, n });
    }
    if (issues(event, after)) out.push({ kind: 'issue', key: `issue:${id}:${n}`, campaign: id, n });
  }
  return out;
}

/** Events by which Meshline itself issues an export; `flow/campaigns` makes it. */
function issues(event: CampaignEvent, after: Campaign): boolean {
  switch (event.type) {
    case 'readied':
    case 'campaign_resumed':
    case 'campaign_paused':
    case 'rollback_asked':
    case 'window_over':
      return true;
    case 'export_moved':
      return asksFor(event, after) !== null;
    case 'campaign_ended':
      return event.how !== 'withdrawn';
    case 'campaign_created':
    case 'brief_revised':
    case 'conflict_settled':
    case 'export_issued':
    case 'issue_failed':
    case 'went_live':
      return false;
  }
}

/**
 * What the news of one of its own exports asks for: a live publish after a shortage, the way back of a
 * promo that ended half out, and `close` for what is open or out although the campaign is over.
 */
export function asksFor(
  event: Extract<CampaignEvent, { type: 'export_moved' }>,
  after: Campaign,
): 'publish' | 'end' | 'close' | null {
  const entry = after.exports.find((each) => each.export_id === event.export_id);
  if (!entry || entry.round !== after.round || entry.status !== event.status) return null;
  if (entry.what !== 'activate' && entry.what !== 'publish') return null;
  if (after.status === 'ended') return entry.out || !TERMINAL.has(entry.status) ? 'close' : null;
  if (entry.what === 'publish') return null;
  if (event.status === 'delivered') return after.was_short && !isClosing(after) ? 'publish' : null;
  return after.status === 'draft' && isClosing(after) ? 'end' : null;
}
