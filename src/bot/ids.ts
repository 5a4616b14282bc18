import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Claim } from '../exports/campaigns/claims.ts';

/** Every button that Meshline draws. One handler each; the manifest test reads this list. */
export const ACTION = {
  accept: 'accept',
  reject: 'reject',
  review: 'review',
  withdraw: 'withdraw',
  redeliver: 'redeliver',
  resume: 'resume',
  /** The next carrier, in the place of the one that refused. */
  useAlternate: 'use_alternate',
  /** New values from whoever settles a failure. */
  mend: 'mend',
  /** The SKUs that a system is short of. */
  takeOut: 'take_out',
  fix: 'fix',
  assignOwner: 'assign_owner',
  takeOver: 'take_over',
  requestChanges: 'request_changes',
  /** New values from whoever was asked for changes. */
  resubmit: 'resubmit',
  edit: 'edit',
  undo: 'undo',
  reassign: 'reassign',
  acknowledge: 'acknowledge',
  /** Of failed safety checks. */
  rerunChecks: 'rerun_checks',
  overrideChecks: 'override_checks',
  /** These carry the stage too, so that a late click never begins another one. */
  rolloutAdvance: 'rollout_advance',
  rolloutHold: 'rollout_hold',
  rolloutBack: 'rollout_roll_back',
  mapSkus: 'map_skus',
  /** These carry `encodeSubject`: whose absence, cover or backup, or which role. */
  goOut: 'owners_out',
  goOutNow: 'owners_out_now',
  comeBack: 'owners_back',
  setCover: 'owners_cover',
  endCover: 'owners_cover_end',
  setBackup: 'owners_backup',
  setRoleOwner: 'owners_role',
  setMembers: 'owners_members',
  digestReview: 'digest_review',
  digestAccept: 'digest_accept',
  digestExpand: 'digest_expand',
  digestBack: 'digest_page_back',
  digestOn: 'digest_page_on',
  acceptTogether: 'accept_together',
  closeTask: 'close_task',
  /** Two ids, because Slack wants them unique within a row of buttons; both carry `encodePage`. */
  homeBack: 'home_page_back',
  homeOn: 'home_page_on',
  /** These carry `encodeCampaign`: which campaign, and the version of its brief that was seen. */
  campaignReady: 'campaign_ready',
  campaignEdit: 'campaign_edit',
  campaignStatus: 'campaign_status',
  campaignPause: 'campaign_pause',
  campaignResume: 'campaign_resume',
  campaignRollBack: 'campaign_roll_back',
  campaignEnd: 'campaign_end',
  /** These carry `encodeClaim`. */
  claimAllow: 'claim_allow',
  claimRefuse: 'claim_refuse',
  /** In the menu of /promo and on App Home. */
  briefNew: 'brief_new',
  /** The inputs under it are those of the kind chosen. */
  briefOfferKind: 'brief_offer_kind',
} as const;
export type ActionId = (typeof ACTION)[keyof typeof ACTION];

/** Every modal that can be submitted. */
export const MODAL = {
  reject: 'reject_reason',
  withdraw: 'withdraw_reason',
  confirmStale: 'confirm_stale',
  fix: 'fix_export',
  assignOwner: 'assign_owner',
  resume: 'resume_note',
  mend: 'mend_export',
  requestChanges: 'changes_reason',
  edit: 'edit_export',
  resubmit: 'resubmit_export',
  reassign: 'reassign',
  overrideChecks: 'override_checks',
  mapSkus: 'map_skus',
  goOut: 'owners_out',
  setCover: 'owners_cover',
  setBackup: 'owners_backup',
  setRoleOwner: 'owners_role',
  setMembers: 'owners_members',
  brief: 'campaign_brief',
  campaignPause: 'campaign_pause',
  campaignRollBack: 'campaign_roll_back',
  claimAllow: 'claim_allow',
  claimRefuse: 'claim_refuse',
} as const;
export type ModalId = (typeof MODAL)[keyof typeof MODAL];

/** Modals that are only read. Closing the review gives it free for others; closing another means nothing. */
export const READ_ONLY_MODAL = {
  review: 'review',
  loading: 'loading',
  message: 'message',
  digest: 'digest',
} as const;

/** Where submitted values stand: `view.state.values[block][VALUE]`. */
export const INPUT = {
  reason: 'reason',
  note: 'note',
  owner: 'owner',
  role: 'role',
  from: 'from',
  until: 'until',
  /** The whole export as JSON; see `readFixes` for the inputs of single fields. */
  raw: 'raw',
} as const;

/** The action id of every input element. */
export const VALUE = 'value';

/** `metadata.event_type` of every message; `event_payload.post_id` tells which it is. */
export const POST_METADATA = 'meshline_post';

/** What a button or modal carries: which export, and the revision and stage the person was looking at. Never authority. */
export type Target = { export_id: string; revision: number; stage?: number };

