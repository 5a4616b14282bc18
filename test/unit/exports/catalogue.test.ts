import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Catalogue,
  type CatalogueEvent,
  evolveCatalogue,
  keyOf,
  replayCatalogue,
} from '../../../src/exports/catalogue.ts';
import {
  type CatalogueCommand,
  type CatalogueView,
  decideCatalogue,
  faultsOf,
} from '../../../src/exports/catalogue-decide.ts';
import { isRefusal, sentence } from '../../../src/exports/refusals.ts';
import { ALICE, BOB, CAROL, directory, GONE } from '../../support/core.ts';

const systems = new Set(['oms', 'shop']);
const context = { directory, systems };
const EMPTY: Catalogue = new Map();

const viewOf = (names: Catalogue): CatalogueView => ({
  aliasOf: (system, sku) => names.get(keyOf(system, sku))?.alias ?? null,
  skuBehind: (system, alias) =>
    [...names.values()].find((each) => each.system === system && each.alias === alias)?.sku ?? null,
});

const made = (names: Catalogue, command: CatalogueCommand) =>
  decideCatalogue(viewOf(names), command, context);

function after(names: Catalogue, command: CatalogueCommand): Catalogue {
  const decision = made(names, command);
  if (isRefusal(decision)) throw new Error(sentence(decision));
  return decision.events.reduce((now, event) => evolveCatalogue(now, event, 1), names);
}

const map = (sku: string, alias: string, by = BOB, system = 'oms'): CatalogueCommand => ({
  do: 'map_skus',
  by,
  aliases: [{ system, sku, alias }],
});

const refusedAs = (names: Catalogue, command: CatalogueCommand) => {
  const decision = made(names, command);
  return isRefusal(decision) ? decision.refused : null;
};

describe('what another system calls a SKU', () => {
  it('is kept under the canonical form of ours, and exactly as the other writes it', () => {
    const names = after(EMPTY, map(' ab–1 ', ' oms-001/a '));
    expect([...names.values()]).toEqual([{ system: 'oms', sku: 'AB-1', alias: 'oms-001/a', at: 1 }]);
  });

  it('belongs to one SKU in a system, and may be used again in another', () => {
    const names = after(EMPTY, map('A', 'X'));
    expect(refusedAs(names, map('B', 'X'))).toBe('alias_taken');
    expect(refusedAs(names, map('B', 'x'))).toBeNull();
    expect(refusedAs(names, map('B', 'X', BOB, 'shop'))).toBeNull();
  });

  it('can be traded between two SKUs in one go', () => {
    const names = after(after(EMPTY, map('A', 'X')), map('B', 'Y'));
    const aliases = [
      { system: 'oms', sku: 'A', alias: 'Y' },
      { system: 'oms', sku: 'B', alias: 'X' },
    ];
    const traded = after(names, { do: 'import_skus', aliases });
    expect(viewOf(traded).aliasOf('oms', 'A')).toBe('Y');
    expect(viewOf(traded).aliasOf('oms', 'B')).toBe('X');
  });

  it.each([
    ['nothing', 'A', ' '],
    ['a control character', 'A', 'X\u0007Y'],
    ['a direction mark', 'A', 'X\u202eY'],
    ['a zero-width space', 'A', 'X\u200bY'],
    ['a line end', 'A', 'X\nY'],
    ['too many characters', 'A', 'X'.repeat(256)],
    ['no SKU of ours', '', 'X'],
  ])('is no %s', (_what, sku, alias) => {
    expect(refusedAs(EMPTY, map(sku, alias))).toBe('alias_unusable');
  });

  it('is for sinks that there are', () => {
    const decision = made(EMPTY, map('A', 'X', BOB, 'nowhere'));
    expect(isRefusal(decision) && sentence(decision)).toMatch(/no sink with this name. Known: oms, shop/);
  });

  it('is said by merchandising and by operators, and by nobody else', () => {
    expect(refusedAs(EMPTY, map('A', 'X', BOB))).toBeNull();
    expect(refusedAs(EMPTY, map('A', 'X', CAROL))).toBeNull();
    expect(refusedAs(EMPTY, map('A', 'X', ALICE))).toBe('not_yours_to_change');
    expect(refusedAs(EMPTY, map('A', 'X', GONE))).toBe('inactive_person');
    expect(refusedAs(EMPTY, map('A', 'X', 'nobody'))).toBe('unknown_person');
  });

  it('is taken back by an empty name in an import, and is then free', () => {
    const names = after(EMPTY, map('A', 'X'));
    const aliases = [
      { system: 'oms', sku: 'a', alias: ' ' },
      { system: 'oms', sku: 'B', alias: 'X' },
      { system: 'shop', sku: 'B', alias: '' },
    ];
    const now = after(names, { do: 'import_skus', aliases });
    expect([...now.values()].map(({ sku, alias }) => [sku, alias])).toEqual([['B', 'X']]);
  });

  it('tells all faults of a list, each with its place', () => {
    const list = [
      { system: 'oms', sku: 'A', alias: 'X' },
      { system: 'oms', sku: 'B', alias: 'X' },
      { system: 'oms', sku: 'A', alias: 'Z' },
      { system: 'there', sku: 'C', alias: 'W' },
    ];
    expect(faultsOf(viewOf(EMPTY), list, systems).map(({ index }) => index)).toEqual([1, 2, 3]);
  });
});

const alias = fc.record({
  system: fc.constantFrom('oms', 'shop', 'nowhere'),
  sku: fc.constantFrom('A', 'a', 'B', 'C', 'ﬀ', ''),
  alias: fc.constantFrom('X', 'Y', 'Z', 'x', '\u0000', ''),
});
const command: fc.Arbitrary<CatalogueCommand> = fc.oneof(
  fc.record({
    do: fc.constant('map_skus' as const),
    by: fc.constantFrom(BOB, CAROL, ALICE),
    aliases: fc.array(alias, { maxLength: 4 }),
  }),
  fc.record({ do: fc.constant('import_skus' as const), aliases: fc.array(alias, { maxLength: 4 }) }),
);

describe('whatever is asked', () => {
  it('no name ever stands for two SKUs of a system, and replay gives the same names', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        let names: Catalogue = EMPTY;
        const events: { at: number; event: CatalogueEvent }[] = [];
        for (const [at, each] of commands.entries()) {
          const decision = made(names, each);
          expect(made(names, each)).toEqual(decision);
          if (isRefusal(decision)) continue;
          for (const event of decision.events) {
            names = evolveCatalogue(names, event, at);
            events.push({ at, event });
          }
          const held = [...names.values()].map(({ system, alias }) => `${system} ${alias}`);
          expect(new Set(held).size).toBe(held.length);
        }
        expect(replayCatalogue(events)).toEqual(names);
      }),
    );
  });
});
