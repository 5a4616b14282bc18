import { SINK_KINDS } from '../../src/sinks/registry.ts';
import { shows } from '../../test/e2e/seat.ts';
import {
  type Carriers,
  fakeCarriers,
  labelRequest,
  REFUSED,
  WRONG_ADDRESS,
  withFailover,
} from '../../test/support/carriers.ts';
import type { HouseOptions } from '../../test/support/house.ts';
import type { Shot, Stage } from '../screenshots.ts';

const LOGISTICS = '#logistics';

/** A house whose labels come from FedEx, and from USPS where that would not. */
function carried(prepare: (carriers: Carriers) => void): HouseOptions {
  const carriers = fakeCarriers();
  prepare(carriers);
  return { sinkKinds: [...SINK_KINDS, carriers.kind], configure: withFailover('dearer') };
}

async function requested(stage: Stage, until: string) {
  await labelRequest(stage.house, '100482');
  const seat = await stage.sit('amara', LOGISTICS);
  const card = seat.card('100482');
  await shows(card, until);
  return { seat, card };
}

const asks = () =>
  carried(({ fedex }) => {
    fedex.answers = [REFUSED];
  });
const wrong = () =>
  carried(({ fedex }) => {
    fedex.answers = [WRONG_ADDRESS];
  });

/** Carriers that refuse, and what people do then. */
export const FAILOVER: readonly Shot[] = [
  {
    name: 'card-label-asks',
    house: asks(),
    stage: async (stage) => (await requested(stage, 'Use USPS')).card,
  },
  {
    name: 'card-label-made-elsewhere',
    house: asks(),
    async stage(stage) {
      const { seat, card } = await requested(stage, 'Use USPS');
      await seat.press(card, 'use_alternate');
      await shows(card, 'Delivered');
      return card;
    },
  },
  {
    name: 'card-label-none-left',
    house: carried(({ fedex, usps }) => {
      fedex.answers = [REFUSED];
      usps.price = { amount: '7.90', currency: 'USD', service: 'priority' };
      usps.answers = [
        {
          kind: 'failed',
          exception_code: 'package_over_limit',
          message: 'The parcel is over 70 lb.',
          metadata: {},
        },
      ];
    }),
    stage: async (stage) => (await requested(stage, 'Change shipment')).card,
  },
  {
    name: 'card-label-unknown',
    house: carried(({ fedex }) => {
      fedex.answers = [{ kind: 'unknown', cause: 'The connection broke.' }];
    }),
    stage: async (stage) => (await requested(stage, 'nobody else is asked')).card,
  },
  {
    name: 'card-label-address',
    house: wrong(),
    stage: async (stage) => (await requested(stage, 'Fix address')).card,
  },
  {
    name: 'modal-fix-address',
    house: wrong(),
    size: { width: 1280, height: 1500 },
    async stage(stage) {
      const { seat, card } = await requested(stage, 'Fix address');
      await seat.press(card, 'mend');
      await shows(seat.modal, 'Save and go on');
      return seat.modal;
    },
  },
  {
    name: 'page-label-failover',
    house: asks(),
    async stage(stage) {
      const { seat, card } = await requested(stage, 'Use USPS');
      await seat.press(card, 'use_alternate');
      await shows(card, 'Delivered');
      await card.getByTestId('open-thread').click();
      await seat.page.getByText('Delivered.', { exact: true }).last().waitFor();
      return seat;
    },
  },
];
