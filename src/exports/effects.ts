import { ANSWERS_PAGE, audience } from './audience.ts';
import type { News } from './campaigns/news.ts';
import type { Event, Recorded } from './events.ts';
import { mayBeOut } from './out.ts';
import { isOwn } from './own.ts';
import type { PersonId } from './ownership.ts';
import { list, short, spoken } from './phrases.ts';
import { mayWaitInDigest } from './quiet.ts';
import { rehearsals } from './rehearsal.ts';
import { isRollingBack } from './rollout-stages.ts';
import type { Export, Push } from './state.ts';
import { stockedSkus } from './stock.ts';
import { INSUFFICIENT_INVENTORY } from './trouble.ts';
import { MINUTE_MS, type Role, TERMINAL } from './words.ts';

/** Lower goes first in a lane. */
export const PRIORITY = { escalation: 0, approval: 1, note: 2, digest: 3 } as const;

/** A high-priority or remediation ticket, kept until its cause is settled (R17). */
export type TaskDraft = {
  key: string;
  kind: 'high_priority' | 'remediation' | 'supply_chain' | 'engineering';
  role: Role;
  owner: PersonId | null;
  title: string;
  due_at: number;
};

/** What must happen outside because of a decision. Rows of the outbox; `key` makes each happen once. */
export type Effect =
  /**
   * Show the export's present state in a channel: post the card or edit it. Coalesced by key; at once without
   * `due_at`. `may_wait`: in a digest, when the channel is flooded. `again`: it was deleted.
   */
  | {
      kind: 'card';
      key: string;
      channel: string;
      priority: number;
      due_at?: number;
      may_wait?: true;
      again?: true;
    }
  /** Show what a flooded channel has waiting, in one message that is edited in place. */
  | { kind: 'digest'; key: string; channel: string; priority: number }
  /** Tell one event in the card's thread. */
  | { kind: 'note'; key: string; channel: string; priority: number; n: number }
  /** Tell one event to one person. */
  | { kind: 'dm'; key: string; person: PersonId; priority: number; n: number }
  /** Ping whoever is on call; for any later event, show in the pings that stand what has become of it. */
  | { kind: 'page'; key: string; channel: string; priority: number; n: number }
  | {
      kind: 'push';
      key: string;
      sink: string;
      /** What it sets; `others` when it sets more than one thing. */
      subject: string;
      others?: readonly string[];
      due_at: number;
    }
  /** Ask a system what a push would cost, before it is sent one. */
  | { kind: 'quote'; key: string; sink: string }
  /** Try a sample and a test order on a staging system, before people accept. */
  | { kind: 'rehearse'; key: string; sink: string; revision: number; round: number }
  /** Ask the source to send the export again. */
  | { kind: 'refetch'; key: string; source: string }
  /** Another export must hear of this one. */
  | { kind: 'relay'; key: string; to: string; say: 'roll_back' | 'end_rollback' }
  /** Issue the export that takes this one back. */
  | { kind: 'reverse'; key: string }
  /** What waits for this person must look at the directory again. */
  | { kind: 'follow'; key: string; of: PersonId }
  /** Tell whoever stands in for this person what waits for them. */
  | { kind: 'briefing'; key: string; of: PersonId; n: number }
  | { kind: 'open_task'; task: TaskDraft }
  | { kind: 'close_tasks' }
  | { kind: 'close_task'; key: string; by: PersonId | null }
  /** These canonical SKUs are on a shelf since `at`, UTC ms: previews may wait for them. */
  | { kind: 'stock_arrived'; key: string; skus: readonly string[]; at: number }
  /** Its campaign hears what has become of an export. */
  | ({ kind: 'campaign'; key: string; campaign: string } & News)
  /** Show a campaign's present state: post its card or edit it. */
  | { kind: 'campaign_card'; key: string; campaign: string; channel: string; priority: number }
  /** Tell one event of a campaign in its thread, or to one person. */
  | { kind: 'campaign_note'; key: string; campaign: string; channel: string; priority: number; n: number }
  | { kind: 'campaign_dm'; key: string; campaign: string; person: PersonId; priority: number; n: number }
  /** Issue the export that this event of a campaign asks for. */
  | { kind: 'issue'; key: string; campaign: string; n: number }
  /** Tell the outside trackers of a task. */
  | { kind: 'track'; key: string; task: string; say: 'open' | 'close' }
  /** Rows that have not begun are dropped. */
  | { kind: 'cancel'; key: string };

