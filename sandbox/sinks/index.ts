import { type Clock, systemClock } from '../../src/clock.ts';
import { UiError } from '../slack-error.ts';
import type { SinkState } from '../ui-contract.ts';
import type { FarSide } from './far-side.ts';
import { type FarSecrets, farSides, type PerFarSide } from './far-sides.ts';
import { type Effect, SampleSink } from './sink.ts';

export type SampleSinksOptions = {
  clock?: Clock;
  /** Says each received operation on stdout. */
  print?: boolean;
  /** Standard Webhooks secrets, `whsec_` and base64. */
  secrets?: { oms: string; wms: string };
  /** Ports; free ones unless told. */
  ports?: { oms: number; wms: number };
  /** A staging copy of the OMS too, for safety checks; none unless told. */
  staging?: { secret: string; port?: number };
  /** The sample shop and carriers too; none of them unless told. */
  far?: { secrets: FarSecrets; ports?: PerFarSide<number> };
};

export type SampleSinks = {
  oms: { url: string; secret: string };
  wms: { url: string; secret: string };
  /** `oms_staging`; null where it was not asked for. */
  staging: { url: string; secret: string } | null;
  /** Addresses of the sample shop and carriers; null where they were not asked for. */
  far: PerFarSide<string> | null;
  state(): SinkState[];
  /** @throws UiError for an unknown sink or mode. */
  setMode(name: string, mode: string): void;
  /** What a sink carried out, in order; each idempotency key once. */
  effects(name: string): Effect[];
  /** Forgets what came and what was done; every mode is `ok` again. */
  reset(): void;
  onChange(listener: () => void): void;
  close(): Promise<void>;
};

const DEFAULT_SECRETS = {
  oms: 'whsec_c2FuZGJveC1vbXMtc2VjcmV0LTAwMDE=',
  wms: 'whsec_c2FuZGJveC13bXMtc2VjcmV0LTAwMDE=',
};

/** Starts the sample OMS and WMS, and the far sides that were asked for, on 127.0.0.1. */
export async function startSampleSinks(options: SampleSinksOptions = {}): Promise<SampleSinks> {
  const clock = options.clock ?? systemClock;
  const secrets = options.secrets ?? DEFAULT_SECRETS;
  const listeners: (() => void)[] = [];
  const report = (sink: SampleSink | FarSide) => {
    for (const listener of listeners) listener();
    const last = options.print ? sink.state().received[0] : undefined;
    if (!last) return;
    const repeat = last.repeat ? ' (repeat: nothing done)' : '';
    process.stdout.write(
      `[${sink.name}] ${last.operation} ${last.id} -> ${last.status || 'no answer'}${repeat}\n`,
    );
  };
  const oms = new SampleSink('oms', 'Order management (sample)', secrets.oms, clock, report);
  const wms = new SampleSink('wms', 'Warehouse (sample)', secrets.wms, clock, report);
  const far = options.far ? farSides(options.far.secrets, clock, report) : null;
  const copy = options.staging
    ? new SampleSink('oms_staging', 'OMS staging (sample)', options.staging.secret, clock, report)
    : null;
  const sinks = [oms, wms, ...(copy ? [copy] : []), ...(far ? [far.shopify, far.fedex, far.usps] : [])];
  const named = (name: string): SampleSink | FarSide => {
    const sink = sinks.find((s) => s.name === name);
    if (!sink) throw new UiError(`There is no sample sink ${name}.`, 404);
    return sink;
  };
  const [omsUrl, wmsUrl] = await Promise.all([
    oms.listen(options.ports?.oms ?? 0),
    wms.listen(options.ports?.wms ?? 0),
  ]);
  const copyUrl = await copy?.listen(options.staging?.port ?? 0);
  const addresses = far ? await listening(far, options.far?.ports) : null;
  return {
    oms: { url: omsUrl, secret: oms.secret },
    wms: { url: wmsUrl, secret: wms.secret },
    staging: copy && copyUrl !== undefined ? { url: copyUrl, secret: copy.secret } : null,
    far: addresses,
    state: () => sinks.map((s) => s.state()),
    setMode(name, mode) {
      if (!named(name).behave(mode)) throw new UiError(`A sample sink has no mode ${mode}.`);
      for (const listener of listeners) listener();
    },
    effects: (name) => [...named(name).effects.values()],
    reset() {
      for (const sink of sinks) sink.reset();
    },
    onChange: (listener) => void listeners.push(listener),
    async close() {
      await Promise.all(sinks.map((s) => s.close()));
    },
  };
}

async function listening(
  { shopify, fedex, usps }: PerFarSide<FarSide>,
  ports: PerFarSide<number> = { shopify: 0, fedex: 0, usps: 0 },
): Promise<PerFarSide<string>> {
  const [shop, first, second] = await Promise.all([
    shopify.listen(ports.shopify),
    fedex.listen(ports.fedex),
    usps.listen(ports.usps),
  ]);
  return { shopify: shop, fedex: first, usps: second };
}
