import type { Campaign } from '../../exports/campaigns/campaign.ts';
import { type Issue, isClosing, isOut, issued, type Occasion } from '../../exports/campaigns/campaign.ts';
import type { CampaignEvent } from '../../exports/campaigns/events.ts';
import {
  activationOf,
  endOf,
  narrowed,
  publishOf,
  type Raw,
  unpriced,
} from '../../exports/campaigns/issue.ts';
import { decide } from '../../exports/decide.ts';
import { Envelope } from '../../exports/envelope.ts';
import { OWN_SOURCE } from '../../exports/own.ts';
import { list } from '../../exports/phrases.ts';
import { reversalOf } from '../../exports/reversal.ts';
import { skusOf } from '../../exports/skus.ts';
import type { Export } from '../../exports/state.ts';
import { TERMINAL } from '../../exports/words.ts';
import type { Pusher } from '../../sinks/port.ts';
import type { OutboxRow } from '../../store/port.ts';
import { receive } from '../intake.ts';
import { contextOf, type Flow } from '../settings.ts';
import { change } from './desk.ts';
import { asSent, formerly } from './sent.ts';
import { presentValues } from './values.ts';

type Want = { what: Issue; occasion: Occasion | null };

/** What an event of a campaign asks for, as long as the campaign still stands where it asked. */
function wanted(event: CampaignEvent, campaign: Campaign): Want | null {
  if (campaign.status === 'ended') return leftOut(event, campaign);
  const back = (occasion: Occasion): Want | null =>
    isClosing(campaign) && isOut(campaign) ? { what: 'end', occasion } : null;
  const publish = isClosing(campaign) ? null : ({ what: 'publish', occasion: null } as const);
  switch (event.type) {
    case 'readied':
      return { what: 'activate', occasion: null };
    case 'campaign_resumed':
      return event.again === 'publish' ? publish : { what: 'activate', occasion: null };
    case 'campaign_paused':
      return back('pause');
    case 'rollback_asked':
      return back('rollback');
    case 'window_over':
      return back('window_over');
    case 'export_moved':
      return event.status === 'delivered' ? publish : back('refused');
    case 'campaign_created':
    case 'brief_revised':
    case 'conflict_settled':
    case 'export_issued':
    case 'issue_failed':
    case 'went_live':
    case 'campaign_ended':
      return null;
  }
}

/** It went out in the very moment in which the campaign ended. */
function leftOut(event: CampaignEvent, campaign: Campaign): Want | null {
  const back = issued(campaign, 'end');
  const underWay = back !== null && !TERMINAL.has(back.status);
  if (event.type !== 'export_moved' || !isOut(campaign) || underWay) return null;
  return { what: 'end', occasion: 'window_over' };
}

type Made = { raw: Raw } | { problem: string };

/** Stable over tries: intake knows the export by it. `n` is the number of the event that asks for it. */
function keyOf(campaign: Campaign, { what, occasion }: Want, n: number): string {
  return ['campaign', campaign.id, what, occasion, n].filter((each) => each !== null).join(':');
}

/** Whoever has left, or has another role now, can own nothing new: then the role's own rules choose. */
function owned(flow: Flow, campaign: Campaign): Campaign {
  const { people, roles } = flow.settings().directory;
  const entry = roles.get('marketing_ops');
  const able = (id: string | null | undefined): id is string =>
    typeof id === 'string' && entry?.members.includes(id) === true && people.get(id)?.active === true;
  const owner =
    [campaign.owner, entry?.default_owner, ...(entry?.members ?? [])].find(able) ?? campaign.owner;
  const by = campaign.requested_by;
  return { ...campaign, owner, requested_by: by !== null && people.has(by) ? by : null };
}

/** The whole of an activation with what the systems say now; for the first time or to renew it. */
export async function freshActivation(
  flow: Flow,
  pusher: Pick<Pusher, 'sink'>,
  campaign: Campaign,
  key: string,
): Promise<Made> {
  const skus = campaign.brief.products.map((each) => each.sku);
  const { present: read, as_of } = await presentValues(flow, pusher, skus);
  const present = await formerly(flow, campaign, read);
  const missing = unpriced(campaign.brief, present);
  if (missing.length > 0) {
    return { problem: `The present price of ${list(missing)} is not known. Add it to the product list.` };
  }
  return { raw: activationOf(owned(flow, campaign), present, key, flow.clock.now(), as_of) };
}

/** The live publish of a campaign, with the instant at which the systems were asked again. */
export async function freshPublish(
  flow: Flow,
  pusher: Pick<Pusher, 'sink'>,
  campaign: Campaign,
  key: string,
): Promise<Made> {
  const activation = await activationIn(flow, campaign);
  if (!activation) return { problem: NO_ACTIVATION };
  const skus = skusOf(activation);
  const { present, as_of } = await presentValues(flow, pusher, skus);
  const events = await flow.ledger.campaignEvents(campaign.id);
  const readAt = Object.keys(present).length > 0 ? as_of : null;
  return {
    raw: publishOf(
      narrowed(owned(flow, campaign), new Set(skus)),
      activation,
      events,
      key,
      flow.clock.now(),
      readAt,
    ),
  };
}