/** Machine traffic never touches Slack (DESIGN, "Scale") until something about it needs a person. */
function isShown(state: Export): boolean {
  if (state.status === 'superseded' && state.channels.length === 0) return false;
  if (state.noticed) return true;
  return state.revision === null || state.revision.policy.gate.mode !== 'policy';
}

function pushEffect(state: Export, { key, sink }: Push, due_at: number): Effect {
  const [subject = state.id, ...others] = state.revision?.subjects ?? [];
  return { kind: 'push', key, sink, subject, ...(others.length > 0 ? { others } : {}), due_at };
}

/** The outside consequences of events that have just been decided. Pure; keys are stable over replays. */
export function effects(before: Export | null, after: Export, events: readonly Recorded[]): Effect[] {
  const out: Effect[] = [];
  const wasShown = before !== null && isShown(before);
  const shown = isShown(after) || wasShown;
  const urgent = events.some(({ event }) => audience(event, after).urgent);
  if (shown) {
    for (const channel of after.channels) {
      out.push({
        kind: 'card',
        key: `card:${after.id}:${channel}`,
        channel,
        priority: urgent ? PRIORITY.escalation : PRIORITY.approval,
        ...(mayWaitInDigest(after) ? { may_wait: true as const } : {}),
      });
    }
  }
  for (const { n, event, at } of events) {
    const heard = audience(event, after);
    const channel = after.route.channel;
    if (heard.note && shown) {
      const priority = heard.urgent ? PRIORITY.escalation : PRIORITY.note;
      out.push({ kind: 'note', key: `note:${after.id}:${n}`, channel, priority, n });
    }
    if (shown) {
      for (const person of heard.people) {
        const priority = heard.urgent ? PRIORITY.escalation : PRIORITY.note;
        out.push({ kind: 'dm', key: `dm:${after.id}:${n}:${person}`, person, priority, n });
      }
    }
    out.push(...consequences(after, event, n, at));
    if (shown) out.push(...countdown(after, event, at));
  }
  const last = events.at(-1);
  if (
    last &&
    before !== null &&
    before.pages > 0 &&
    events.some(({ event }) => ANSWERS_PAGE.has(event.type))
  ) {
    const key = `pages:${after.id}`;
    const { channel } = after.route;
    out.push({ kind: 'page', key, channel, priority: PRIORITY.escalation, n: last.n });
  }
  out.push(...rehearsals(after, events), ...campaignNews(before, after, events));
  if (TERMINAL.has(after.status) && before !== null && !TERMINAL.has(before.status))
    out.push({ kind: 'close_tasks' });
  return out;
}

/** How somebody got it going again, in their own words where they wrote any. */
function resolution(events: readonly Recorded[]): { by: PersonId; how: string } | null {
  const found = events.findLast(({ event }) => event.type === 'resumed' || event.type === 'edited')?.event;
  if (found?.type === 'resumed') return { by: found.by, how: found.note };
  if (found?.type !== 'edited' || found.mended === undefined) return null;
  const what = list(found.changes.map(({ before }) => short(before, 80)));
  return {
    by: found.by,
    how: found.mended === INSUFFICIENT_INVENTORY ? `${what} taken out` : 'values corrected',
  };
}

