import { createBudget } from './carriers/budget.ts';
import { defineSink, type SinkContext } from './define.ts';
import type { Sink } from './port.ts';
import { failed } from './shared/ending.ts';
import { createShipStation } from './shipstation/client.ts';
import { createLabels } from './shipstation/labels.ts';
import { probe } from './shipstation/probe.ts';
import { quote } from './shipstation/rates.ts';
import { ShipStationSettings } from './shipstation/settings.ts';
import { createVoids } from './shipstation/voids.ts';
import { createRedact } from './signing.ts';

export { ShipStationSettings } from './shipstation/settings.ts';

const MINUTE_MS = 60_000;
/** With every parcel's labels and carrier data, a page of labels is longer than most answers. */
const LONGEST_ANSWER_BYTES = 4 * 1024 * 1024;

function create(settings: ShipStationSettings, context: SinkContext): Sink {
  const { name, clock, secrets } = context;
  if (secrets.length === 0) throw new Error(`The sink "${name}" needs the API key of ShipStation.`);
  const { allow_private, timeout_ms, concurrency, calls_per_minute } = settings;
  const http = context.http({
    allow_private,
    timeout_ms,
    concurrency,
    longest_answer_bytes: LONGEST_ANSWER_BYTES,
  });
  const redact = createRedact(secrets);
  const budget = createBudget(clock, { calls: calls_per_minute, window_ms: MINUTE_MS });
  const base = new URL(settings.base_url);
  const api = createShipStation({ http, clock, base, keys: secrets, budget, redact });
  const labels = createLabels({ api, clock, settings, redact });
  const voids = createVoids(api, redact);
  const operations: Readonly<Record<string, Pick<Sink, 'push' | 'reconcile'>>> = {
    'label.create': labels,
    'label.void': voids,
  };

  return {
    name,
    carriers: Object.keys(settings.carriers),
    limits: { concurrency, rate_per_second: null },
    idempotent: false,
    accepts: (operation) => Object.hasOwn(operations, operation),
    async push(request) {
      const operation = operations[request.operation];
      if (operation) return await operation.push(request);
      const message = `ShipStation cannot do "${request.operation}".`;
      return failed('unsupported_capability', message);
    },
    reconcile: async (request) =>
      (await operations[request.operation]?.reconcile(request)) ?? { kind: 'unknown' },
    quote: (request) => quote(api, settings, clock.now(), request),
    probe: () => probe(api, settings, secrets),
    close: () => http.close(),
  };
}

/** Labels of any carrier connected to a ShipStation account (API v2). */
export const shipstation = defineSink({
  kind: 'shipstation',
  secret: 'token',
  settings: ShipStationSettings,
  create,
});
