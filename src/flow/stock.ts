import { fromIso, toIso } from '../clock.ts';
import { decide } from '../exports/decide.ts';
import type { Json } from '../exports/envelope.ts';
import { isOwn, OWN_SOURCE } from '../exports/own.ts';
import { awaitedSkus, previewReference } from '../exports/preview.ts';
import { skusOf } from '../exports/skus.ts';
import type { Export } from '../exports/state.ts';
import { stockedSkus } from '../exports/stock.ts';
import { TERMINAL } from '../exports/words.ts';
import { receive } from './intake.ts';
import { contextOf, type Flow } from './settings.ts';

type Raw = { [key: string]: Json };

const keyFor = (preview: string) => `live:${preview}`;

/**
 * There is stock of what a preview shows: asks people to publish it, once. May run again after a
 * crash: the key makes it the same export, and a preview that was acted on waits no more.
 */
export async function stockArrived(
  flow: Flow,
  stock: string,
  { skus, at }: { skus: readonly string[]; at: number },
): Promise<void> {
  const cause = await flow.ledger.get(stock);
  if (!cause) return;
  for (const id of await flow.ledger.previewsWaitingFor(skus)) {
    const preview = await flow.ledger.get(id);
    if (!preview || awaitedSkus(preview).length === 0) continue;
    const other = await newer(flow, preview);
    if (other === 'out') await close(flow, id, null);
    else if (other === null) {
      const live = await publish(flow, livePublish(preview, cause, at), keyFor(id));
      if (live !== null) await close(flow, id, live);
    }
  }
}

/** Whether a newer preview of the same product stands, is still being decided, or is not there. */
async function newer(flow: Flow, preview: Export): Promise<'out' | 'open' | null> {
  const newest = await flow.ledger.newest(preview.revision?.subjects ?? []);
  if (newest === null || newest.export_id === preview.id || newest.occurred_at <= preview.occurred_at)
    return null;
  const other = await flow.ledger.get(newest.export_id);
  if (other?.status === 'delivered') return 'out';
  return other === null || TERMINAL.has(other.status) ? null : 'open';
}

/** The export under this key; null when it could not be taken. */
async function publish(flow: Flow, raw: Raw, key: string): Promise<string | null> {
  const result = await receive(flow, OWN_SOURCE, { ...raw, idempotency_key: key }, key);
  if (result.kind === 'refused') return null;
  const { answer } = result;
  const id =
    typeof answer === 'object' && answer !== null && !Array.isArray(answer) ? answer['export_id'] : null;
  return typeof id === 'string' ? id : null;
}

async function close(flow: Flow, id: string, live: string | null): Promise<void> {
  await flow.ledger.update(id, flow.clock.now(), (state) =>
    decide(state, { do: 'close_preview', live }, contextOf(flow)),
  );
}

/** Everything in it comes from the two exports, so that asking again is asking the same. */
function livePublish(preview: Export, stock: Export, at: number): Raw {
  const payload = preview.revision?.payload ?? {};
  const now = toIso(at);
  const variants = Array.isArray(payload['variants']) ? payload['variants'] : [];
  const skus = variants.flatMap((each) =>
    typeof each === 'object' && each !== null && !Array.isArray(each) ? [each['sku'] ?? null] : [],
  );
  const handle = payload['handle'] ?? null;
  const planned = payload['planned_live_at'];
  const later = typeof planned === 'string' && fromIso(planned) > at ? planned : null;
  const counted = stock.refresh['stock']?.as_of ?? at;
  return {
    export_type: 'live_publish',
    intent: 'publish_live',
    ...(preview.revision?.campaign_id ? { campaign_id: preview.revision.campaign_id } : {}),
    source: {
      system: OWN_SOURCE,
      reference: typeof handle === 'string' ? handle : preview.id,
      ...(preview.requester === null ? {} : { requested_by: preview.requester }),
    },
    occurred_at: now,
    refresh: ages(now, toIso(counted)),
    payload: {
      preview: { reference: previewReference(preview), export_id: preview.id },
      products: [{ handle, title: payload['title'] ?? null, skus }],
      channels: payload['channels'] ?? [],
      publish_at: later,
      changes: [],
      trail: [
        { export_id: preview.id, summary: 'The preview was accepted and made' },
        { export_id: stock.id, summary: 'Stock arrived' },
      ],
    },
  };
}

/** The preview is the newest that there is, so what it shows is as fresh as that look; stock is as it was counted. */
function ages(looked: string, counted: string): Raw {
  return { price: { as_of: looked }, description: { as_of: looked }, stock: { as_of: counted } };
}

/** True for what `stockArrived` sends. */
function isLive({ source, idempotency_key }: Export): boolean {
  return isOwn(source.name) && idempotency_key.startsWith(keyFor(''));
}

/**
 * Whoever signs found its data too old: looks again at preview and stock. While both still hold, the
 * same values arrive with new ages; else it stays as old as it is.
 */
export async function lookAgain(flow: Flow, live: Export): Promise<void> {
  const preview = isLive(live) ? await flow.ledger.get(live.idempotency_key.slice(keyFor('').length)) : null;
  if (!preview || (await newer(flow, preview)) !== null) return;
  const counted = await lastCount(flow, preview);
  if (counted === null) return;
  const now = toIso(flow.clock.now());
  const refresh = ages(now, toIso(counted));
  const key = `${live.idempotency_key}@${now}`;
  await publish(flow, { ...live.raw, refresh, occurred_at: now }, key);
}

/** Most products have a handful of variants; the first of them tell. */
const LOOKED_AT = 20;

/** When the stock of any of its SKUs was last read, ms; null when the last change left none of them. */
async function lastCount(flow: Flow, preview: Export): Promise<number | null> {
  const skus = skusOf(preview);
  let latest: number | null = null;
  for (const sku of skus.slice(0, LOOKED_AT)) {
    const wanted = { sku, export_type: 'inventory_delta', status: 'delivered', limit: 1 } as const;
    const [row] = await flow.ledger.list(wanted);
    const last = row ? await flow.ledger.get(row.id) : null;
    if (!last || !stockedSkus(last).includes(sku)) continue;
    latest = Math.max(latest ?? 0, last.refresh['stock']?.as_of ?? last.received_at);
  }
  return latest;
}
