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
} as const;
export type ModalId = (typeof MODAL)[keyof typeof MODAL];

/** Modals that are only read; closing one means nothing. */
export const READ_ONLY_MODAL = { review: 'review', loading: 'loading', message: 'message' } as const;

/** Where submitted values stand: `view.state.values[block][VALUE]`. */
export const INPUT = {
  reason: 'reason',
  note: 'note',
  owner: 'owner',
  role: 'role',
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

/** `value` of the pager buttons on App Home: `p1:PAGE`, from 0. */
export function encodePage(page: number): string {
  return `p1:${page}`;
}

export function decodePage(value: string | null | undefined): number {
  const match = /^p1:(\d{1,4})$/.exec(value ?? '');
  return match?.[1] === undefined ? 0 : Number(match[1]);
}
