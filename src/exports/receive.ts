import { fromIso } from '../clock.ts';
import type { AnyExportType, Catalog } from './define.ts';
import { Envelope, type Json } from './envelope.ts';
import type { Refreshed } from './events.ts';
import { revisionHash } from './hash.ts';
import { isOwn, isReversal } from './own.ts';
import { type Directory, type Route, routeFor } from './ownership.ts';
import { plainWords } from './plain-words.ts';
import type { TypePolicy } from './policy.ts';
import { error, type Problem } from './problems.ts';
import { skusOut } from './rollout.ts';
import { rulesFor, type SinkFacts, stampPolicy } from './stamp.ts';
import type { Revision } from './state.ts';

/** What a raw export is read against. */
export type Reading = {
  now: number;
  catalog: Catalog;
  directory: Directory;
  policies: ReadonlyMap<string, TypePolicy>;
  sinks: readonly SinkFacts[];
  source: { name: string; types: readonly string[] | null; can_refetch: boolean };
};

/** A raw export as it was understood. With error problems it belongs in quarantine. */
export type Read = {
  raw: { [key: string]: Json };
  envelope: Envelope | null;
  revision: Revision | null;
  refresh: Refreshed;
  occurred_at: number;
  problems: readonly Problem[];
  route: Route;
  /** True when its owner and everybody behind them is away: on-call hears of it at once. */
  nobody_left: boolean;
};

const MOST_PROBLEMS = 50;

/** A file of five thousand wrong lines is one mistake: the first of them tell it. */
function capped(problems: readonly Problem[]): readonly Problem[] {
  const errors = problems.filter((problem) => problem.severity === 'error');
  const warnings = problems.filter((problem) => problem.severity === 'warning');
  return [...errors.slice(0, MOST_PROBLEMS), ...warnings.slice(0, MOST_PROBLEMS)];
}

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

function schemaProblems(issues: readonly Issue[], under: string): Problem[] {
  return issues.map((issue) => {
    const path = [under, ...issue.path.map(String)].filter(Boolean).join('.');
    return error('schema', path, issue.message);
  });
}

/** Where quarantined exports wait: the remediation role, which the configuration must have. */
export function remediationRoute(directory: Directory, reason: string): Route {
  const routed = routeFor(directory, {}, 'remediation');
  if (!('code' in routed)) return { ...routed, reason };
  const channel = directory.roles.get('remediation')?.channel ?? directory.on_call.channel;
  return { owner: directory.on_call.people[0] ?? '', role: 'remediation', backup: null, channel, reason };
}

/**
 * Reads one raw export: envelope, type, payload, business rules, owner, policy. Everything that is
 * wrong is reported at once. `owner` overrides what the export says, when a person assigned one.
 */
export function read(
  raw: { [key: string]: Json },
  reading: Reading,
  number: number,
  owner: { owner_id: string; owner_role: Route['role'] } | null = null,
): Read {
  const parsed = Envelope.safeParse(raw, { error: plainWords });
  if (!parsed.success) return quarantine(raw, reading, null, schemaProblems(parsed.error.issues, ''));
  const envelope = owner ? { ...parsed.data, ...owner } : parsed.data;
  const type = reading.catalog.get(envelope.export_type);
  if (!type) {
    const known = reading.catalog
      .all()
      .map((each) => each.name)
      .join(', ');
    const message = `There is no export type "${envelope.export_type}". Known types: ${known}.`;
    return quarantine(raw, reading, envelope, [error('unknown_type', 'export_type', message)]);
  }
  const payload = type.payload.safeParse(envelope.payload, { error: plainWords });
  if (!payload.success) {
    return quarantine(raw, reading, envelope, schemaProblems(payload.error.issues, 'payload'));
  }
  return readParsed(raw, reading, number, envelope, type, payload.data);
}

