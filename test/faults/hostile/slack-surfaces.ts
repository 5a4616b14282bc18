import type { View } from '@slack/types';
import { briefing } from '../../../src/bot/briefing.ts';
import { campaignCard, campaignPlain } from '../../../src/bot/campaigns/card.ts';
import { campaignList } from '../../../src/bot/campaigns/menu.ts';
import { claimModal, pauseModal, rollBackModal } from '../../../src/bot/campaigns/modals.ts';
import { campaignDm, campaignNote } from '../../../src/bot/campaigns/notes.ts';
import { savedModal } from '../../../src/bot/campaigns/saved.ts';
import { campaignStatus } from '../../../src/bot/campaigns/status.ts';
import { approvalCard, type Message } from '../../../src/bot/card.ts';
import { homeView } from '../../../src/bot/home.ts';
import { exportAnswer, exportList } from '../../../src/bot/listing.ts';
import { digestReviewModal } from '../../../src/bot/modals/digest-review.ts';
import { editModal } from '../../../src/bot/modals/edit.ts';
import { fixModal } from '../../../src/bot/modals/fix.ts';
import {
  assignOwnerModal,
  confirmStaleModal,
  rejectModal,
  resumeModal,
  withdrawModal,
} from '../../../src/bot/modals/forms.ts';
import { messageModal } from '../../../src/bot/modals/message.ts';
import { overrideModal } from '../../../src/bot/modals/override.ts';
import { ownersModal, personModal } from '../../../src/bot/modals/owners.ts';
import { backupForm, coverForm, outForm } from '../../../src/bot/modals/owners-forms.ts';
import { reviewModal } from '../../../src/bot/modals/review.ts';
import { reassignModal, requestChangesModal } from '../../../src/bot/modals/review-forms.ts';
import { dmFor, noteFor, pageFor, plainMessage } from '../../../src/bot/notes.ts';
import { asSaid } from '../../../src/bot/said.ts';
import { taskLine } from '../../../src/bot/task-line.ts';
import { timeline } from '../../../src/bot/timeline.ts';
import { marked } from '../../../src/bot/words.ts';
import type { CampaignEvent, RecordedCampaignEvent } from '../../../src/exports/campaigns/events.ts';
import { evolveCampaign } from '../../../src/exports/campaigns/evolve.ts';
import type { Event, Recorded } from '../../../src/exports/events.ts';
import type { Directory } from '../../../src/exports/ownership.ts';
import { refuse, sentence } from '../../../src/exports/refusals.ts';
import type { Export } from '../../../src/exports/state.ts';
import { Role, type Status } from '../../../src/exports/words.ts';
import type { CampaignShown } from '../../../src/flow/campaigns/ports.ts';
import type { Shown } from '../../../src/flow/ports.ts';
import { T0 } from '../../support/manual-clock.ts';
import { aCampaign, aTask, fullDay } from '../../unit/bot/days.ts';
import {
  catalog,
  DURING,
  directory,
  personNamed,
  type Scene,
  STATUSES,
  sceneOf,
  TYPE_NAMES,
} from '../../unit/bot/scenes.ts';
import { LINES, shortOf } from '../../unit/bot/short-scenes.ts';
import { FORGED_LINE, FORGED_MARK } from './corpus.ts';

export type Shows = { where: string; message?: Message | null; view?: View; mrkdwn?: string };
/** The next hostile text. */
export type Next = () => string;

/** Fields that hold whatever a sender, a far side or a person wrote. */
const FREE =
  /title|name|sku|reason|note|message|reference|remedy|detail|cause|text|line\d|city|company|phone|system|unit$|label|^said$|problem|handle|description|creative|material|carrier$|campaign_id|order_id|return_id|tracking|location/;
/** Names of ours within them, which lead somewhere. */
const OURS: ReadonlySet<string> = new Set(Role.options);

export function poisoned<T>(value: T, next: Next, key = ''): T {
  if (typeof value === 'string') return (FREE.test(key) && !OURS.has(value) ? next() : value) as T;
  if (Array.isArray(value)) return value.map((each) => poisoned(each as unknown, next, key)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, poisoned(each as unknown, next, name)]),
  ) as T;
}

const viewer = personNamed('Priya');

/** Whoever is called so begins lines; only what a name holds besides may not. */
const nameFrom = (text: string) =>
  `P${text.replaceAll(FORGED_LINE, 'Priya').replaceAll(FORGED_MARK, 'Raman')}`;

function badlyNamed(next: Next): Directory {
  const people = [...directory.people].map(
    ([id, person]) => [id, { ...person, name: nameFrom(next()) }] as const,
  );
  return { ...directory, people: new Map(people) };
}

