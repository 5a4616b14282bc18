import { describe, expect, it } from 'vitest';
import { approvalCard } from '../../../src/bot/card.ts';
import { factLine } from '../../../src/bot/cards/facts.ts';
import { pausedLooks } from '../../../src/bot/cards/failover.ts';
import { noteFor } from '../../../src/bot/notes.ts';
import { timeline } from '../../../src/bot/timeline.ts';
import { marked, rich } from '../../../src/bot/words.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import type { Export } from '../../../src/exports/state.ts';
import { ALICE, fold } from '../../support/core.ts';
import {
  after,
  catalog,
  directory,
  eur,
  failure,
  label,
  made,
  NO_SERVICE,
  pushed,
  quoted,
} from '../../support/labels.ts';
import { T0 } from '../../support/manual-clock.ts';

const NASTY = '<!channel> *bold* <https://evil.example|click> @here \u202Egnp.exe\n✅ Delivered '.repeat(40);

const shownOf = (state: Export) => ({ state, directory, now: T0 });
const cardOf = (state: Export) => approvalCard(shownOf(state), catalog, state.route.channel);
const facts = (told: { [key: string]: Json }) => factLine({ sink: 'usps', facts: told });

describe('what the far side told', () => {
  it('is the carrier when it is another, service, cost, tracking and one link', () => {
    const words = facts({
      carrier: 'fedex',
      service: 'ground',
      cost: { amount: '9.40', currency: 'USD' },
      tracking_number: '9400',
      label_url: 'https://labels.example.com/a?b=1&c=2',
      preview_url: 'https://shop.example.com/preview',
    });
    expect(marked(words, directory)).toBe(
      ', FedEx Ground, 9.40 USD, tracking 9400, <https://labels.example.com/a?b=1&amp;c=2|label>',
    );
  });

  it.each([
    'javascript:alert(1)',
    'http://labels.example.com/a',
    'https://user:secret@labels.example.com/a',
    'not an address',
    `https://labels.example.com/${'a'.repeat(500)}`,
    7,
  ])('has no link for %s', (label_url) => {
    expect(facts({ label_url })).toEqual([]);
  });

  it('is left out where it makes no sense', () => {
    expect(facts({ cost: { amount: '9.40' }, service: [], carrier: {}, tracking_number: ' ' })).toEqual([]);
  });

  it('acts nowhere and stays short, whatever it says', () => {
    const words = facts({
      carrier: NASTY,
      service: NASTY,
      cost: { amount: NASTY, currency: NASTY },
      tracking_number: NASTY,
      label_url: `https://labels.example.com/a|b><!channel>`,
    });
    const text = marked(words, directory);
    expect(text.length).toBeLessThan(500);
    expect(text).not.toMatch(/<!|<https:\/\/evil|\n/);
    const elements = rich(words, directory);
    expect(elements.filter((each) => each.type === 'link')).toHaveLength(1);
    expect(elements.some((each) => each.type === 'broadcast')).toBe(false);
  });
});

describe('the card', () => {
  const asks = () => quoted(pushed(label({ approve: 'dearer' }), NO_SERVICE), eur('19.60'));

  it('shows both carriers, the error and the difference, and offers the next one', () => {
    const state = asks();
    const text = JSON.stringify(cardOf(state).blocks);
    for (const words of [
      'not available to this destination',
      '19.60 EUR',
      '1.20 EUR more than ',
      'Use DHL',
    ]) {
      expect(text).toContain(words);
    }
    expect(pausedLooks(state).map((look) => look.action)).toEqual(['use_alternate', 'mend']);
  });

  it('shows both tries and the label in the end', () => {
    const went = after(asks(), { do: 'use_alternate', by: ALICE, seen: 1 });
    const done = pushed(went, {
      kind: 'delivered',
      reference: '9400',
      facts: { tracking_number: '9400', cost: { amount: '19.60', currency: 'EUR' } },
    });
    const text = JSON.stringify(cardOf(done).blocks);
    expect(text).toMatch(
      /FedEx.* refused: .*not available to this destination · .*DHL.* made it, 19\.60 EUR, tracking 9400/,
    );
    expect(text).not.toContain('Use DHL');
  });

  it('says that nobody else is asked while an answer is lost', () => {
    const state = pushed(label(), { kind: 'unknown', cause: 'Timed out.' });
    expect(JSON.stringify(cardOf(state).blocks)).toContain('nobody else is asked before that is known');
  });

  it('says once what each of them answered when nobody is left', () => {
    const all = ['fedex', 'dhl'].reduce((state) => quoted(pushed(state, NO_SERVICE), null), label());
    const state = pushed(all, failure('package_over_limit', 'Too heavy'));
    const text = JSON.stringify(cardOf(state).blocks);
    expect(text.match(/Too heavy/g)).toHaveLength(1);
    expect(text).toContain('Change shipment…');
  });

  it('holds what carriers say, however much and whatever it is', () => {
    const all = ['fedex', 'dhl'].reduce(
      (state) => quoted(pushed(state, failure('carrier_service_unavailable', NASTY)), eur('12.00', NASTY)),
      label(),
    );
    for (const state of [all, pushed(all, failure('package_over_limit', NASTY))]) {
      const { blocks, text } = cardOf(state);
      expect(JSON.stringify(blocks).length).toBeLessThan(12_000);
      expect(text).not.toContain('<!channel>');
      expect(JSON.stringify(blocks)).not.toMatch(/"type":"(broadcast|link)"/);
    }
  });
});

describe('the thread', () => {
  it('tells who is asked next, at what price, and by whose word', () => {
    const sought = pushed(label(), NO_SERVICE);
    const price = eur('12.00');
    const [by_itself] = made(sought, { do: 'record_quote', to: 'dhl', price });
    const asking = quoted(pushed(label({ approve: 'always' }), NO_SERVICE), eur('19.60'));
    const [by_alice] = made(asking, { do: 'use_alternate', by: ALICE, seen: 1 });
    if (!by_itself || !by_alice) throw new Error('Both go on.');
    const note = (state: Export, event: typeof by_itself) => {
      const next = fold(state, [event], T0);
      return noteFor({ export_id: state.id, n: 9, at: T0, event }, shownOf(next))?.text;
    };
    expect(note(sought, by_itself)).toBe('FedEx did not do it, so it goes to DHL Priority 12.00 EUR.');
    expect(note(asking, by_alice)).toBe(
      'Alice had it sent to DHL Priority 19.60 EUR, 1.20 EUR more than FedEx.',
    );
  });

  it('leaves the asking of prices to the record', () => {
    const state = pushed(label(), NO_SERVICE);
    const event = { type: 'alternate_sought', from: 'fedex', to: 'dhl', code: 'x', message: 'No.' } as const;
    const recorded = { export_id: state.id, n: 9, at: T0, event };
    expect(noteFor(recorded, shownOf(state))).toBeNull();
    expect(JSON.stringify(timeline([recorded], shownOf(state)))).toContain('DHL is asked what it would cost');
  });
});
