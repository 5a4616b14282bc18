import { type FieldNode, Kind, parse, type SelectionNode } from 'graphql';
import { expect, it } from 'vitest';
import * as queries from '../../../src/sinks/shopify/queries.ts';

/** Shopify refuses a single query that may cost more, whatever is left of the budget. */
const MOST = 1_000;
const WRAPPERS = new Set(['nodes', 'pageInfo']);

function timesOf(field: FieldNode): number {
  for (const { name, value } of field.arguments ?? []) {
    if (name.value === 'first' && value.kind === Kind.INT) return Number(value.value);
    // As many as the sink asks for at once.
    if (name.value === 'ids') return 100;
  }
  return 1;
}

/** The dearest it can be: one point an object, for as many as a list may hold. */
function costOf(selections: readonly SelectionNode[]): number {
  return selections.reduce((sum, selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return sum;
    const inner = costOf(selection.selectionSet?.selections ?? []);
    if (selection.kind === Kind.INLINE_FRAGMENT) return sum + inner;
    if (!selection.selectionSet) return sum;
    const times = timesOf(selection);
    const wrapper = WRAPPERS.has(selection.name.value) && times === 1;
    return sum + (wrapper ? inner : times * (1 + inner));
  }, 0);
}

it.each(Object.values(queries).map((query) => [query.name, query] as const))(
  '%s stays under the cost of one query',
  (_, { text }) => {
    const [operation] = parse(text).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('It is no operation.');
    expect(costOf(operation.selectionSet.selections)).toBeLessThan(MOST);
  },
);
