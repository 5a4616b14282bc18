import { type Campaign, type Stage, stageOf } from './campaign.ts';

/** How long a campaign has been in a stage in all, ms; `now` when it is in it still. */
export type Spent = { stage: Stage; ms: number; now: boolean };

/** On the way to live, in the order in which they come. */
const WAY: readonly Stage[] = ['briefing', 'approval', 'shortfall', 'delivery', 'publishing', 'scheduled'];

/** What each stage up to live has cost in time, those it was never in left out. */
export function timeToLive(campaign: Pick<Campaign, 'marks'>, now: number): readonly Spent[] {
  const spent = new Map<Stage, number>();
  for (const [index, { stage, at }] of campaign.marks.entries()) {
    if (stage === 'live') break;
    const until = campaign.marks[index + 1]?.at ?? now;
    spent.set(stage, (spent.get(stage) ?? 0) + Math.max(0, until - at));
  }
  const current = stageOf(campaign);
  return WAY.filter((stage) => spent.has(stage)).map((stage) => ({
    stage,
    ms: spent.get(stage) ?? 0,
    now: stage === current,
  }));
}

/** From the brief to the first moment it was live, ms; null while it has not been. */
export function livedAfter({ created_at, marks }: Pick<Campaign, 'created_at' | 'marks'>): number | null {
  const first = marks.find((mark) => mark.stage === 'live');
  return first ? first.at - created_at : null;
}
