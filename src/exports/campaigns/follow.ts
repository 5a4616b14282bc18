import { fromIso } from '../../clock.ts';
import { TERMINAL } from '../words.ts';
import { type Campaign, type CampaignExport, isClosing, isOut, issued, stageOf } from './campaign.ts';
import type { CampaignCommand } from './commands.ts';
import type { CampaignEvent } from './events.ts';
import { evolveCampaign } from './evolve.ts';

type Of<Do extends CampaignCommand['do']> = Extract<CampaignCommand, { do: Do }>;

/**
 * What an export's new state means for its campaign: it is noted, and perhaps the campaign goes live
 * or ends by it. Of news that is older than what is known, only what stays true is noted.
 */
export function noteMove(campaign: Campaign, move: Of<'note_move'>, now: number): readonly CampaignEvent[] {
  const known = campaign.exports.find((each) => each.export_id === move.export_id);
  if (known && known.seen >= move.n && !tellsMore(campaign, move)) return [];
  const { do: _, ...told } = move;
  const event: CampaignEvent = { type: 'export_moved', ...told };
  const events = known && known.seen > move.n && move.out && !known.out ? [event, retold(known)] : [event];
  return withConsequences(campaign, events, move.export_id, now);
}

/** An export's present state once more: it means something else now that it is known to be out. */
function retold({ export_id, export_type, seen: n, status, code }: CampaignExport): CampaignEvent {
  const told = { export_id, export_type, n, status, code };
  return { type: 'export_moved', ...told, detail: null, person: null, out: true };
}

function tellsMore(campaign: Campaign, move: Of<'note_move'>): boolean {
  const known = campaign.exports.find((each) => each.export_id === move.export_id);
  if (!known || known.seen === move.n) return false;
  const short = known.what === 'activate' && move.status === 'paused' && !campaign.was_short;
  return (move.out && !known.out && known.status !== 'rolled_back') || short;
}

/**
 * An export that was issued for the campaign. What has become of it may have been heard of before, and
 * counts from now on.
 */
export function noteIssued(
  campaign: Campaign,
  command: Of<'note_issued'>,
  now: number,
): readonly CampaignEvent[] {
  const { what, occasion, export_id, export_type } = command;
  const known = campaign.exports.find((each) => each.export_id === export_id);
  if (known?.what === what && known.occasion === occasion && known.round === campaign.round) return [];
  const event: CampaignEvent = { type: 'export_issued', what, occasion, export_id, export_type };
  if (!known || known.seen === 0) return [event];
  const { seen: n, status, code, out } = known;
  const told: CampaignEvent = {
    type: 'export_moved',
    export_id,
    export_type,
    n,
    status,
    code,
    detail: null,
    person: null,
    out,
  };
  return withConsequences(campaign, [event, told], export_id, now);
}

function withConsequences(
  campaign: Campaign,
  events: readonly CampaignEvent[],
  exportId: string,
  now: number,
): readonly CampaignEvent[] {
  const after = events.reduce((state, event) => evolveCampaign(state, event, now, campaign.id), campaign);
  const ending = endedBy(campaign, after, exportId);
  return ending ? [...events, ending] : [...events, ...byTheClock(after, now)];
}

/** Whether it is over because its values stand as before. */
function endedBy(before: Campaign, after: Campaign, exportId: string): CampaignEvent | null {
  const entry = after.exports.find((each) => each.export_id === exportId);
  if (!entry || entry.round !== after.round || after.status === 'ended') return null;
  if (entry.what === 'end' && entry.status === 'delivered') {
    if (entry.occasion === 'window_over') return { type: 'campaign_ended', by: null, how: 'window_over' };
    if (entry.occasion === 'rollback') return { type: 'campaign_ended', by: null, how: 'rolled_back' };
  }
  // Its rollout was taken back on its own card, and the campaign's own way back was not needed.
  const back = issued(after, 'end');
  const own = back !== null && (back.status === 'delivered' || !TERMINAL.has(back.status));
  if (entry.what === 'activate' && entry.status === 'rolled_back' && !own)
    return { type: 'campaign_ended', by: null, how: 'rolled_back' };
  return null;
}

/**
 * Everything that the clock makes due at once: it may go live and be over in one moment. `held`: it may
 * go live, but nothing is over.
 */
export function byTheClock(campaign: Campaign, now: number, held = false): readonly CampaignEvent[] {
  const events: CampaignEvent[] = [];
  let state = campaign;
  for (let next = nextByClock(state, now); next; next = nextByClock(state, now)) {
    if (held && (next.type === 'window_over' || next.type === 'campaign_ended')) break;
    events.push(next);
    state = evolveCampaign(state, next, now, state.id);
  }
  return events;
}

function nextByClock(campaign: Campaign, now: number): CampaignEvent | null {
  const due = dueByClock(campaign);
  return due !== null && due.at <= now ? due.event : null;
}

/** What time alone will do to it next, and when (ms); null for nothing. */
export function dueByClock(campaign: Campaign): { at: number; event: CampaignEvent } | null {
  if (campaign.status === 'ended' || isClosing(campaign)) return null;
  const start = fromIso(campaign.brief.window.start);
  const end = fromIso(campaign.brief.window.end);
  const activation = issued(campaign, 'activate');
  if (stageOf(campaign) === 'scheduled' && campaign.status === 'ready') {
    if (activation?.status === 'delivered') return { at: start, event: { type: 'went_live' } };
    if (activation?.status === 'delivering') return { at: start, event: underWay(activation) };
  }
  if (isOut(campaign)) return campaign.over_at === null ? { at: end, event: { type: 'window_over' } } : null;
  // What is being sent at this moment is let arrive, and is put back then.
  if (campaign.status === 'draft' || activation?.status === 'delivering') return null;
  return { at: end, event: { type: 'campaign_ended', by: null, how: 'window_over' } };
}

/** Nothing has changed but the time: what waited for its window is being sent now. */
function underWay({ export_id, export_type, seen: n, code, out }: CampaignExport): CampaignEvent {
  const status = 'delivering';
  return { type: 'export_moved', export_id, export_type, n, status, code, detail: null, person: null, out };
}
