import type { Json } from './envelope.ts';
import { canonicalSku } from './identifiers.ts';
import type { Export } from './state.ts';

/** More than any export that a person looks for by SKU; the rest of a mass change is found by its campaign. */
const MOST = 2_000;

/** The canonical SKUs that an export's values name, each once, in their order. */
export function skusOf({ revision }: Pick<Export, 'revision'>): readonly string[] {
  const found = new Set<string>();
  const waiting: Json[] = revision ? [revision.payload] : [];
  for (let at = waiting.shift(); at !== undefined && found.size < MOST; at = waiting.shift()) {
    if (typeof at !== 'object' || at === null) continue;
    for (const [key, value] of Object.entries(at)) {
      if (key === 'sku' && typeof value === 'string') found.add(canonicalSku(value));
      else if (key === 'skus' && Array.isArray(value)) addAll(value, found);
      else if (typeof value === 'object' && value !== null) waiting.push(value);
      if (found.size >= MOST) break;
    }
  }
  return [...found];
}

function addAll(values: readonly Json[], found: Set<string>): void {
  for (const value of values) {
    if (typeof value === 'string' && found.size < MOST) found.add(canonicalSku(value));
  }
}