/** An export in which every text that can come from outside is one of these. */
function sceneWith({ state, recorded }: Scene, next: Next): { state: Export; recorded: readonly Recorded[] } {
  const problem = (severity: 'error' | 'warning') => ({
    code: 'x',
    path: `payload.${next().slice(0, 200)}.0`,
    message: next(),
    severity,
  });
  const { route, source, revision, trouble, ending } = state;
  return {
    state: {
      ...state,
      source: { ...source, name: next(), system: next(), reference: next() },
      requester: viewer.id,
      raw: {
        ...poisoned(state.raw, next),
        export_type: next(),
        [next()]: next(),
        __proto__x: next(),
      },
      route: { ...route, reason: next() },
      problems: [problem('error'), problem('error'), problem('warning')],
      revision: revision && {
        ...revision,
        warnings: [problem('warning')],
        payload: poisoned(revision.payload, next),
        policy: { ...revision.policy, gate: { ...revision.policy.gate, reason: next() } },
      },
      pushes: state.pushes.map((push) => ({
        ...push,
        detail: next(),
        facts: {
          ...poisoned(push.facts ?? {}, next),
          tracking_number: next(),
          label_url: next(),
          preview_url: next(),
          carrier: next(),
          service: next(),
        },
      })),
      trouble: trouble && { ...trouble, message: next(), remedy: next() },
      ending: ending && { ...ending, reason: next() },
    },
    recorded: recorded.map((each) => ({
      ...each,
      event: each.event.type === 'received' ? each.event : poisoned(each.event, next),
    })),
  };
}

function said(next: Next): Event[] {
  const by = viewer.id;
  return [
    { type: 'rejected', by, reason: next() },
    { type: 'withdrawn', by, reason: next() },
    { type: 'resumed', by, note: next() },
    { type: 'changes_requested', by, reason: next() },
    { type: 'commented', by, text: asSaid(next(), directory) },
    { type: 'push_failed', key: 'x', exception_code: 'x', message: next(), metadata: { [next()]: next() } },
    { type: 'push_unknown', key: 'x', cause: next(), next_at: T0 },
    { type: 'freshness_renewed', reference: next(), refresh: {}, occurred_at: T0 },
    { type: 'acceptance_lapsed', groups: [next(), next()] },
    { type: 'safety_checks_overridden', by, reason: next(), revision: 1 },
    {
      type: 'rehearsed',
      sink: 'oms',
      revision: 1,
      findings: [{ name: next(), problem: next(), detail: next() }],
    },
  ];
}

const scenes = new Map<string, Scene>();
function scene(type: string, status: Status): Scene {
  const key = `${type} ${status}`;
  const found = scenes.get(key) ?? sceneOf(type, status);
  scenes.set(key, found);
  return found;
}

/** All ten types in all their states, and what stands between them. */
export const SCENES: readonly (readonly [string, () => Scene])[] = [
  ...TYPE_NAMES.flatMap((type) =>
    STATUSES.map((status) => [`${type} ${status}`, () => scene(type, status)] as const),
  ),
  ...Object.entries(DURING),
  ['short', () => shortOf({ lines: LINES })],
];

/** Every message and view about one export. */
export function exportSurfaces(at: Scene, next: Next): Shows[] {
  const { state, recorded } = sceneWith(at, next);
  const people = next().length % 3 === 0 ? badlyNamed(next) : directory;
  const shown: Shown = { state, directory: people, now: T0 };
  const notes = [
    ...recorded.slice(-3),
    ...said(next).map((event, n): Recorded => ({ export_id: state.id, n: 50 + n, at: T0, event })),
  ];
  const messages: Shows[] = [
    { where: 'card', message: approvalCard(shown, catalog, state.route.channel) },
    { where: 'card elsewhere', message: approvalCard(shown, catalog, '#elsewhere') },
    { where: 'plain', message: plainMessage(shown) },
    { where: 'list', message: exportList('They wait.', [shown, shown], catalog) },
    { where: 'answer', message: exportAnswer(shown, catalog, timeline(notes, shown)) },
    { where: 'briefing', message: briefing(viewer.id, [shown], shown.directory, catalog) },
    ...notes.flatMap((each) => [
      { where: `note ${each.event.type}`, message: noteFor(each, shown) },
      { where: `dm ${each.event.type}`, message: dmFor(each, shown, catalog) },
      { where: `page ${each.event.type}`, message: pageFor(each, shown, catalog) },
    ]),
  ];
  const page = { counts: [], items: [shown], page: 0, pages: 3 };
  const views: Shows[] = [
    { where: 'review', view: reviewModal(shown, catalog, viewer, notes) },
    { where: 'reject', view: rejectModal(shown) },
    { where: 'withdraw', view: withdrawModal(shown) },
    { where: 'stale', view: confirmStaleModal(shown, next()) },
    { where: 'assign', view: assignOwnerModal(shown) },
    { where: 'resume', view: resumeModal(shown) },
    { where: 'changes', view: requestChangesModal(shown) },
    { where: 'reassign', view: reassignModal(shown) },
    { where: 'override', view: overrideModal(shown) },
    { where: 'edit', view: editModal(shown, catalog, false) },
    { where: 'edit all', view: editModal(shown, catalog, true) },
    { where: 'fix', view: fixModal(shown, catalog) },
    { where: 'home', view: homeView(viewer, fullDay(shown), catalog) },
    { where: 'digest', view: digestReviewModal('#promo', page, catalog) },
  ];
  return [...messages, ...views];
}

