import type { Json } from '../../../src/exports/envelope.ts';
import { fixture, put, type RawExport } from '../../support/fixtures.ts';
import { T0 } from '../../support/manual-clock.ts';
import { after, arrived, out, type Scene } from './scenes.ts';

/** A promo whose prices its sinks write themselves, so that SKUs can be taken out of it. */
export function plainPromo(edit: (raw: RawExport) => void = () => {}): RawExport {
  return fixture('promo_activation', {
    edit(raw) {
      put(raw, 'payload.discounts', []);
      edit(raw);
    },
  });
}

/** Accepted, and refused by the OMS for want of stock with this metadata. */
export function shortOf(
  metadata: { [key: string]: Json },
  raw = plainPromo(),
  message = 'Too little.',
): Scene {
  const going = out(arrived(raw));
  const [push] = going.state.pushes;
  if (!push) throw new Error('Nothing goes out.');
  const outcome = { kind: 'failed', exception_code: 'insufficient_inventory', message, metadata } as const;
  return after(going, { do: 'record_push', key: push.key, outcome, next_at: null }, T0 + 360_000);
}

export const LINES: Json = [
  { sku: 'straw-hat-01', requested: 100, available: 38 },
  { sku: 'SANDAL-TAN-39', requested: 100, available: 60 },
  { sku: 'LIN-SHIRT-WHT-S', requested: 100, available: 140 },
];
