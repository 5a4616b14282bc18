import { systemClock, systemIds } from '../clock.ts';
import type { Config, SinkConfig, SourceConfig } from '../config.ts';
import { createLogger } from '../log.ts';
import { oneLine } from '../sinks/outcome.ts';
import type { Finding as Found } from '../sinks/port.ts';
import { addressOf, reach } from '../sinks/reach.ts';
import { createSinks, SINK_KINDS } from '../sinks/registry.ts';
import { createRedact } from '../sinks/signing.ts';
import { openSources } from '../sources/registry.ts';
import { VERSION } from '../version.ts';
import { type Finding, fail, ok, warn } from './findings.ts';

/** Far sides that are asked at the same moment. */
const AT_ONCE = 4;
/** For everything that is asked of one of them, ms. */
const PATIENCE_MS = 30_000;
const LONGEST_LINE = 700;

const LATER =
  'Check its address and the network, or run this again later; what goes there meanwhile is tried again.';

/** A far side that is asked once. */
type Asked = { ask(): Promise<readonly Found[]>; close(): Promise<void> };
/** Something that can be asked, and what must not be told of it. `open` is null while its secret is missing. */
type Call = { name: string; secrets: readonly string[]; open: (() => Asked) | null };

/**
 * One harmless authenticated call, or a few, to each sink and to each source with a token: nothing is
 * bought, sold or changed. A far side that has no such call is only connected to.
 */
export async function checkCalls(
  config: Config,
  { patience_ms = PATIENCE_MS, kinds = SINK_KINDS } = {},
): Promise<Finding[]> {
  const calls = [
    ...[...config.sinks.values()].map((sink) => sinkCall(sink, kinds)),
    ...[...config.sources.values()].flatMap(sourceCall),
  ];
  const answered: Finding[][] = calls.map(() => []);
  const waiting = calls.entries();
  const work = async () => {
    for (const [n, call] of waiting) answered[n] = await findingsOf(call, patience_ms);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answered.flat();
}

const log = createLogger({ level: 'silent' });
const world = { clock: systemClock, ids: systemIds(systemClock), log, version: VERSION };

function sinkCall(configured: SinkConfig, kinds: typeof SINK_KINDS): Call {
  const { name, kind, secrets, settings } = configured;
  const open = (): Asked => {
    const sink = createSinks([configured], world, kinds).get(name);
    if (!sink?.probe) return onlyReached(addressOf(settings), sink);
    return { ask: async () => (await sink.probe?.()) ?? [], close: () => sink.close() };
  };
  return { name: `Sink ${name} (${kind})`, secrets, open: secrets.length === 0 ? null : open };
}

/** Sources without a token have nothing to prove from here: they call us. */
function sourceCall(configured: SourceConfig): Call[] {
  const { name, kind, secrets, api_token, refetch_url, allow_private } = configured;
  const call = { name: `Source ${name} (${kind})`, secrets: [...secrets, api_token ?? ''] };
  if (refetch_url !== null)
    return [{ ...call, open: () => onlyReached({ url: refetch_url, allow_private }) }];
  if (api_token === null) return [];
  const open = (): Asked => {
    const source = openSources([configured], world).get(name)?.source;
    return { ask: async () => (await source?.probe?.()) ?? [], close: async () => await source?.close() };
  };
  return [{ ...call, open }];
}

function onlyReached(address: ReturnType<typeof addressOf>, opened?: { close(): Promise<void> }): Asked {
  return { ask: () => reached(address), close: async () => await opened?.close() };
}

async function reached(address: ReturnType<typeof addressOf>): Promise<Found[]> {
  const name = 'address';
  if (address === null) return [{ name, problem: null, detail: 'nothing can be asked of it from here' }];
  const why = await reach(address.url, address.allow_private);
  if (why === null) return [{ name, problem: null, detail: 'a connection opens' }];
  return [{ name, problem: `It cannot be reached: ${why}.`, detail: null, level: 'passing' }];
}

async function findingsOf({ name, secrets, open }: Call, patience_ms: number): Promise<Finding[]> {
  if (open === null) return [fail(`${name}: it is not asked, because its secret is missing; see above.`)];
  const redact = createRedact(secrets);
  // Not by the clock of the product, whose timers let the process end.
  const late = Promise.withResolvers<readonly Found[]>();
  const problem = `It has not answered everything within ${patience_ms / 1000} seconds.`;
  const end = (): void => late.resolve([{ name: 'time', problem, detail: null, level: 'passing' }]);
  const timer = setTimeout(end, patience_ms);
  let asked: Asked | null = null;
  try {
    asked = open();
    const found = await Promise.race([asked.ask(), late.promise]);
    return found.map((each) => line(name, each, redact));
  } catch (error) {
    const kind = error instanceof Error ? error.name : 'unknown';
    return [fail(`${name}: the check of it broke (${kind}). Report this, with its settings.`)];
  } finally {
    clearTimeout(timer);
    await asked?.close();
  }
}

function line(name: string, { name: part, problem, detail, level }: Found, redact: (text: string) => string) {
  const told = (text: string) => oneLine(redact(`${name}, ${part}: ${text}`), LONGEST_LINE);
  if (problem === null) return ok(told(`${detail ?? 'as it should be'}.`));
  if (level === 'passing') return warn(told(`${problem} ${LATER}`));
  return level === 'notice' ? warn(told(problem)) : fail(told(problem));
}
