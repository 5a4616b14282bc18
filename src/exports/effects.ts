import type { Event, EventType, Recorded } from './events.ts';
import type { PersonId } from './ownership.ts';
import { short, spoken } from './phrases.ts';
import { mayWaitInDigest } from './quiet.ts';
import type { Export, Push } from './state.ts';
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
  /** Show the export's present state in a channel: post the card or edit it. Coalesced by key; at once without `due_at`. `may_wait`: in a digest, when the channel is flooded. */
  | { kind: 'card'; key: string; channel: string; priority: number; due_at?: number; may_wait?: true }
  /** Show what a flooded channel has waiting, in one message that is edited in place. */
  | { kind: 'digest'; key: string; channel: string; priority: number }
  /** Tell one event in the card's thread. */
  | { kind: 'note'; key: string; channel: string; priority: number; n: number }
  /** Tell one event to one person. */
  | { kind: 'dm'; key: string; person: PersonId; priority: number; n: number }
  /** Ping whoever is on call; for any later event, show in the pings that stand what has become of it. */
  | { kind: 'page'; key: string; channel: string; priority: number; n: number }
  | { kind: 'push'; key: string; sink: string; subject: string; due_at: number }
  /** Ask the source to send the export again. */
  | { kind: 'refetch'; key: string; source: string }
  /** Another export must hear of this one. */
  | { kind: 'relay'; key: string; to: string; say: 'roll_back' }
  /** What waits for this person must look at the directory again. */
  | { kind: 'follow'; key: string; of: PersonId }
  /** Tell whoever stands in for this person what waits for them. */
  | { kind: 'briefing'; key: string; of: PersonId; n: number }
  | { kind: 'open_task'; task: TaskDraft }
  | { kind: 'close_tasks' }
  | { kind: 'close_task'; key: string; by: PersonId | null }
  /** Tell the outside trackers of a task. */
  | { kind: 'track'; key: string; task: string; say: 'open' | 'close' }
  /** Rows that have not begun are dropped. */
  | { kind: 'cancel'; key: string };

/** Which events the thread tells, and to whom directly. */
function audience(
  event: Event,
  state: Export,
): { note: boolean; people: readonly PersonId[]; urgent: boolean } {
  const quiet = { note: false, people: [], urgent: false };
  const noted = { note: true, people: [], urgent: false };
  const requester = state.requester === null ? [] : [state.requester];
  switch (event.type) {
    case 'received':
    case 'accepted':
    case 'push_delivered':
    case 'push_advanced':
    case 'push_retried':
      return quiet;
    case 'acceptance_recorded':
      return event.acceptance.via === 'policy' ? quiet : noted;
    case 'review_opened':
      return { note: false, people: event.from === null ? [] : [event.from], urgent: false };
    case 'review_closed':
    case 'commented':
    case 'task_closed':
      return quiet;
    case 'edited':
    case 'undone':
    case 'acknowledged':
    case 'corrected':
    case 'owner_assigned':
    case 'revised':
    case 'freshness_renewed':
    case 'refetch_requested':
    case 'acceptance_lapsed':
    case 'delivery_begun':
    case 'push_unknown':
    case 'push_failed':
    case 'redelivery_requested':
    case 'superseded':
    case 'resumed':
      return noted;
    case 'changes_requested':
    case 'rejected':
    case 'withdrawn':
      return { note: true, people: requester.filter((person) => person !== event.by), urgent: false };
    case 'expired':
    case 'delivered':
    case 'rolled_back':
      return { note: true, people: requester, urgent: false };
    case 'failed':
    case 'paused':
      return {
        note: true,
        people: [...new Set([...requester, ...(event.trouble.owner === null ? [] : [event.trouble.owner])])],
        urgent: true,
      };
    case 'reminded':
      return { note: true, people: [], urgent: false };
    case 'reassigned':
      return {
        note: true,
        people: [event.route.owner].filter((person) => person !== event.by),
        urgent: false,
      };
    case 'covered':
    case 'cover_over':
    case 'backup_changed':
      return noted;
    case 'reopened':
      return { note: true, people: [event.was], urgent: true };
    case 'escalated':
      return { note: true, people: event.to, urgent: true };
    case 'paged':
      return { note: true, people: event.to, urgent: true };
  }
}

/** Machine traffic never touches Slack (DESIGN, "Scale") until something about it needs a person. */
function isShown(state: Export): boolean {
  if (state.status === 'superseded' && state.channels.length === 0) return false;
  if (state.status === 'quarantined' || state.status === 'paused' || state.status === 'failed') return true;
  return state.revision === null || state.revision.policy.gate.mode !== 'policy';
}

function pushEffect(state: Export, push: Push, due_at: number): Effect {
  return {
    kind: 'push',
    key: push.key,
    sink: push.sink,
    subject: state.revision?.subjects[0] ?? state.id,
    due_at,
  };
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
  if (TERMINAL.has(after.status) && before !== null && !TERMINAL.has(before.status))
    out.push({ kind: 'close_tasks' });
  return out;
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

/** What whoever was paged needs to see in the page itself: somebody is on it, or nobody is needed any more. */
const ANSWERS_PAGE: ReadonlySet<EventType> = new Set<EventType>([
  'acknowledged',
  'reopened',
  'accepted',
  'rejected',
  'withdrawn',
  'expired',
  'superseded',
  'revised',
  'edited',
  'changes_requested',
  'corrected',
  'owner_assigned',
  'redelivery_requested',
  'resumed',
]);

/** What a task is given: as long again as the export itself had, half an hour when it could not be read. */
function workTime({ revision }: Export): number {
  return revision?.policy.sla_ms ?? 30 * MINUTE_MS;
}

/** For a task's title, which stands alone in a list: "promo activation brief-summer-24". */
function aboutWhat({ revision, source }: Export): string {
  return `${spoken(revision?.export_type ?? 'export')} ${short(source.reference, 80)}`;
}

function consequences(after: Export, event: Event, n: number, at: number): Effect[] {
  switch (event.type) {
    case 'delivery_begun':
      return event.pushes
        .filter((push) => push.status === 'waiting')
        .map((push) => pushEffect(after, push, at));
    case 'push_advanced': {
      const push = after.pushes.find((each) => each.key === event.key);
      return push ? [pushEffect(after, push, at)] : [];
    }
    case 'push_retried':
    case 'push_unknown': {
      const push = after.pushes.find((each) => each.key === event.key);
      return push ? [pushEffect(after, push, event.next_at)] : [];
    }
    case 'redelivery_requested':
      return after.pushes
        .filter((push) => event.keys.includes(push.key))
        .map((push) => pushEffect(after, push, at));
    case 'acceptance_lapsed':
    case 'superseded':
    case 'withdrawn':
    case 'undone':
    case 'edited':
    case 'revised':
      return after.pushes
        .filter((push) => push.status !== 'delivered')
        .map(({ key }) => ({ kind: 'cancel', key }));
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
      return reversed === null
        ? []
        : [{ kind: 'relay', key: `relay:${after.id}:${reversed}`, to: reversed, say: 'roll_back' }];
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
    case 'acceptance_recorded':
    case 'accepted':
    case 'rejected':
    case 'expired':
    case 'reminded':
    case 'push_delivered':
    case 'push_failed':
    case 'rolled_back':
      return [];
  }
}
