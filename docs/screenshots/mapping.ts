import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { shows } from '../../test/e2e/seat.ts';
import type { HouseOptions } from '../../test/support/house.ts';
import { recordingSink, routed } from '../../test/support/recording-sink.ts';
import type { Shot, Stage } from '../screenshots.ts';
import { PROMO, signed } from './steps.ts';

/** A shop that could not place two of the SKUs, and has a proposal for one of them. */
function shopThatKnowsNoSku(): HouseOptions {
  const shop = recordingSink();
  shop.answer = ({ aliases }) =>
    Object.keys(aliases).length > 0
      ? { kind: 'delivered', reference: 'gid 4711' }
      : {
          kind: 'failed',
          exception_code: 'sku_mapping_failed',
          message: 'Two SKUs fit no variant, or more than one.',
          metadata: {
            skus: ['LIN-SHIRT-WHT-M', 'STRAW-HAT-01'],
            candidates: { 'STRAW-HAT-01': ['HAT-STRAW-NAT-1'] },
          },
        };
  return {
    sinkKinds: [...SINK_KINDS, shop.kind],
    configure: (file) => routed(file, 'shopify', ['promo_activation', 'staged_product']),
  };
}

async function paused(stage: Stage) {
  await signed(stage);
  const seat = await stage.sit('mei', '#merchandising');
  const card = seat.card('Summer 24');
  await shows(card, 'Paused');
  return { seat, card };
}

async function asked(stage: Stage) {
  const { seat, card } = await paused(stage);
  await seat.press(card, 'map_skus');
  await shows(seat.modal, 'What are they there?');
  return { seat, card };
}

/** What happens when a system does not know a SKU. */
export const MAPPING: readonly Shot[] = [
  { name: 'card-mapping', house: shopThatKnowsNoSku(), stage: async (stage) => (await paused(stage)).card },
  {
    name: 'modal-mapping',
    house: shopThatKnowsNoSku(),
    stage: async (stage) => (await asked(stage)).seat.modal,
  },
  {
    name: 'card-mapping-continued',
    house: shopThatKnowsNoSku(),
    async stage(stage) {
      const { seat } = await asked(stage);
      for (const input of await seat.modal.locator('input').all()) {
        if ((await input.inputValue()) === '') await input.fill('SHIRT-LIN-W-M');
      }
      await seat.submit();
      const promo = await stage.sit('priya', PROMO);
      await shows(promo.card('Summer 24'), 'Delivered');
      return promo.openThread(promo.card('Summer 24'));
    },
  },
];
