import { WebClient } from '@slack/web-api';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/index.ts';

/** A sandbox and a plain client on it that never retries. */
export async function webClient(
  options: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; client: WebClient }> {
  const sandbox = await startSandbox(options);
  return { sandbox, client: clientOf(sandbox) };
}

export function clientOf(sandbox: Sandbox, more: { timeout?: number } = {}): WebClient {
  return new WebClient(sandbox.botToken, {
    slackApiUrl: sandbox.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    ...more,
  });
}

/** Calls a method over plain HTTP and answers what came back, refusal or not. */
export async function rawCall(
  sandbox: Sandbox,
  method: string,
  args: Record<string, unknown>,
  token: string | null = sandbox.botToken,
): Promise<Record<string, unknown>> {
  const response = await fetch(`${sandbox.apiUrl}${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(args),
  });
  return (await response.json()) as Record<string, unknown>;
}
