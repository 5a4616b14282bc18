import type { Campaign, Conflict } from '../../src/exports/campaigns/campaign.ts';
import type { CampaignCommand } from '../../src/exports/campaigns/commands.ts';
import { type CampaignContext, decideCampaign } from '../../src/exports/campaigns/decide.ts';
import type { CampaignEvent } from '../../src/exports/campaigns/events.ts';
import { evolveCampaign } from '../../src/exports/campaigns/evolve.ts';
import { isRefusal } from '../../src/exports/refusals.ts';
import type { Status } from '../../src/exports/words.ts';
import { aBrief } from './campaigns.ts';
import { EXAMPLE, load } from './config.ts';
import { PEOPLE } from './house.ts';
import { T0 } from './manual-clock.ts';

const loaded = load(EXAMPLE);
if (!loaded.ok) throw new Error('The example configuration has faults.');
export const people = loaded.config.directory;
export const SOFIA = PEOPLE.sofia.guid;
export const PRIYA = PEOPLE.priya.guid;
export const HANNAH = PEOPLE.hannah.guid;

/** A campaign driven by commands through the real core, without ledger or flow. */
export class Played {
  campaign: Campaign | null = null;
  readonly log: { at: number; event: CampaignEvent }[] = [];
  now = T0;
  context: Partial<CampaignContext> = {};
  #n = 0;

  /** The name of the refusal, or the kinds of the events. */
  do(command: CampaignCommand): string | readonly string[] {
    const context = { now: this.now, directory: people, claimants: () => [], ...this.context };
    const decided = decideCampaign(this.campaign, command, context);
    if (isRefusal(decided)) return decided.refused;
    for (const event of decided.events) {
      this.campaign = evolveCampaign(this.campaign, event, this.now, 'autumn');
      this.log.push({ at: this.now, event });
    }
    return decided.events.map(({ type }) => type);
  }

  create(over: Parameters<typeof aBrief>[1] = {}): this {
    const brief = aBrief(this.now, over);
    this.do({ do: 'create', by: SOFIA, via: 'slack', brief, owner: PRIYA, channel: '#promo-approvals' });
    return this;
  }

  ready(unpriced: readonly string[] = []) {
    return this.do({ do: 'ready', by: SOFIA, seen: this.campaign?.brief_version ?? 0, unpriced });
  }

  issued(
    what: 'activate' | 'publish' | 'end',
    occasion: 'pause' | 'rollback' | 'window_over' | 'refused' | null = null,
  ) {
    const export_id = `${what}-${occasion ?? ''}${this.campaign?.round}`;
    const export_type = what === 'publish' ? 'live_publish' : 'promo_activation';
    return this.do({ do: 'note_issued', what, occasion, export_id, export_type });
  }

  /** News of an export; of the present activation unless told. */
  move(status: Status, over: Partial<Extract<CampaignCommand, { do: 'note_move' }>> = {}) {
    this.#n += 1;
    return this.do({
      do: 'note_move',
      export_id: `activate-${this.campaign?.round}`,
      export_type: 'promo_activation',
      n: this.#n,
      status,
      code: null,
      detail: null,
      person: null,
      out: status === 'delivered',
      ...over,
    });
  }

  /** Ready, issued, accepted and delivered. */
  live(): this {
    this.ready();
    this.issued('activate');
    for (const status of ['pending', 'accepted', 'delivering', 'delivered'] as const) this.move(status);
    return this;
  }

  get stages(): readonly string[] {
    return this.campaign?.marks.map(({ stage }) => stage) ?? [];
  }
}

export function conflict(over: Partial<Conflict> = {}): Conflict {
  return {
    kind: 'keyword',
    value: 'autumn linen',
    said: 'autumn linen',
    with: 'other',
    owner: HANNAH,
    state: 'open',
    by: null,
    note: null,
    ...over,
  };
}
