import { names } from '../gates.ts';
import type { Directory, PersonId } from '../ownership.ts';
import { list, spoken } from '../phrases.ts';
import { type Refusal, refuse } from '../refusals.ts';
import { TERMINAL } from '../words.ts';
import { type Brief, checkBrief } from './brief.ts';
import { type Campaign, type Conflict, isClosing, isOut, issued } from './campaign.ts';
import { type Claim, claimsOf } from './claims.ts';
import type { CampaignCommand, Drift } from './commands.ts';
import type { CampaignEvent } from './events.ts';
import { byTheClock, dueByClock, noteIssued, noteMove } from './follow.ts';

/** Who else holds a claim: campaigns that have not ended, the one asked for apart. */
export type Claimants = (
  claim: Pick<Claim, 'kind' | 'value'>,
) => readonly { campaign_id: string; owner: PersonId }[];

export type CampaignContext = { now: number; directory: Directory; claimants: Claimants };

export type CampaignDecision = { events: readonly CampaignEvent[] } | Refusal;

/** The one place where anything about a campaign is decided. Pure: it may run again and gives the same. */
export function decideCampaign(
  campaign: Campaign | null,
  command: CampaignCommand,
  context: CampaignContext,
): CampaignDecision {
  const person = 'by' in command && command.by !== null ? context.directory.people.get(command.by) : null;
  if (person === undefined) return refuse('unknown_person');
  if (person?.active === false) return refuse('inactive_person');
  if (command.do === 'create') return create(campaign, command, context);
  if (!campaign) return refuse('no_campaign', { campaign: 'with this id' });
  switch (command.do) {
    case 'revise':
      return revise(campaign, command, context);
    case 'settle_conflict':
      return settle(campaign, command, context);
    case 'ready':
      return ready(campaign, command, context);
    case 'pause':
      return pause(campaign, command, context);
    case 'resume':
      return resume(campaign, command, context);
    case 'roll_back':
      return rollBack(campaign, command, context);
    case 'end':
      return end(campaign, command, context);
    case 'note_issued':
      return { events: noteIssued(campaign, command, context.now) };
    case 'note_failure':
      if (campaign.status === 'ended') return { events: [] };
      return { events: [{ type: 'issue_failed', what: command.what, problem: command.problem }] };
    case 'note_move':
      return { events: noteMove(campaign, command, context.now) };
    case 'tick':
      return { events: byTheClock(campaign, context.now, command.held) };
  }
}

/** Who may run a campaign: its owner, whoever briefed it, and the active members of marketing. */
export function runners(campaign: Campaign, directory: Directory): readonly PersonId[] {
  const members = directory.roles.get('marketing_ops')?.members ?? [];
  const own = campaign.created_by === null ? [] : [campaign.created_by];
  return [...new Set([campaign.owner, ...own, ...members])].filter(
    (id) => directory.people.get(id)?.active === true,
  );
}

function barred(
  campaign: Campaign,
  by: PersonId,
  verb: string,
  { directory }: CampaignContext,
): Refusal | null {
  const allowed = runners(campaign, directory);
  return allowed.includes(by) ? null : refuse('not_allowed', { verb, allowed: names(allowed, directory) });
}

function wrong(brief: Brief, now: number): Refusal | null {
  const problems = checkBrief(brief, now).filter((each) => each.severity === 'error');
  return problems.length === 0
    ? null
    : refuse('brief_invalid', { problems: problems.map((each) => each.message).join(' ') });
}

/** Claims that others hold; what their owners have said about the same claim before still counts. */
function conflicts(
  brief: Brief,
  { claimants }: CampaignContext,
  settled: readonly Conflict[] = [],
): readonly Conflict[] {
  return claimsOf(brief).flatMap((claim) =>
    claimants(claim).map(
      ({ campaign_id, owner }): Conflict =>
        settled.find(
          (each) => each.kind === claim.kind && each.value === claim.value && each.with === campaign_id,
        ) ?? { ...claim, with: campaign_id, owner, state: 'open', by: null, note: null },
    ),
  );
}

function create(
  campaign: Campaign | null,
  command: Extract<CampaignCommand, { do: 'create' }>,
  context: CampaignContext,
): CampaignDecision {
  if (campaign) return refuse('campaign_exists', { campaign: campaign.id });
  const bad = wrong(command.brief, context.now);
  if (bad) return bad;
  const { by, via, owner, channel, brief } = command;
  return {
    events: [
      { type: 'campaign_created', by, via, owner, channel, brief, conflicts: conflicts(brief, context) },
    ],
  };
}

