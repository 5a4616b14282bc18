import { fromIso } from '../../clock.ts';
import { type Campaign, type CampaignExport, isClosing, issued, type Stage, stageOf } from './campaign.ts';
import type { CampaignEvent } from './events.ts';

type Moved = Extract<CampaignEvent, { type: 'export_moved' }>;

export function mark(campaign: Campaign, stage: Stage, at: number): Pick<Campaign, 'marks'> {
  return { marks: stageOf(campaign) === stage ? campaign.marks : [...campaign.marks, { stage, at }] };
}

/** The campaign once one of its exports has come to another state. */
export function moved(before: Campaign, event: Moved, at: number): Partial<Campaign> {
  const known = before.exports.find((each) => each.export_id === event.export_id);
  if (known && known.seen > event.n) return toldLate(before, known, event);
  const entry: CampaignExport = {
    ...(known ?? {
      export_id: event.export_id,
      export_type: event.export_type,
      what: 'other',
      occasion: null,
      round: before.round,
    }),
    status: event.status,
    seen: event.n,
    since: known?.status === event.status ? known.since : at,
    code: event.code,
    out: known?.out === true ? event.status !== 'rolled_back' : isNewlyOut(before, event),
  };
  const exports = known ? replaced(before.exports, entry) : [...before.exports, entry];
  if (entry.round !== before.round) return { exports };
  const now = { ...before, exports };
  if (before.status === 'ended') return entry.what === 'end' ? putBack(now, entry) : { exports };
  switch (entry.what) {
    case 'activate':
      return { exports, ...(isClosing(before) ? {} : onTheWay(now, entry, event, at)) };
    case 'publish': {
      const stands = !isClosing(before) && issued(now, 'activate')?.status === 'delivered';
      return { exports, ...(stands ? onTheWay(now, entry, event, at) : {}) };
    }
    case 'end':
      return { exports, ...onTheWayBack(now, entry, at) };
    case 'other':
      return { exports };
  }
}

function replaced(exports: readonly CampaignExport[], entry: CampaignExport): readonly CampaignExport[] {
  return exports.map((each) => (each.export_id === entry.export_id ? entry : each));
}

/** What has been put back does not go out again under the same round. */
function isNewlyOut(campaign: Campaign, { out, status, export_id }: Moved): boolean {
  const round = campaign.exports.find((each) => each.export_id === export_id)?.round ?? campaign.round;
  const isBack = campaign.exports.some(
    (each) => each.what === 'end' && each.round === round && each.status === 'delivered',
  );
  return out && status !== 'rolled_back' && !isBack && campaign.ended?.how !== 'rolled_back';
}

/** News that newer news has overtaken changes no state, but what it tells of the past stays true. */
function toldLate(before: Campaign, known: CampaignExport, event: Moved): Partial<Campaign> {
  const out = known.out || (known.status !== 'rolled_back' && isNewlyOut(before, event));
  const short = known.what === 'activate' && known.round === before.round && event.status === 'paused';
  return {
    exports: replaced(before.exports, { ...known, out }),
    was_short: before.was_short || short,
  };
}

const UNSAID = {
  rejected: 'was rejected',
  withdrawn: 'was withdrawn',
  expired: 'was not accepted in time',
  superseded: 'gave way to a newer export',
} as const;

/** What the state of an activation or a live publish makes of the campaign. */
function onTheWay(before: Campaign, entry: CampaignExport, event: Moved, at: number): Partial<Campaign> {
  const publishes = entry.what === 'publish';
  switch (entry.status) {
    case 'pending':
    case 'quarantined':
      return { status: 'ready', halt: null, ...mark(before, publishes ? 'publishing' : 'approval', at) };
    case 'accepted':
      return { status: 'ready', halt: null, ...mark(before, publishes ? 'publishing' : 'delivery', at) };
    case 'delivering': {
      const waits = at < fromIso(before.brief.window.start);
      const stage = publishes ? 'publishing' : waits ? 'scheduled' : 'delivery';
      return { status: 'ready', halt: null, ...mark(before, stage, at) };
    }
    case 'paused':
      return {
        status: 'paused',
        was_short: before.was_short || !publishes,
        halt: { at, by: null, reason: event.detail ?? 'A system could not carry it out.', code: event.code },
        ...mark(before, 'shortfall', at),
      };
    case 'failed':
      return {
        status: 'ready',
        halt: { at, by: null, reason: event.detail ?? 'It failed.', code: event.code },
        ...mark(before, publishes ? 'publishing' : 'delivery', at),
      };
    case 'delivered': {
      const stage = !publishes && before.was_short ? 'publishing' : 'scheduled';
      return { status: 'ready', halt: null, ...mark(before, stage, at) };
    }
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'superseded': {
      const what = publishes ? 'live publish' : 'promo';
      const halt = {
        at,
        by: event.person,
        reason: event.detail ?? `The ${what} ${UNSAID[entry.status]}.`,
        code: null,
      };
      if (publishes) return { status: 'paused', halt, ...mark(before, 'paused', at) };
      return { status: 'draft', halt, ...mark(before, entry.out ? 'closing' : 'briefing', at) };
    }
    case 'rolled_back':
      return {};
  }
}

/** What the state of putting the values back makes of it. */
function onTheWayBack(before: Campaign, entry: CampaignExport, at: number): Partial<Campaign> {
  switch (entry.status) {
    case 'delivered': {
      const stage = entry.occasion === 'pause' ? 'paused' : 'briefing';
      const stays = entry.occasion === 'pause' || entry.occasion === 'refused';
      return { ...putBack(before, entry), ...(stays ? mark(before, stage, at) : {}) };
    }
    case 'rejected':
    case 'withdrawn':
    case 'expired':
    case 'superseded':
      return isClosing(before) ? notPutBack(before, 'Its values were not put back.', at) : {};
    case 'pending':
    case 'quarantined':
    case 'accepted':
    case 'delivering':
    case 'paused':
    case 'failed':
    case 'rolled_back':
      return {};
  }
}

/** Nothing of its activation is out any more. */
function putBack(before: Campaign, { round, status }: CampaignExport): Pick<Campaign, 'exports'> {
  const isBack = (each: CampaignExport) =>
    status === 'delivered' && each.what === 'activate' && each.round === round;
  return { exports: before.exports.map((each) => (isBack(each) ? { ...each, out: false } : each)) };
}

/** Its values stay out: it is again what it was before they were to be put back, and somebody decides anew. */
export function notPutBack(before: Campaign, reason: string, at: number): Partial<Campaign> {
  const was = before.marks.findLast(({ stage }) => stage !== 'closing')?.stage ?? 'paused';
  const halt = { at, by: null, reason, code: null };
  const promo = issued(before, 'activate')?.status;
  if (was === 'live' && promo === 'delivered') return { status: 'live', halt, ...mark(before, 'live', at) };
  const underWay = promo === 'delivered' || promo === 'delivering';
  if ((was === 'scheduled' || was === 'delivery') && underWay)
    return { status: 'ready', halt, ...mark(before, was, at) };
  return { status: 'paused', halt, ...mark(before, 'paused', at) };
}
