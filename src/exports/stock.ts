import type { Export } from './state.ts';
import { leftInStock } from './types/inventory-delta.ts';

/** The canonical SKUs of which a delivered stock change leaves some on a shelf. */
export function stockedSkus({ revision }: Pick<Export, 'revision'>): readonly string[] {
  return revision?.export_type === 'inventory_delta' ? leftInStock(revision.payload) : [];
}
