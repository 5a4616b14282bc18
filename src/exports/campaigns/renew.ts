import type { Json } from '../envelope.ts';
import { canonicalSku } from '../identifiers.ts';
import { compareAmounts } from '../money.ts';
import type { Revision } from '../state.ts';
import type { Raw } from './issue.ts';

/**
 * A newly made export as the newer form of one that waits. What people have changed in it since stays,
 * and what they are asked to accept changes only where the values behind it did.
 */
export function renewedFrom(waiting: Revision, made: Raw): Raw {
  const { payload } = waiting;
  if (waiting.export_type === 'live_publish') return { ...made, payload };
  const limit = Number(waiting.policy.rules['below_threshold'] ?? 0);
  const known = new Map(linesOf(payload).map((line) => [skuOf(line), line]));
  const lines = linesOf(made['payload']).map((line) => {
    const old = known.get(skuOf(line));
    return old && isAsBefore(old, line, limit) ? old : line;
  });
  return { ...made, payload: { ...payload, lines } };
}

/** The price is what it was, and there is still enough of it. */
function isAsBefore(old: Raw, fresh: Raw, limit: number): boolean {
  const [was, is] = [priceOf(old['before']), priceOf(fresh['before'])];
  if (was === null || is === null || compareAmounts(was, is) !== 0) return false;
  const [had, has] = [old['expected_stock'], fresh['expected_stock']];
  return typeof had !== 'number' || typeof has !== 'number' || has >= limit || has >= had;
}

function isMap(value: Json | undefined): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function linesOf(payload: Json | undefined): readonly Raw[] {
  const lines = isMap(payload) ? payload['lines'] : null;
  return Array.isArray(lines) ? lines.filter(isMap) : [];
}

function skuOf({ sku }: Raw): string {
  return typeof sku === 'string' ? canonicalSku(sku) : '';
}

function priceOf(value: Json | undefined): string | null {
  const price = isMap(value) ? value['price'] : null;
  return typeof price === 'string' ? price : null;
}
