import type { InboundEvent } from '../store/port.ts';
import type { Pulled, Stream } from './define.ts';
import type { OpenSource } from './registry.ts';
import { createTrouble } from './trouble.ts';
import { type WorkDeps, workForPulled } from './work.ts';

/** Platforms list a change some time after it happened, and their clocks differ from ours. */
const OVERLAP_MS = 2 * 60_000;
/** After a look that failed the next one waits no longer than this. */
const RETRY_MS = 60_000;
/** After so many failures in a row people hear that the source does not answer. */
const TELL_AT = 10;

export type Reconciler = { tick(): Promise<void>; stop(): Promise<void> };

/**
 * Asks each source for what its webhooks may have missed, as often as it is configured. How far that
 * reached is written together with what was found, so that a stop in between loses nothing.
 */
export function createReconciler(deps: WorkDeps, soon: (open: OpenSource) => void): Reconciler {
  const { clock, log, inbound, sources } = deps;
  const underWay = new Map<string, Promise<void>>();
  let stopped = false;
  const notBefore = new Map<string, number>();
  const failures = new Map<string, number>();
  const trouble = createTrouble(deps);

  function eventsOf(open: OpenSource, items: readonly Pulled[]): InboundEvent[] {
    return items.flatMap((item) => {
      const work = workForPulled(open, item, deps);
      const { id, topic } = item;
      return work === null
        ? []
        : [{ source: open.name, id, event_key: `id ${id}`, topic, body_hash: '', work }];
    });
  }

  async function failed(source: string, stream: string, reason: string): Promise<void> {
    const key = `${source} ${stream}`;
    const times = (failures.get(key) ?? 0) + 1;
    failures.set(key, times);
    notBefore.set(key, clock.monotonic() + RETRY_MS);
    log.warn({ source, stream, reason }, 'A source could not be asked for what was missed');
    if (times === TELL_AT) await trouble.tell(source, reason);
  }

  async function ask(open: OpenSource, stream: Stream, mark: number, began_at: number): Promise<void> {
    const { name: source } = open;
    let found = 0;
    for await (const page of stream.pull(mark - OVERLAP_MS, began_at)) {
      if (page.kind !== 'ok') {
        await failed(source, stream.name, page.reason);
        return;
      }
      const reached = Math.max(mark, page.value.mark);
      found += await inbound.pulled(
        source,
        stream.name,
        eventsOf(open, page.value.items),
        reached,
        clock.now(),
      );
    }
    failures.delete(`${source} ${stream.name}`);
    if (found > 0) soon(open);
    log.info({ source, stream: stream.name, found }, 'A source was asked for what was missed');
  }

  async function look(open: OpenSource, stream: Stream, every: number): Promise<void> {
    const known = await inbound.mark(open.name, stream.name);
    if (known === null) {
      await inbound.pulled(open.name, stream.name, [], clock.now(), clock.now());
    } else if (clock.now() - known.asked_at >= every) {
      await ask(open, stream, known.mark, known.began_at);
    }
  }

  function lookOnce(open: OpenSource, stream: Stream, every: number): Promise<void> {
    const key = `${open.name} ${stream.name}`;
    const waits = clock.monotonic() < (notBefore.get(key) ?? Number.NEGATIVE_INFINITY);
    if (stopped || underWay.has(key) || waits) return Promise.resolve();
    const looking = look(open, stream, every).finally(() => underWay.delete(key));
    underWay.set(key, looking);
    return looking;
  }

  return {
    async tick() {
      const looks = [...sources.values()].flatMap((open) => {
        const every = open.reconcile_ms;
        return every === null ? [] : open.source.streams.map((stream) => lookOnce(open, stream, every));
      });
      await Promise.all(looks);
    },
    async stop() {
      stopped = true;
      await Promise.allSettled(underWay.values());
    },
  };
}