function revise(
  campaign: Campaign,
  command: Extract<CampaignCommand, { do: 'revise' }>,
  context: CampaignContext,
): CampaignDecision {
  const no = command.by === null ? null : barred(campaign, command.by, 'change the brief of', context);
  if (no) return no;
  // A system has a say in its own campaigns alone.
  if (command.by === null && command.via !== campaign.via)
    return refuse('campaign_exists', { campaign: campaign.id });
  if (campaign.status !== 'draft') {
    return refuse('campaign_not_so', {
      campaign: campaign.id,
      status: campaign.status,
      verb: 'change its brief',
      what: campaign.status === 'ended' ? 'Write a new brief' : 'Withdraw or roll back its promo first',
    });
  }
  if (command.seen !== null && command.seen !== campaign.brief_version) {
    return refuse('brief_stale', { seen: `${command.seen}`, present: `${campaign.brief_version}` });
  }
  const bad = wrong(command.brief, context.now);
  if (bad) return bad;
  const { by, via, brief } = command;
  if (JSON.stringify(brief) === JSON.stringify(campaign.brief)) return refuse('nothing_changed');
  return {
    events: [
      { type: 'brief_revised', by, via, brief, conflicts: conflicts(brief, context, campaign.conflicts) },
    ],
  };
}

function settle(
  campaign: Campaign,
  command: Extract<CampaignCommand, { do: 'settle_conflict' }>,
  { directory }: CampaignContext,
): CampaignDecision {
  const { by, claim, allow, note } = command;
  const conflict = campaign.conflicts.find(
    (each) => each.kind === claim.kind && each.value === claim.value && each.with === command.with,
  );
  if (!conflict) return refuse('no_conflict');
  const members = directory.roles.get('marketing_ops')?.members ?? [];
  // Whoever wants the keyword does not give it to themselves.
  const allowed = [conflict.owner, ...members].filter(
    (id) =>
      directory.people.get(id)?.active === true &&
      (id === conflict.owner || (id !== campaign.created_by && id !== campaign.owner)),
  );
  if (!allowed.includes(by)) {
    return refuse('not_allowed', { verb: 'answer for', allowed: names([...new Set(allowed)], directory) });
  }
  if (conflict.state === (allow ? 'allowed' : 'refused')) return { events: [] };
  return {
    events: [{ type: 'conflict_settled', by, claim, with: command.with, allowed: allow, note }],
  };
}

/** Nothing goes out while a claim is disputed, a price unknown or the brief wrong. */
function unfit(campaign: Campaign, unpriced: readonly string[], context: CampaignContext): Refusal | null {
  const held = conflicts(campaign.brief, context, campaign.conflicts).find(
    (each) => each.state !== 'allowed',
  );
  if (held) {
    const who = context.directory.people.get(held.owner)?.name ?? 'its owner';
    return refuse(held.state === 'open' ? 'claim_open' : 'claim_refused', {
      what: `${held.kind === 'page' ? 'landing page' : 'keyword'} “${held.said}”`,
      campaign: held.with,
      who,
    });
  }
  const bad = wrong(campaign.brief, context.now);
  if (bad) return bad;
  if (unpriced.length > 0) return refuse('price_unknown', { skus: list(unpriced) });
  return null;
}

function ready(
  campaign: Campaign,
  command: Extract<CampaignCommand, { do: 'ready' }>,
  context: CampaignContext,
): CampaignDecision {
  const no = barred(campaign, command.by, 'start', context);
  if (no) return no;
  if (campaign.status !== 'draft') return already(campaign, 'mark it ready');
  if (isOut(campaign)) return refuse('still_closing', { campaign: campaign.id });
  if (command.seen !== campaign.brief_version) {
    return refuse('brief_stale', { seen: `${command.seen}`, present: `${campaign.brief_version}` });
  }
  const bad = unfit(campaign, command.unpriced, context);
  const left = conflicts(campaign.brief, context, campaign.conflicts);
  return bad ?? { events: [{ type: 'readied', by: command.by, conflicts: left }] };
}

function already(campaign: Campaign, verb: string, what = 'Look at its card'): Refusal {
  return refuse('campaign_not_so', { campaign: campaign.id, status: campaign.status, verb, what });
}

