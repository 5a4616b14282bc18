import { type Clock, systemClock } from '../../src/clock.ts';
import { UiError } from '../slack-error.ts';
import type { SinkState } from '../ui-contract.ts';
import { isMode } from './modes.ts';
import { type Effect, SampleSink } from './sink.ts';

export type SampleSinksOptions = {
  clock?: Clock;
  /** Says each received operation on stdout. */
  print?: boolean;
  /** Standard Webhooks secrets, `whsec_` and base64. */
  secrets?: { oms: string; wms: string };
  /** Ports; free ones unless told. */
  ports?: { oms: number; wms: number };
};

export type SampleSinks = {
  oms: { url: string; secret: string };
  wms: { url: string; secret: string };
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

/** Starts the sample OMS and WMS on 127.0.0.1. */
export async function startSampleSinks(options: SampleSinksOptions = {}): Promise<SampleSinks> {
  const clock = options.clock ?? systemClock;
  const secrets = options.secrets ?? DEFAULT_SECRETS;
  const listeners: (() => void)[] = [];
  const report = (sink: SampleSink) => {
    for (const listener of listeners) listener();
    const last = sink.state().received[0];
    if (!options.print || !last) return;
    const repeat = last.repeat ? ' (repeat: nothing done)' : '';
    process.stdout.write(
      `[${sink.name}] ${last.operation} ${last.id} -> ${last.status || 'no answer'}${repeat}\n`,
    );
  };
  const oms = new SampleSink('oms', 'Order management (sample)', secrets.oms, clock, report);
  const wms = new SampleSink('wms', 'Warehouse (sample)', secrets.wms, clock, report);
  const sinks = [oms, wms];
  const named = (name: string): SampleSink => {
    const sink = sinks.find((s) => s.name === name);
    if (!sink) throw new UiError(`There is no sample sink ${name}.`, 404);
    return sink;
  };
  const [omsUrl, wmsUrl] = await Promise.all([
    oms.listen(options.ports?.oms ?? 0),
    wms.listen(options.ports?.wms ?? 0),
  ]);
  return {
    oms: { url: omsUrl, secret: oms.secret },
    wms: { url: wmsUrl, secret: wms.secret },
    state: () => sinks.map((s) => s.state()),
    setMode(name, mode) {
      if (!isMode(mode)) throw new UiError(`A sample sink has no mode ${mode}.`);
      named(name).mode = mode;
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
