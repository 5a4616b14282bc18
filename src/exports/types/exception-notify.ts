import { z } from 'zod';
import { fromIso } from '../../clock.ts';
import { defineExport } from '../define.ts';
import { type Envelope, Instant } from '../envelope.ts';
import { exceptionRule, fail } from '../exceptions.ts';
import { identifier, maybe, text, title } from '../fields.ts';
import { hashOf } from '../hash.ts';
import { count, list, short, spoken } from '../phrases.ts';
import { error, type Problem } from '../problems.ts';
import { RETRY_FAST } from '../retries.ts';
import { plain } from '../text.ts';
import { HOUR_MS, MINUTE_MS, type Role, Severity } from '../words.ts';

const Payload = z.strictObject({
  severity: Severity,
  summary: title(200),
  detail: maybe(text(3000)),
  affected: z
    .array(
      z.strictObject({
        kind: z.enum(['order', 'sku', 'campaign', 'shipment', 'return', 'export', 'location', 'system']),
        reference: identifier('reference', 200),
      }),
    )
    .min(1, 'Name at least one thing that is affected.')
    .max(200),
  first_seen: Instant,
  last_seen: maybe(Instant),
  occurrences: z.int().min(1, 'It has occurred at least once.').max(1_000_000_000),
});
type Payload = z.infer<typeof Payload>;

const SLA_MS = {
  critical: 5 * MINUTE_MS,
  high: 30 * MINUTE_MS,
  normal: 4 * HOUR_MS,
  low: 4 * HOUR_MS,
} as const satisfies Record<Severity, number>;

/** Without a code it goes to remediation, who find out whose it is. */
function roleFor(envelope: Envelope): Role {
  const { exception_code } = envelope;
  return exception_code === undefined ? 'remediation' : exceptionRule(undefined, exception_code).role;
}

const KINDS = {
  order: ['order', 'orders'],
  sku: ['SKU', 'SKUs'],
  campaign: ['campaign', 'campaigns'],
  shipment: ['shipment', 'shipments'],
  return: ['return', 'returns'],
  export: ['export', 'exports'],
  location: ['location', 'locations'],
  system: ['system', 'systems'],
} as const satisfies Record<Payload['affected'][number]['kind'], readonly [string, string]>;

/** "2 orders and 1 SKU". */
function radius(payload: Payload): string {
  const totals = new Map<keyof typeof KINDS, number>();
  for (const { kind } of payload.affected) totals.set(kind, (totals.get(kind) ?? 0) + 1);
  return list([...totals].map(([kind, n]) => count(n, KINDS[kind][0], KINDS[kind][1])));
}

/** Senders' clocks differ a little. */
const SKEW_MS = 5 * MINUTE_MS;

export const exceptionNotify = defineExport({
  name: 'exception_notify',
  title: 'Exception',
  payload: Payload,
  intents: ['notify'],
  policy: {
    owner_role: 'remediation',
    sla_ms: 4 * HOUR_MS,
    owner_role_for: (_payload, envelope) => roleFor(envelope),
    sla_ms_for: (payload) => SLA_MS[payload.severity],
    gate_is_fixed: false,
    refresh: {},
    retry: RETRY_FAST,
  },
  rules: {},
  gate({ envelope }) {
    const reason = 'Somebody acknowledges it, so that everybody knows who has it.';
    return { mode: 'single', roles: [roleFor(envelope)], raised: false, reason };
  },
  check({ payload, envelope, now }) {
    const problems: Problem[] = [];
    if (envelope.exception_code === undefined) {
      const message =
        'The export does not say which exception it is. Add exception_code, such as "label_pending".';
      problems.push(error('exception_code_missing', 'exception_code', message));
    }
    const first = fromIso(payload.first_seen);
    if (first > now + SKEW_MS) {
      const message = `It was first seen on ${plain([{ at: first }])}, which is still to come. Check the sender's clock.`;
      problems.push(error('seen_in_future', 'payload.first_seen', message));
    }
    if (payload.last_seen !== null && fromIso(payload.last_seen) < first) {
      const message = 'It was last seen before it was first seen. Swap the two.';
      problems.push(error('seen_reversed', 'payload.last_seen', message));
    }
    return problems;
  },
  editable: ['payload.summary', 'payload.detail'],
  subjects(payload, envelope) {
    const affected = payload.affected.map(({ kind, reference }) => `${kind} ${reference}`).sort();
    return [`exception:${envelope.exception_code ?? 'unknown'}:${hashOf(affected).slice(0, 32)}`];
  },
  card({ payload, envelope }) {
    const code = envelope.exception_code;
    const name = code === undefined ? 'no code' : spoken(code);
    return {
      headline: [
        'Take over: ',
        { strong: short(payload.summary, 130) },
        ` (${short(name, 40)}, ${radius(payload)})`,
      ],
      facts: [
        { label: 'Severity', value: [payload.severity] },
        ...(code === undefined
          ? []
          : [{ label: 'What to do', value: [exceptionRule(undefined, code).remedy] }]),
        {
          label: 'Seen',
          value: [`${count(payload.occurrences, 'time')} since `, { at: fromIso(payload.first_seen) }],
        },
        ...(payload.last_seen === null
          ? []
          : [{ label: 'Last', value: [{ at: fromIso(payload.last_seen) }] }]),
        { label: 'Affects', value: [short(list(payload.affected.map(({ reference }) => reference)), 300)] },
        ...(payload.detail === null ? [] : [{ label: 'Detail', value: [short(payload.detail, 500)] }]),
      ],
      changes: [],
      totals: `${radius(payload)}, seen ${count(payload.occurrences, 'time')}`,
      rollback: null,
      effect: `This makes you the one who deals with ${radius(payload)}.`,
    };
  },
  operations(payload, envelope) {
    return [
      {
        name: 'exception.open',
        body: {
          exception_code: envelope.exception_code ?? null,
          exception_metadata: envelope.exception_metadata ?? {},
          owner_role: roleFor(envelope),
          severity: payload.severity,
          summary: payload.summary,
          detail: payload.detail,
          affected: payload.affected,
          first_seen: payload.first_seen,
          last_seen: payload.last_seen,
          occurrences: payload.occurrences,
        },
      },
    ];
  },
  exceptions: {
    sink_unreachable: fail(
      'engineering',
      'high',
      'The tracker is down. The exception is acknowledged here all the same; send it again later.',
    ),
  },
});