function pause(
  campaign: Campaign,
  command: Extract<CampaignCommand, { do: 'pause' }>,
  context: CampaignContext,
): CampaignDecision {
  const no = barred(campaign, command.by, 'pause', context);
  if (no) return no;
  const reason = command.reason.trim();
  if (reason.length < 3) return refuse('reason_required');
  if (!isOut(campaign) || campaign.status === 'paused' || isClosing(campaign)) {
    return already(
      campaign,
      'pause it',
      campaign.status === 'ready' ? 'Nothing is live yet: reject or withdraw its promo instead' : undefined,
    );
  }
  return { events: [{ type: 'campaign_paused', by: command.by, reason }] };
}

function resume(
  campaign: Campaign,
  command: Extract<CampaignCommand, { do: 'resume' }>,
  context: CampaignContext,
): CampaignDecision {
  const no = barred(campaign, command.by, 'resume', context);
  if (no) return no;
  if (campaign.status !== 'paused') return already(campaign, 'resume it');
  const again = lacksPublish(campaign) ? 'publish' : 'activate';
  if (again === 'activate' && campaign.halt?.by === null) {
    const where = campaign.halt.code === null ? 'its export' : spoken(campaign.halt.code);
    return refuse('resume_elsewhere', { why: where });
  }
  if (again === 'activate' && isOut(campaign)) return refuse('still_closing', { campaign: campaign.id });
  const bad = unfit(campaign, again === 'publish' ? [] : command.unpriced, context);
  const left = conflicts(campaign.brief, context, campaign.conflicts);
  return bad ?? { events: [{ type: 'campaign_resumed', by: command.by, conflicts: left, again }] };
}

/** Its promo is out after a shortage, and its live publish ended unaccepted: a new one is all that it needs. */
export function lacksPublish(campaign: Campaign): boolean {
  if (campaign.status !== 'paused' || isClosing(campaign)) return false;
  const publish = issued(campaign, 'publish');
  const open = publish !== null && !TERMINAL.has(publish.status);
  return issued(campaign, 'activate')?.status === 'delivered' && isOut(campaign) && !open;
}

function rollBack(
  campaign: Campaign,
  command: Extract<CampaignCommand, { do: 'roll_back' }>,
  context: CampaignContext,
): CampaignDecision {
  const no = barred(campaign, command.by, 'roll back', context);
  if (no) return no;
  const reason = command.reason.trim();
  if (reason.length < 3) return refuse('reason_required');
  if (isClosing(campaign)) return refuse('still_closing', { campaign: campaign.id });
  if (!isOut(campaign)) return already(campaign, 'roll it back', 'Nothing of it is live');
  const drifted = command.drift;
  if (drifted.length > 0 && !command.leave_drifted) return driftRefusal(drifted);
  const { by } = command;
  const asked: CampaignEvent = {
    type: 'rollback_asked',
    by,
    reason,
    leave: drifted.map((each) => each.sku),
  };
  // Every price was set by somebody since, and stays: there is nothing left to put back.
  const all = command.set ?? campaign.brief.products.length;
  const nothing = drifted.length > 0 && drifted.length >= all && campaign.brief.discounts.length === 0;
  return { events: nothing ? [asked, { type: 'campaign_ended', by, how: 'rolled_back' }] : [asked] };
}

/** Names at most three; whoever asked sees all of them where they decide. */
export function driftRefusal(drift: readonly Drift[]): Refusal {
  const named = drift
    .slice(0, 3)
    .map(({ sku, expected, present }) => `${sku} stands at ${present}, the promo had set ${expected}`);
  const more = drift.length > 3 ? ` and ${drift.length - 3} more` : '';
  return refuse('drifted', { n: `${drift.length}`, difference: `${named.join('; ')}${more}` });
}

function end(
  campaign: Campaign,
  command: Extract<CampaignCommand, { do: 'end' }>,
  context: CampaignContext,
): CampaignDecision {
  const no = barred(campaign, command.by, 'end', context);
  if (no) return no;
  if (campaign.status === 'ended') return already(campaign, 'end it');
  if (isClosing(campaign)) return refuse('still_closing', { campaign: campaign.id });
  if (isOut(campaign)) return already(campaign, 'end it', 'It is live: roll it back instead');
  const promo = issued(campaign, 'activate');
  const open = promo !== null && !TERMINAL.has(promo.status);
  if (campaign.status === 'ready' || (open && campaign.status !== 'draft'))
    return already(campaign, 'end it', 'Reject or withdraw its promo first');
  return { events: [{ type: 'campaign_ended', by: command.by, how: 'withdrawn' }] };
}

/** When `tick` next has something to do; null when it has not. */
export function campaignDue(campaign: Campaign): number | null {
  return dueByClock(campaign)?.at ?? null;
}