const conflictOf = (next: Next) => ({
  kind: 'keyword' as const,
  value: next(),
  said: next(),
  with: 'another-campaign',
  owner: viewer.id,
  state: 'open' as const,
  by: null,
  note: next(),
});

function campaignEvents(next: Next): CampaignEvent[] {
  const by = viewer.id;
  const conflict = conflictOf(next);
  return [
    { type: 'campaign_paused', by, reason: next() },
    { type: 'rollback_asked', by, reason: next(), leave: [] },
    { type: 'issue_failed', what: 'activate', problem: next() },
    {
      type: 'conflict_settled',
      by,
      claim: { kind: 'keyword', value: conflict.value },
      with: conflict.with,
      allowed: false,
      note: next(),
    },
    {
      type: 'export_moved',
      export_id: 'x',
      export_type: 'promo_activation',
      n: 9,
      status: 'paused',
      code: 'x',
      detail: next(),
      person: viewer.id,
      out: false,
    },
  ];
}

/** Everything about campaigns. */
export function campaignSurfaces(next: Next): Shows[] {
  const base = aCampaign();
  const { campaign } = base;
  const brief = {
    ...campaign.brief,
    name: next(),
    keywords: [next(), next()],
    creative_ids: [next()],
    products: campaign.brief.products.map((each) => ({ ...each, sku: next(), title: next() })),
  };
  const conflicts = [conflictOf(next), conflictOf(next)];
  let now = { ...campaign, brief, conflicts };
  const events = campaignEvents(next).flatMap((event, n): RecordedCampaignEvent[] => {
    try {
      now = { ...(evolveCampaign(now, event, T0, campaign.id) as typeof now), brief, conflicts };
    } catch {
      return [];
    }
    return [{ export_id: 'x', n: n + 2, at: T0, event }];
  });
  const shown: CampaignShown = { ...base, campaign: now, events: [...base.events, ...events], directory };
  const drift = Array.from({ length: 5 }, () => ({
    sku: `S-${next()}`,
    expected: next().slice(0, 20),
    present: next().slice(0, 20),
  }));
  const [conflict] = conflicts;
  if (!conflict) return [];
  return [
    { where: 'campaign', message: campaignCard(shown) },
    { where: 'campaign plain', message: campaignPlain(shown) },
    { where: 'campaign status', message: campaignStatus(shown) },
    { where: 'campaign list', message: campaignList('These there are.', [shown, shown], directory) },
    ...events.map((each) => ({
      where: `campaign note ${each.event.type}`,
      message: campaignNote(each, shown),
    })),
    ...events.map((each) => ({
      where: `campaign dm ${each.event.type}`,
      message: campaignDm(each, shown, viewer.id),
    })),
    { where: 'pause', view: pauseModal(now, directory) },
    { where: 'roll back', view: rollBackModal(now, drift, directory, next()) },
    { where: 'claim', view: claimModal(now, conflict, true, directory) },
    { where: 'claim refused', view: claimModal(now, conflict, false, directory) },
    { where: 'saved', view: savedModal(now, directory) },
  ];
}

/** What has no export: refusals, tasks, people, forms. */
export function otherSurfaces(next: Next): Shows[] {
  const said_ = sentence(refuse('bad_request', { detail: next() }));
  const people = badlyNamed(next);
  const person = people.people.get(viewer.id) ?? viewer;
  return [
    { where: 'refusal', mrkdwn: marked([{ said: said_, max: 3000 }], directory) },
    {
      where: 'quoted',
      mrkdwn: `There is no export “${marked([{ said: next(), max: 60 }], directory)}”, or more than one ends so.`,
    },
    { where: 'message', view: messageModal('Meshline', next()) },
    { where: 'task', message: { text: 'Tasks', blocks: taskLine(aTask({ title: next() }), directory, T0) } },
    { where: 'owners', view: ownersModal(people, person) },
    { where: 'person', view: personModal(person, people, person) },
    { where: 'out', view: outForm(person, person, people) },
    { where: 'cover', view: coverForm(person, person, people) },
    { where: 'backup', view: backupForm(person, person, people) },
  ];
}
