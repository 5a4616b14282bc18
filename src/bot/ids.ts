import { z } from 'zod';

/** Every button that Meshline draws. One handler each; the manifest test reads this list. */
export const ACTION = {
  accept: 'accept',
  reject: 'reject',
  review: 'review',
  withdraw: 'withdraw',
  redeliver: 'redeliver',
  resume: 'resume',
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
  requestChanges: 'changes_reason',
  edit: 'edit_export',
  resubmit: 'resubmit_export',
  reassign: 'reassign',
  goOut: 'owners_out',
  setCover: 'owners_cover',
  setBackup: 'owners_backup',
  setRoleOwner: 'owners_role',
  setMembers: 'owners_members',
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

/** What a button or modal carries: which export, and the revision the person was looking at. Never authority. */
export type Target = { export_id: string; revision: number };

const Encoded = z
  .string()
  .max(80)
  .regex(/^v1:[0-9A-Za-z-]{1,60}:\d{1,9}$/)
  .transform((text): Target => {
    const [, export_id = '', revision = ''] = text.split(':');
    return { export_id, revision: Number(revision) };
  });

/** For a button's `value` and a modal's `private_metadata`: `v1:EXPORT:REVISION`. */
export function encodeTarget(target: Target): string {
  return `v1:${target.export_id}:${target.revision}`;
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