/** One row a change of state, and one when something is out for the first time, so that the campaign hears of each in order. */
function campaignNews(before: Export | null, after: Export, events: readonly Recorded[]): Effect[] {
  const campaign = after.revision?.campaign_id ?? null;
  const last = events.at(-1);
  const out = mayBeOut(after);
  const isFirst = out && (before === null || !mayBeOut(before));
  if (campaign === null || !last || (before?.status === after.status && !isFirst)) return [];
  const solved = resolution(events);
  const over = TERMINAL.has(after.status);
  const detail = (over ? after.ending?.reason : after.trouble?.message) ?? solved?.how ?? null;
  const signer = after.acceptances.at(-1)?.by ?? null;
  return [
    {
      kind: 'campaign',
      key: `news:${after.id}:${last.n}`,
      campaign,
      n: last.n,
      status: after.status,
      code: after.trouble?.code ?? null,
      detail,
      person: over ? (after.ending?.by ?? null) : (after.trouble?.owner ?? solved?.by ?? signer),
      out,
    },
  ];
}

/** Slack cannot tick, so the card of an undo window is drawn again at a half and at a quarter of it. */
function countdown(after: Export, event: Event, at: number): Effect[] {
  if (event.type !== 'accepted' || event.undo_until === null) return [];
  const until = event.undo_until;
  return after.channels.flatMap((channel) =>
    [2, 4].map((part): Effect => {
      const key = `count:${after.id}:${until}:${part}:${channel}`;
      const due_at = until - Math.round((until - at) / part);
      return { kind: 'card', key, channel, priority: PRIORITY.approval, due_at };
    }),
  );
}

/** What a task is given: as long again as the export itself had, half an hour when it could not be read. */
function workTime({ revision }: Export): number {
  return revision?.policy.sla_ms ?? 30 * MINUTE_MS;
}

/** For a task's title, which stands alone in a list: "promo activation brief-summer-24". */
function aboutWhat({ revision, source }: Export): string {
  return `${spoken(revision?.export_type ?? 'export')} ${short(source.reference, 80)}`;
}

function unsent(after: Export): Effect[] {
  return after.pushes
    .filter((push) => push.status !== 'delivered')
    .map(({ key }) => ({ kind: 'cancel', key }));
}

/** What was to undo another export never went out, so whoever asked for it decides anew. */
function reversalEnded({ id, source }: Export): Effect[] {
  if (source.reverses === null || !isOwn(source.name)) return [];
  return [
    { kind: 'relay', key: `relay:${id}:${source.reverses}:ended`, to: source.reverses, say: 'end_rollback' },
  ];
}

function askedToDecide(after: Export, n: number, at: number): Effect {
  const { role, owner } = after.route;
  const title = `Held in the middle, advance it or roll it back: ${aboutWhat(after)}`;
  const due_at = at + workTime(after);
  return {
    kind: 'open_task',
    task: { key: `task:${after.id}:${n}`, kind: 'high_priority', role, owner, title, due_at },
  };
}

