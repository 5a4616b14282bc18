import type { Stage } from '../../exports/campaigns/campaign.ts';
import { livedAfter, timeToLive } from '../../exports/campaigns/timing.ts';
import { duration } from '../../exports/freshness.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';

const NAMES: Readonly<Record<Stage, string>> = {
  briefing: 'Briefing',
  approval: 'Approval',
  shortfall: 'Short of stock',
  delivery: 'Delivery',
  publishing: 'Publishing',
  scheduled: 'Scheduled',
  live: 'Live',
  closing: 'Putting back',
  paused: 'Paused',
  ended: 'Ended',
};

/** Fits a phone in fixed width beside the names and the times. */
const WIDTH = 14;

/** Time to live by stage as bars in fixed width, the longest one full; the stage it is in is marked. */
export function timeChart({ campaign, now }: Pick<CampaignShown, 'campaign' | 'now'>): string {
  const spent = timeToLive(campaign, now);
  const most = Math.max(1, ...spent.map(({ ms }) => ms));
  const widest = Math.max(...spent.map(({ stage }) => NAMES[stage].length), 5);
  const rows = spent.map(({ stage, ms, now: here }) => {
    const bar = '█'.repeat(Math.max(ms > 0 ? 1 : 0, Math.round((ms / most) * WIDTH)));
    return `${NAMES[stage].padEnd(widest)} ${bar.padEnd(WIDTH)} ${duration(ms)}${here ? ' …' : ''}`;
  });
  const total = livedAfter(campaign);
  const sum = total ?? spent.reduce((all, { ms }) => all + ms, 0);
  return [...rows, `${'Total'.padEnd(widest)} ${' '.repeat(WIDTH)} ${duration(sum)}`].join('\n');
}

/** The same in one line, for the card and for screen readers. */
export function timeLine({ campaign, now }: Pick<CampaignShown, 'campaign' | 'now'>): string {
  return timeToLive(campaign, now)
    .map(({ stage, ms, now: here }) => `${NAMES[stage]} ${duration(ms)}${here ? ' so far' : ''}`)
    .join(' · ');
}
