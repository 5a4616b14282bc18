import { expect, it } from 'vitest';
import { toIso } from '../../src/clock.ts';
import { fixture, put } from '../support/fixtures.ts';
import { openScene } from './scene.ts';
import { shows } from './seat.ts';

const MINUTE_MS = 60_000;

// A leap of the clock makes Socket Mode reconnect, and a click may fall in between.
const scene = openScene({ mode: 'http' });

it.skipIf(scene.skipped)(
  'reminds, brings the backups, pages on-call, and each backup signs only their own step',
  async () => {
    const { house, sit } = scene;
    const raw = fixture('promo_activation', { now: house.clock.now() });
    await house.send(raw);
    const daniel = await sit('daniel', '#promo-approvals');
    const card = daniel.card('Activate Summer 24');
    const replies = card.getByTestId('open-thread');
    await shows(card, '0 of 2');
    house.clock.leap(5 * MINUTE_MS);
    await shows(replies, '1 reply');
    house.clock.leap(5 * MINUTE_MS);
    await shows(replies, '2 replies');
    house.clock.leap(5 * MINUTE_MS);
    await shows(replies, '3 replies');
    const thread = await daniel.openThread(card);
    for (const told of ['Reminder', '@Daniel Ortiz', /paged/i]) await shows(thread, told);

    // The planner sends the same values again, so that nobody has to accept old ones.
    const now = toIso(house.clock.now());
    put(raw, 'idempotency_key', 'summer-24-again');
    put(raw, 'occurred_at', now);
    for (const group of ['price', 'stock']) put(raw, `refresh.${group}.as_of`, now);
    await house.send(raw);

    const channel = daniel.page.getByTestId('channel');
    const promo = () =>
      house
        .as('daniel')
        .waitForMessage('#promo-approvals', (each) => each.text.startsWith('Activate Summer 24'));
    await house.as('hannah').click(await promo(), 'accept');
    await shows(channel, '1 of 2');
    await house.as('omar').click(await promo(), 'accept');
    await house.as('omar').waitForMessage('#promo-approvals', (each) => each.ephemeral_to !== undefined);
    expect(house.sinks.effects('oms')).toHaveLength(0);

    const parent = thread.getByTestId('message').first();
    await daniel.pressAndConfirm(parent, 'accept');
    await shows(parent, 'Delivered');
    await daniel.go('eli', '#on-call');
    await shows(daniel.card('Summer 24'), '@Eli Brooks');
  },
);
