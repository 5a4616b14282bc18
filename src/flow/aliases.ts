import type { Kept } from '../exports/catalogue.ts';
import { skusIn } from '../exports/skus.ts';
import { SKU_MAPPING_FAILED } from '../exports/trouble.ts';
import type { PushRequest, SinkOutcome } from '../sinks/port.ts';
import type { Flow } from './settings.ts';

const SHOWN = 3;
/** More would not fit what is kept of a failure. */
const TOLD = 500;

/** What a system calls these canonical SKUs, where it has another name than ours. */
export async function aliasesAt(
  flow: Flow,
  system: string,
  skus: readonly string[],
): Promise<Record<string, string>> {
  return namesOf(await flow.ledger.aliases(system, skus));
}

function namesOf(kept: Readonly<Record<string, Kept>>): Record<string, string> {
  return Object.fromEntries(Object.entries(kept).map(([sku, { alias }]) => [sku, alias]));
}

/**
 * The request with the system's own names for its SKUs; or the failure, where that system takes none
 * but its own (`skus: mapped`) and does not have one for each.
 */
export async function addressed(flow: Flow, request: PushRequest): Promise<PushRequest | SinkOutcome> {
  const skus = skusIn(request.body);
  const aliases = await aliasesAt(flow, request.sink, skus);
  if (!flow.settings().mapped?.has(request.sink)) return { ...request, aliases };
  const missing = skus.filter((sku) => !Object.hasOwn(aliases, sku));
  if (missing.length === 0) return { ...request, aliases };
  const more = missing.length - SHOWN;
  const named = `${missing.slice(0, SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return {
    kind: 'failed',
    exception_code: SKU_MAPPING_FAILED,
    message: `Nobody has said yet what ${request.sink} calls ${named}. Nothing was sent.`,
    metadata: { skus: missing.slice(0, TOLD), missing: missing.length },
  };
}
