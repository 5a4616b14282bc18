import type { Brief } from '../../../src/exports/campaigns/brief.ts';
import type { CampaignEvent } from '../../../src/exports/campaigns/events.ts';
import { evolveCampaign } from '../../../src/exports/campaigns/evolve.ts';
import type { CampaignShown } from '../../../src/flow/campaigns/ports.ts';
import type { Day, Shown } from '../../../src/flow/ports.ts';
import type { Task } from '../../../src/store/port.ts';
import { aBrief } from '../../support/campaigns.ts';
import { T0 } from '../../support/manual-clock.ts';
import { directory } from './scenes.ts';

export const aTask = (over: Partial<Task> = {}): Task => ({
  id: '01936f2a-7b1c-7d00-8e4f-5a6b7c8d9e0f',
  key: 'task:1',
  export_id: '01936f2a-7b1c-7d00-8e4f-5a6b7c8d9e0f',
  kind: 'remediation',
  role: 'operations',
  owner: null,
  title: 'Map the SKU to one item, then resume.',
  state: 'open',
  opened_at: T0,
  due_at: T0,
  closed_at: null,
  closed_by: null,
  ...over,
});

/** A campaign that waits to be marked ready, as a list shows it. */
export function aCampaign(over: Partial<Record<keyof Brief, unknown>> = {}): CampaignShown {
  const brief = aBrief(T0, over);
  const [owner = ''] = directory.people.keys();
  const event: CampaignEvent = {
    type: 'campaign_created',
    by: owner,
    via: 'slack',
    owner,
    channel: '#promo-approvals',
    brief,
    conflicts: [],
  };
  const campaign = evolveCampaign(null, event, T0, 'autumn-linen');
  return { campaign, events: [], exports: [], directory, now: T0 };
}

/** A day in which these wait, all of them counted and one page of them shown. */
export function aDay(items: readonly Shown[], over: Partial<Day> = {}, page = 0): Day {
  const pages = Math.max(1, Math.ceil(items.length / 10));
  const current = Math.min(page, pages - 1);
  const none = { items: [], all: 0, late: 0 };
  return {
    now: T0,
    directory,
    page: current,
    pages,
    waiting: { items: items.slice(current * 10, current * 10 + 10), all: items.length, late: 0 },
    covering: none,
    requests: none,
    locks: none,
    tasks: [],
    campaigns: { items: [], more: false },
    together: [],
    ...over,
  };
}

/** Everything on the Home tab at its fullest. */
export function fullDay(shown: Shown): Day {
  const five = { items: Array.from({ length: 5 }, () => shown), all: 2_000, late: 0 };
  return aDay(
    Array.from({ length: 200 }, () => shown),
    {
      covering: five,
      requests: five,
      locks: five,
      campaigns: { items: Array.from({ length: 8 }, () => aCampaign()), more: true },
      tasks: Array.from({ length: 50 }, () => aTask()),
      together: ['price_update', 'inventory_delta', 'return_initiate', 'live_publish'].map((export_type) => ({
        export_type,
        n: 12,
      })),
    },
    3,
  );
}
