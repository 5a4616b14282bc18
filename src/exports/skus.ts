import type { Json } from './envelope.ts';
import { canonicalSku } from './identifiers.ts';
import type { Export } from './state.ts';

/** More than any export that a person looks for by SKU; the rest of a mass change is found by its campaign. */
const MOST = 5_000;

/** The canonical SKUs that an export's values name, each once, in their order; the first of very many. */
export function skusOf({ revision }: Pick<Export, 'revision'>): readonly string[] {
  return revision ? skusIn(revision.payload, MOST) : [];
}

/** The canonical SKUs that stand anywhere in these values, each once. */
export function skusIn(values: Json, most = Number.POSITIVE_INFINITY): readonly string[] {
  const found = new Set<string>();
  const waiting: Json[] = [values];
  for (let next = 0; next < waiting.length && found.size < most; next += 1) {
    const at = waiting[next];
    if (typeof at !== 'object' || at === null) continue;
    for (const [key, value] of Object.entries(at)) {
      const named = key === 'sku' ? [value] : key === 'skus' && Array.isArray(value) ? value : [];
      for (const sku of named) {
        if (typeof sku === 'string' && found.size < most) found.add(canonicalSku(sku));
      }
      if (named.length === 0 && typeof value === 'object' && value !== null) waiting.push(value);
    }
  }
  return [...found];
}
