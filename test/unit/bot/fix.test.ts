import { describe, expect, it } from 'vitest';
import { INPUT, VALUE } from '../../../src/bot/ids.ts';
import { fixModal, readFixes, type Submitted } from '../../../src/bot/modals/fix.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import { fixture, put, type RawExport } from '../../support/fixtures.ts';
import { arrived, catalog, shownOf } from './scenes.ts';
import { refusedView } from './slack-limits.ts';

function broken(changes: Record<string, Json | undefined>) {
  const edit = (raw: RawExport) => {
    for (const [path, value] of Object.entries(changes)) put(raw, path, value);
  };
  const shown = shownOf(arrived(fixture('promo_activation', { edit })));
  expect(shown.state.status).toBe('quarantined');
  expect(refusedView(fixModal(shown, catalog))).toEqual([]);
  return shown;
}

type Input = { label: string; hint: string | null; initial: string | null; optional: boolean };

/** The inputs of the modal by block id. */
function inputs(shown: ReturnType<typeof broken>): Map<string, Input> {
  const found = new Map<string, Input>();
  for (const block of fixModal(shown, catalog).blocks) {
    if (block.type !== 'input' || !('element' in block) || block.element.type !== 'plain_text_input')
      continue;
    found.set(block.block_id ?? '', {
      label: block.label.text,
      hint: block.hint?.text ?? null,
      initial: block.element.initial_value ?? null,
      optional: block.optional ?? false,
    });
  }
  return found;
}

/** What Slack sends back: every input as it stood, with some of them changed. */
function submitted(shown: ReturnType<typeof broken>, changes: Record<string, string>): Submitted {
  return Object.fromEntries(
    [...inputs(shown)].map(([id, input]) => [id, { [VALUE]: { value: changes[id] ?? input.initial } }]),
  );
}

function repaired(shown: ReturnType<typeof broken>, changes: Record<string, string>): RawExport {
  const fixes = readFixes(shown, submitted(shown, changes), catalog);
  if ('errors' in fixes) throw new Error(JSON.stringify(fixes.errors));
  return fixes.raw as RawExport;
}

const original = fixture('promo_activation');

describe('repairing an export', () => {
  it('offers one input for each faulty value, named as people say it', () => {
    const shown = broken({
      'payload.lines.2.after.price': '59.90',
      'payload.window.end': '2026-11-20T22:59:00Z',
    });
    const offered = inputs(shown);
    expect(offered.get('fix:payload.lines.2.after.price')).toMatchObject({
      label: 'Line 3, after, price',
      initial: '59.90',
    });
    expect(offered.get('fix:payload.window.end')?.hint).toContain('The promo ended');
    expect(offered.has(INPUT.raw)).toBe(false);
  });

  it('puts corrected values back, so that the export passes', () => {
    const shown = broken({ 'payload.lines.2.after.price': '59.90' });
    const fixed = repaired(shown, {
      'fix:payload.lines.2.after.price': '39.92',
    });
    expect(fixed).toEqual(original);
    expect(arrived(fixed).state.status).toBe('pending');
  });

  it('reads a value in the form the type wants', () => {
    const shown = broken({
      'payload.offer.value': 20,
      'payload.lines.0.expected_stock': 'many',
      'payload.offer.stackable': 'no',
    });
    const fixed = repaired(shown, {
      'fix:payload.offer.value': '25',
      'fix:payload.lines.0.expected_stock': '140',
      'fix:payload.offer.stackable': 'false',
    });
    expect(fixed.payload['offer']).toMatchObject({ value: '25', stackable: false });
    expect((fixed.payload['lines'] as { expected_stock: Json }[])[0]?.expected_stock).toBe(140);
  });

  it('asks for what is missing, and lets an optional value be taken out', () => {
    const shown = broken({ occurred_at: undefined });
    expect(inputs(shown).get('fix:occurred_at')).toMatchObject({ initial: null, optional: false });
    expect(repaired(shown, { 'fix:occurred_at': '2026-11-24T08:58:00Z' })['occurred_at']).toBe(
      '2026-11-24T08:58:00Z',
    );
    const low = broken({ 'payload.lines.0.after.compare_at': '10.00' });
    expect(inputs(low).get('fix:payload.lines.0.after.compare_at')?.optional).toBe(true);
    const fixed = repaired(low, { 'fix:payload.lines.0.after.compare_at': '' });
    expect((fixed.payload['lines'] as { after: Json }[])[0]?.after).toEqual({ price: '39.92' });
  });

  it('opens a small object that is wrong as a whole into its values', () => {
    const shown = broken({ 'payload.lines.1.rollback': { price: '45.00' } });
    expect(inputs(shown).get('fix:payload.lines.1.rollback.price')?.label).toBe('Line 2, rollback, price');
  });

  it('offers the whole export for what no single value can mend', () => {
    const shown = broken({ 'payload.channels': 'shopify', 'payload.surprise': [1], 'payload.lines': [] });
    const text = inputs(shown).get(INPUT.raw)?.initial ?? '';
    expect(JSON.parse(text)).toEqual(shown.state.raw);
    expect(repaired(shown, { [INPUT.raw]: JSON.stringify(original) })).toEqual(original);
    expect(repaired(shown, {})).toEqual(shown.state.raw);
  });

  it('says where JSON that was edited cannot be read', () => {
    const shown = broken({ 'payload.lines': [] });
    for (const text of ['{', '[]', '"x"', 'null', '']) {
      const fixes = readFixes(shown, submitted(shown, { [INPUT.raw]: text }), catalog);
      expect(fixes).toHaveProperty(['errors', INPUT.raw]);
    }
  });

  it('keeps hidden characters visible, and the value when it is not touched', () => {
    const shown = broken({ 'payload.lines.0.sku': 'LIN\u200B-SHIRT' });
    expect(inputs(shown).get('fix:payload.lines.0.sku')?.initial).toBe('LIN⟦U+200B⟧-SHIRT');
    expect(repaired(shown, {})).toEqual(shown.state.raw);
  });

  it('writes hidden characters of the whole export as escapes', () => {
    const shown = broken({ 'payload.lines': [], campaign_id: 'summer\u202E24' });
    const text = inputs(shown).get(INPUT.raw)?.initial ?? '';
    expect(text).toContain('summer\\u202e24');
    expect(repaired(shown, {})).toEqual(shown.state.raw);
  });

  it('changes nothing outside the export, whatever the names in it', () => {
    const shown = broken({ 'payload.lines': [] });
    repaired(shown, { [INPUT.raw]: '{"__proto__":{"polluted":1},"constructor":{}}' });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