const Encoded = z
  .string()
  .max(80)
  .regex(/^v1:[0-9A-Za-z-]{1,60}:\d{1,9}(:\d{1,3})?$/)
  .transform((text): Target => {
    const [, export_id = '', revision = '', stage] = text.split(':');
    const target = { export_id, revision: Number(revision) };
    return stage === undefined ? target : { ...target, stage: Number(stage) };
  });

/** For a button's `value` and a modal's `private_metadata`: `v1:EXPORT:REVISION`, and `:STAGE` of a rollout. */
export function encodeTarget(target: Target): string {
  const stage = target.stage === undefined ? '' : `:${target.stage}`;
  return `v1:${target.export_id}:${target.revision}${stage}`;
}

/** Null for anything that Meshline did not write. */
export function decodeTarget(value: string | null | undefined): Target | null {
  return Encoded.safeParse(value).data ?? null;
}

/** What a button about several exports stands for: a channel's digest or none, a type or all, as seen at `at` (ms). */
export type Several = { channel: string; export_type: string; at: number };

/** `d1:CHANNEL:TYPE:AT`; the channel is empty on App Home, the type where the button means all. */
export function encodeSeveral({ channel, export_type, at }: Several): string {
  return `d1:${channel}:${export_type}:${at}`;
}

/** Null for anything that Meshline did not write. */
export function decodeSeveral(value: string | null | undefined): Several | null {
  const found = /^d1:([^:\s]{0,90}):([a-z0-9_]{0,60}):(\d{1,15})$/u.exec(value ?? '');
  const [, channel, export_type, at] = found ?? [];
  if (channel === undefined || export_type === undefined) return null;
  return { channel, export_type, at: Number(at) };
}

/** For buttons about a task: `t1:ID`. */
export function encodeTask(id: string): string {
  return `t1:${id}`;
}

/** Null for anything that Meshline did not write. */
export function decodeTask(value: string | null | undefined): string | null {
  return /^t1:([0-9A-Za-z-]{1,60})$/.exec(value ?? '')?.[1] ?? null;
}

/** For buttons and forms about a person or a role of the directory: `s1:SUBJECT`. Never authority. */
export function encodeSubject(subject: string): string {
  return `s1:${subject}`;
}

/** Null for anything that Meshline did not write. */
export function decodeSubject(value: string | null | undefined): string | null {
  return /^s1:([0-9A-Za-z_-]{1,60})$/.exec(value ?? '')?.[1] ?? null;
}

/** `value` of the pager buttons on App Home: `p1:PAGE`, from 0. */
export function encodePage(page: number): string {
  return `p1:${page}`;
}

export function decodePage(value: string | null | undefined): number {
  const match = /^p1:(\d{1,4})$/.exec(value ?? '');
  return match?.[1] === undefined ? 0 : Number(match[1]);
}

/** Which campaign, and the version of its brief that the person was looking at. Never authority. */
export type CampaignTarget = { campaign_id: string; version: number };

/** For a button's `value` and a modal's `private_metadata`: `c1:VERSION:CAMPAIGN`. */
export function encodeCampaign({ campaign_id, version }: CampaignTarget): string {
  return `c1:${version}:${campaign_id}`;
}

/** Null for anything that Meshline did not write. */
export function decodeCampaign(value: string | null | undefined): CampaignTarget | null {
  const [, version, campaign_id] = /^c1:(\d{1,9}):([^|\s]{1,120})$/u.exec(value ?? '') ?? [];
  return campaign_id === undefined ? null : { campaign_id, version: Number(version) };
}

/** A keyword or page of one campaign that another one claims. */
export type ClaimNamed = { campaign_id: string; other: string; kind: Claim['kind']; value: string };

/** The same with the claim's value by its fingerprint, because a page can be longer than a button's value. */
export type ClaimTarget = { campaign_id: string; other: string; kind: Claim['kind']; digest: string };

/** First 16 hex digits of the SHA-256 of a claim's canonical value. */
export function claimDigest(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}

/** `k1:KIND:DIGEST:CAMPAIGN|OTHER`. */
export function encodeClaim({ campaign_id, other, kind, value }: ClaimNamed): string {
  return `k1:${kind}:${claimDigest(value)}:${campaign_id}|${other}`;
}

/** Null for anything that Meshline did not write. */
export function decodeClaim(value: string | null | undefined): ClaimTarget | null {
  const found = /^k1:(keyword|page):([0-9a-f]{16}):([^|\s]{1,120})\|([^|\s]{1,120})$/u.exec(value ?? '');
  const [, kind, digest, campaign_id, other] = found ?? [];
  if (digest === undefined || campaign_id === undefined || other === undefined) return null;
  return { campaign_id, other, kind: kind === 'page' ? 'page' : 'keyword', digest };
}
