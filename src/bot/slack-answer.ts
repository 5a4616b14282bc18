import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { UNTOLD_WAIT_MS } from './quiet-times.ts';

/**
 * How a call to Slack ended. `refused` certainly did nothing; `unknown` may have been carried out
 * although its answer was lost.
 */
export type Answer<T> =
  | { kind: 'ok'; value: T }
  | { kind: 'refused'; code: string }
  | { kind: 'limited'; after_ms: number }
  | { kind: 'unknown'; cause: string };

/** Slack's own troubles, told as an error of the call: whether it was carried out is not said. */
const DOUBTFUL = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout']);

function failure(error: unknown): Exclude<Answer<never>, { kind: 'ok' }> {
  if (error instanceof WebAPIRateLimitedError) {
    return { kind: 'limited', after_ms: Math.max(1, error.retryAfter) * 1000 };
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    // An HTML page with status 200 arrives as an error whose code is the page.
    if (typeof code !== 'string' || !/^[a-z0-9_]{1,80}$/.test(code))
      return { kind: 'unknown', cause: 'not_json' };
    if (code === 'ratelimited' || code === 'rate_limited')
      return { kind: 'limited', after_ms: UNTOLD_WAIT_MS };
    return DOUBTFUL.has(code) ? { kind: 'unknown', cause: code } : { kind: 'refused', code };
  }
  if (error instanceof WebAPIHTTPError) {
    const { statusCode } = error;
    if (statusCode === 429) return { kind: 'limited', after_ms: UNTOLD_WAIT_MS };
    const cause = `http_${statusCode}`;
    return statusCode >= 500 || statusCode === 408
      ? { kind: 'unknown', cause }
      : { kind: 'refused', code: cause };
  }
  // The client gives no class to a 429 without Retry-After.
  if (error instanceof Error && error.message.startsWith('Retry header did not contain')) {
    return { kind: 'limited', after_ms: UNTOLD_WAIT_MS };
  }
  return { kind: 'unknown', cause: 'no_answer' };
}

/** Runs one call; never throws. */
export async function answer<T>(call: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { kind: 'ok', value: await call() };
  } catch (error) {
    return failure(error);
  }
}

/** What a refusal means for the message that was to be sent. */
export type RefusalKind = 'channel' | 'message' | 'content' | 'access' | 'person' | 'other';

const KINDS: Readonly<Record<Exclude<RefusalKind, 'other'>, readonly string[]>> = {
  channel: [
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'is_inactive',
    'restricted_action',
    'restricted_action_read_only_channel',
    'restricted_action_thread_only_channel',
    'restricted_action_non_threadable_channel',
    'posting_to_general_channel_denied',
    'user_not_in_channel',
    'invalid_channel',
  ],
  message: [
    'message_not_found',
    'thread_not_found',
    'cant_update_message',
    'edit_window_closed',
    'cannot_reply_to_message',
    'invalid_thread_ts',
    'restricted_action_thread_locked',
  ],
  content: [
    'invalid_blocks',
    'invalid_blocks_format',
    'invalid_arguments',
    'msg_too_long',
    'msg_blocks_too_long',
    'no_text',
    'block_mismatch',
    'markdown_text_conflict',
  ],
  access: [
    'invalid_auth',
    'account_inactive',
    'token_revoked',
    'token_expired',
    'not_authed',
    'missing_scope',
    'no_permission',
    'org_login_required',
    'ekm_access_denied',
    'access_denied',
    'team_access_not_granted',
    'accesslimited',
  ],
  person: [
    'user_not_found',
    'user_disabled',
    'cannot_dm_bot',
    'user_not_visible',
    'messages_tab_disabled',
    'invalid_user_combination',
  ],
};

export function meaningOf(code: string): RefusalKind {
  for (const [kind, codes] of Object.entries(KINDS)) {
    if (codes.includes(code)) return kind as RefusalKind;
  }
  return 'other';
}

/** The message itself is gone, and not only closed to edits or replies. */
export function isDeleted(code: string): boolean {
  return code === 'message_not_found' || code === 'thread_not_found';
}