function consequences(after: Export, event: Event, n: number, at: number): Effect[] {
  switch (event.type) {
    case 'delivery_begun':
      return event.pushes
        .filter((push) => push.status === 'waiting' || push.status === 'unknown')
        .map((push) => pushEffect(after, push, at));
    case 'push_advanced': {
      const push = after.pushes.find((each) => each.key === event.key);
      return push ? [pushEffect(after, push, at)] : [];
    }
    case 'push_retried':
    case 'push_unknown': {
      const push = after.pushes.find((each) => each.key === event.key);
      return push && !isRollingBack(after) ? [pushEffect(after, push, event.next_at)] : [];
    }
    case 'mapping_completed': {
      const keys = Object.values(event.tries);
      const again = after.pushes.filter((push) => keys.includes(push.key));
      return [{ kind: 'close_tasks' }, ...again.map((push) => pushEffect(after, push, at))];
    }
    case 'redelivery_requested':
      return after.pushes
        .filter((push) => event.keys.includes(push.key))
        .map((push) => pushEffect(after, push, at));
    case 'acceptance_lapsed':
    case 'undone':
    case 'revised':
      return unsent(after);
    case 'superseded':
    case 'withdrawn':
      return [...unsent(after), ...reversalEnded(after)];
    case 'rejected':
      return [...unsent(after), ...reversalEnded(after)];
    case 'expired':
      return [...unsent(after), ...reversalEnded(after)];
    case 'rollout_stage_begun': {
      const out = event.pushes.filter((push) => push.status !== 'delivered');
      const settled: Effect[] = event.by === null ? [] : [{ kind: 'close_tasks' }];
      return [...settled, ...out.map((push) => pushEffect(after, push, at))];
    }
    case 'rollout_held':
      return event.by === null ? [askedToDecide(after, n, at)] : [];
    case 'rollout_rollback_begun': {
      const reverse: Effect = { kind: 'reverse', key: `reverse:${after.id}:${event.number}` };
      return [{ kind: 'close_tasks' }, ...unsent(after), reverse];
    }
    case 'edited':
      return [...unsent(after), ...(event.mended === undefined ? [] : [{ kind: 'close_tasks' } as const])];
    case 'alternate_sought':
      return [{ kind: 'quote', key: `quote:${after.id}:${n}`, sink: event.to }];
    case 'failed_over':
      return [
        pushEffect(after, event.push, at),
        ...(event.by === null ? [] : [{ kind: 'close_tasks' } as const]),
      ];
    case 'refetch_requested':
      return [{ kind: 'refetch', key: `refetch:${after.id}:${n}`, source: after.source.name }];
    case 'paged':
      return [
        {
          kind: 'page',
          key: `page:${after.id}:${n}`,
          channel: event.channel,
          priority: PRIORITY.escalation,
          n,
        },
      ];
    case 'escalated':
      return [
        {
          kind: 'open_task',
          task: {
            key: `task:${after.id}:${n}`,
            kind: 'high_priority',
            role: after.route.role,
            owner: event.to[0] ?? after.route.owner,
            title: `Nobody has decided in time: ${aboutWhat(after)}`,
            due_at: at + workTime(after),
          },
        },
      ];
    case 'failed':
    case 'paused':
      return [
        {
          kind: 'open_task',
          task: {
            key: `task:${after.id}:${n}`,
            kind:
              event.trouble.role === 'supply_chain'
                ? 'supply_chain'
                : event.trouble.role === 'engineering'
                  ? 'engineering'
                  : 'remediation',
            role: event.trouble.role,
            owner: event.trouble.owner,
            title: `${aboutWhat(after)}: ${event.trouble.remedy}`,
            due_at: at + workTime(after),
          },
        },
        ...after.pushes
          .filter((push) => event.type === 'paused' && push.status === 'waiting')
          .map(({ key }): Effect => ({ kind: 'cancel', key })),
      ];
    case 'delivered': {
      const reversed = after.source.reverses;
      const relay: Effect[] =
        reversed === null
          ? []
          : [{ kind: 'relay', key: `relay:${after.id}:${reversed}`, to: reversed, say: 'roll_back' }];
      const skus = stockedSkus(after);
      return skus.length === 0
        ? relay
        : [...relay, { kind: 'stock_arrived', key: `stock:${after.id}:${n}`, skus, at }];
    }
    case 'resumed':
    case 'corrected':
    case 'owner_assigned':
      return [{ kind: 'close_tasks' }];
    case 'task_closed':
      return [{ kind: 'close_task', key: event.key, by: event.by ?? event.via }];
    case 'received':
    case 'review_opened':
    case 'review_closed':
    case 'changes_requested':
    case 'reassigned':
    case 'covered':
    case 'cover_over':
    case 'backup_changed':
    case 'commented':
    case 'acknowledged':
    case 'reopened':
    case 'freshness_renewed':
    case 'rehearsed':
    case 'rehearsal_requested':
    case 'safety_checks_overridden':
    case 'acceptance_recorded':
    case 'accepted':
    case 'reminded':
    case 'rollout_stage_completed':
    case 'rollout_exception_reported':
    case 'rollout_rollback_issued':
    case 'push_delivered':
    case 'push_failed':
    case 'preview_ready':
    case 'preview_closed':
      return [];
    case 'rolled_back':
      return unsent(after);
  }
}