const NO_ACTIVATION = 'Its promo activation is not in the ledger.';

async function activationIn(flow: Flow, campaign: Campaign): Promise<Export | null> {
  const entry = issued(campaign, 'activate');
  return entry ? flow.ledger.get(entry.export_id) : null;
}

/** What puts back everything that the activation has sent in any of its revisions, the SKUs in `leave` apart. */
async function freshEnd(flow: Flow, campaign: Campaign, event: CampaignEvent, key: string): Promise<Made> {
  const activation = await activationIn(flow, campaign);
  if (!activation) return { problem: NO_ACTIVATION };
  const whole = await asSent(flow, activation);
  const leave = new Set(event.type === 'rollback_asked' ? event.leave : []);
  const kept = leave.size === 0 ? null : new Set(skusOf(whole).filter((sku) => !leave.has(sku)));
  const reverse = reversalOf(whole, kept, flow.catalog);
  if (!reverse) return { problem: 'Its promo activation cannot be taken back by itself.' };
  const by = 'by' in event ? event.by : null;
  return { raw: endOf(owned(flow, campaign), activation, reverse, by, key, flow.clock.now()) };
}

function make(
  flow: Flow,
  pusher: Pick<Pusher, 'sink'>,
  campaign: Campaign,
  event: CampaignEvent,
  what: Issue,
  key: string,
): Promise<Made> {
  switch (what) {
    case 'activate':
      return freshActivation(flow, pusher, campaign, key);
    case 'publish':
      return freshPublish(flow, pusher, campaign, key);
    case 'end':
      return freshEnd(flow, campaign, event, key);
  }
}

/**
 * Issues the export that an event of a campaign asks for, as Meshline's own. It may run again: the
 * key is stable, so that intake gives the first answer.
 */
export async function issueExport(flow: Flow, pusher: Pick<Pusher, 'sink'>, row: OutboxRow): Promise<void> {
  const { effect } = row;
  if (effect.kind !== 'issue') return;
  const settle = { key: row.key, token: row.token, result: { done: true } as const };
  const events = await flow.ledger.campaignEvents(effect.campaign);
  const campaign = await flow.ledger.campaign(effect.campaign);
  const event = events.find((each) => each.n === effect.n)?.event;
  if (!campaign || !event) return flow.ledger.settle(settle);
  if (campaign.status === 'ended') await closeOpen(flow, campaign, null);
  const want = wanted(event, campaign);
  if (!want) return flow.ledger.settle(settle);
  const { what, occasion } = want;
  const key = keyOf(campaign, want, effect.n);
  const made = await make(flow, pusher, campaign, event, what, key);
  if ('problem' in made) {
    await change(flow, campaign.id, { do: 'note_failure', what, problem: made.problem }, settle);
    return;
  }
  const result = await receive(flow, OWN_SOURCE, made.raw, key);
  if (result.kind === 'refused') {
    const problem = 'An earlier export of this campaign has the same key and other values.';
    await change(flow, campaign.id, { do: 'note_failure', what, problem }, settle);
    return;
  }
  const export_id = idIn(result.answer);
  if (what === 'end') await closeOpen(flow, campaign, export_id);
  const { export_type } = Envelope.parse(made.raw);
  await change(flow, campaign.id, { do: 'note_issued', what, occasion, export_id, export_type }, settle);
}

/**
 * Nothing of a campaign goes out once its values are put back: what still waits gives way to `newer`, or
 * has lost its time. An activation itself is settled when its way back has arrived.
 */
async function closeOpen(flow: Flow, campaign: Campaign, newer: string | null): Promise<void> {
  const now = flow.clock.now();
  const isBack = issued(campaign, 'end')?.status === 'delivered';
  const open = campaign.exports.filter(
    ({ what, round, status }) =>
      round === campaign.round &&
      !TERMINAL.has(status) &&
      (what === 'publish' || (what === 'activate' && newer === null && !isBack)),
  );
  for (const { export_id } of open) {
    const command = newer === null ? ({ do: 'expire' } as const) : ({ do: 'supersede', newer } as const);
    await flow.ledger.update(export_id, now, (state) => decide(state, command, contextOf(flow)));
  }
}

function idIn(answer: unknown): string {
  const id = typeof answer === 'object' && answer !== null && 'export_id' in answer ? answer.export_id : null;
  if (typeof id !== 'string') throw new Error('Intake answered without an export id.');
  return id;
}
