import type { GateNeed } from './define.ts';
import type { Envelope } from './envelope.ts';
import { canonicalSku } from './identifiers.ts';

/** The source of what Meshline itself sends, such as a rollback. Configuration may not use the name. */
export const OWN_SOURCE = 'meshline';

export function isOwn(source: string): boolean {
  return source === OWN_SOURCE;
}

type Sent = { own: boolean; envelope: Envelope };

/** Whether Meshline sends it to take another export back. */
export function isReversal({ own, envelope }: Sent): boolean {
  return own && envelope.source.reverses !== undefined;
}

/**
 * Whoever accepted an export accepted its way back too, which the card showed (R25); so what Meshline
 * sends to undo it waits for nobody. Who may ask for it is checked where they ask. Null for every
 * other export; configuration may still set a stricter gate.
 */
export function reverseGate(sent: Sent): GateNeed | null {
  if (!isReversal(sent)) return null;
  const reason = 'The way back was accepted together with the export that it undoes.';
  return { mode: 'policy', roles: [], raised: false, reason };
}

/** Whether a line is meant, by the canonical form of its SKU; null means every line. */
export function isNamed(sku: string, skus: ReadonlySet<string> | null): boolean {
  return skus === null || skus.has(canonicalSku(sku));
}