function readParsed(
  raw: { [key: string]: Json },
  reading: Reading,
  number: number,
  envelope: Envelope,
  type: AnyExportType,
  payload: Record<string, unknown>,
): Read {
  const policy = reading.policies.get(type.name) ?? {};
  const rules = rulesFor(type, policy);
  const context = { envelope, payload, rules, now: reading.now, own: isOwn(reading.source.name) };
  const problems: Problem[] = [...envelopeProblems(envelope, type, reading), ...type.check(context)];
  const role = type.policy.owner_role_for?.(payload, envelope) ?? type.policy.owner_role;
  const need = type.gate(context);
  const off_hours = policy.off_hours ?? 'wait';
  const hours = { now: reading.now, off_hours, urgent: need.mode === 'two_step' };
  const routed = routeFor(reading.directory, envelope, role, hours);
  const ownerRole = 'code' in routed ? (envelope.owner_role ?? role) : routed.role;
  const operations = type.operations(payload, envelope, rules);
  const stamped = stampPolicy({
    type,
    need,
    policy,
    envelope,
    ownerRole,
    calendar: 'code' in routed ? null : (reading.directory.people.get(routed.owner)?.calendar ?? null),
    sla_ms: type.policy.sla_ms_for?.(payload, envelope) ?? type.policy.sla_ms,
    canRefetch: reading.source.can_refetch,
    operations: operations.map((operation) => operation.name),
    sinks: reading.sinks,
    wanted: type.alternates?.wanted(payload) ?? null,
    skus: skusOut(operations).size,
    reversal: isReversal(context),
  });
  if ('code' in routed) problems.push(error('no_owner', 'owner_id', routed.reason));
  else if (
    stamped.gate.mode === 'two_step' &&
    !stamped.gate.steps.some((step) => step.role === routed.role)
  ) {
    const roles = stamped.gate.steps.map((step) => step.role).join(' and ');
    const message = `This needs ${roles} to accept, so its owner must hold one of those roles, not ${routed.role}.`;
    problems.push(error('no_owner', 'owner_role', message));
  }
  const json = payload as { [key: string]: Json };
  const revision: Revision = {
    number,
    hash: revisionHash({
      export_type: type.name,
      intent: envelope.intent,
      campaign_id: envelope.campaign_id ?? null,
      payload: json,
    }),
    export_type: type.name,
    intent: envelope.intent,
    campaign_id: envelope.campaign_id ?? null,
    payload: json,
    subjects: [...new Set(type.subjects(payload, envelope))].sort(),
    policy: stamped,
    warnings: capped(problems).filter((problem) => problem.severity === 'warning'),
  };
  const faulty = problems.some((problem) => problem.severity === 'error');
  return {
    raw,
    envelope,
    revision,
    refresh: refreshed(envelope),
    occurred_at: fromIso(envelope.occurred_at),
    problems: capped(problems),
    route:
      faulty || 'code' in routed
        ? remediationRoute(reading.directory, 'It has problems that must be fixed first.')
        : routed,
    nobody_left: 'code' in routed && routed.nobody_left,
  };
}

const FUTURE_TOLERANCE_MS = 5 * 60_000;

function envelopeProblems(envelope: Envelope, type: AnyExportType, reading: Reading): Problem[] {
  const found: Problem[] = [];
  const allowed = reading.source.types;
  if (allowed !== null && !allowed.includes(type.name)) {
    const message = `The source ${reading.source.name} may not send ${type.name}. Add it to its types in meshline.yml.`;
    found.push(error('type_not_allowed', 'export_type', message));
  }
  if (!type.intents.includes(envelope.intent)) {
    const message = `${type.title} allows the intents ${type.intents.join(', ')}, not ${envelope.intent}.`;
    found.push(error('intent', 'intent', message));
  }
  const requester = envelope.source.requested_by;
  if (requester !== undefined && !reading.directory.people.has(requester)) {
    const message =
      'The person who asked for this is not in the directory. Send a known id, or leave it out.';
    found.push(error('unknown_requester', 'source.requested_by', message));
  }
  if (fromIso(envelope.occurred_at) > reading.now + FUTURE_TOLERANCE_MS) {
    found.push(
      error('future', 'occurred_at', 'This instant lies in the future. Check the clock of the sender.'),
    );
  }
  for (const [group, { as_of }] of Object.entries(envelope.refresh)) {
    if (fromIso(as_of) > reading.now + FUTURE_TOLERANCE_MS) {
      const message =
        'This instant lies in the future, so the age cannot be known. Check the clock of the sender.';
      found.push(error('future', `refresh.${group}.as_of`, message));
    }
  }
  return found;
}

function refreshed(envelope: Envelope): Refreshed {
  return Object.fromEntries(
    Object.entries(envelope.refresh).map(([group, each]) => [
      group,
      { as_of: fromIso(each.as_of), max_age_ms: each.max_age_ms ?? null },
    ]),
  );
}

function quarantine(
  raw: { [key: string]: Json },
  reading: Reading,
  envelope: Envelope | null,
  problems: readonly Problem[],
): Read {
  return {
    raw,
    envelope,
    revision: null,
    refresh: envelope ? refreshed(envelope) : {},
    occurred_at: envelope ? fromIso(envelope.occurred_at) : reading.now,
    problems: capped(problems),
    route: remediationRoute(reading.directory, 'It could not be read, so nobody can decide on it yet.'),
    nobody_left: false,
  };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}
