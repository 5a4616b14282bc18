import type { FetchFunction } from '@slack/web-api';

/** A trigger lives three seconds, so a slower call could not open its modal any more. */
export const CALL_TIMEOUT_MS = 2_500;

/** What Slack clients and response URLs are called through: always with an end, never redirected. */
export const slackFetch: FetchFunction = (url, init) =>
  globalThis.fetch(url, {
    ...init,
    redirect: 'error',
    signal: init?.signal ?? AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
