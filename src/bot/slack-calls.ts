/** How a call ended: `refused` by Slack itself, `error` is any other status than 200 and 429, or no JSON. */
export type CallResult = 'ok' | 'refused' | 'rate_limited' | 'error' | 'unreachable';
export type OnCall = (method: string, result: CallResult) => void;

/** Slack's JSON begins with its `ok`; long answers are not read for it a second time. */
const READ = 200;

export function callResult(status: number, body: Uint8Array): CallResult {
  if (status === 429) return 'rate_limited';
  if (status !== 200) return 'error';
  const said = /^\s*\{[^{}[\]]*"ok"\s*:\s*(true|false)/.exec(Buffer.from(body.subarray(0, READ)).toString());
  if (!said) return 'error';
  return said[1] === 'true' ? 'ok' : 'refused';
}

/**
 * The last part of the path, such as `chat.postMessage`: only Meshline's own code names methods. That of a
 * response URL is a secret, and has no dot.
 */
export function methodOf(url: string): string {
  const method = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  return /^[a-z]{2,20}(\.[a-zA-Z]{2,40}){1,3}$/.test(method) ? method : 'other';
}
