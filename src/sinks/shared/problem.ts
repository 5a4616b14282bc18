import type { Finding, SinkOutcome } from '../port.ts';

/** What stands in the way of a call, as a sentence; null for an outcome that is none. */
export function problemOf(outcome: SinkOutcome): string | null {
  switch (outcome.kind) {
    case 'failed':
      return outcome.message;
    case 'retry':
    case 'unknown':
      return outcome.cause;
    case 'delivered':
    case 'partial':
      return null;
  }
}

const CREDENTIALS = 'Put credentials that are valid and may do this into the variable of its secret_env.';

/** What to do about a refusal that comes in the words of the far side, for whoever checks the configuration. */
const HELP: Readonly<Record<string, string>> = {
  carrier_auth_expired: CREDENTIALS,
  carrier_auth_forbidden: CREDENTIALS,
  carrier_endpoint_not_found: 'Correct its address.',
};

/** The finding of a call that did not come off. */
export function troubled(name: string, outcome: SinkOutcome): Finding {
  const said = problemOf(outcome) ?? 'It answered in a way that makes no sense here.';
  const help = outcome.kind === 'failed' ? HELP[outcome.exception_code] : undefined;
  const problem = help === undefined ? said : `${said} ${help}`;
  const passes = outcome.kind === 'retry' || outcome.kind === 'unknown';
  return { name, problem, detail: null, ...(passes ? { level: 'passing' as const } : {}) };
}
