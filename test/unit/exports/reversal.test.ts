import { describe, expect, it } from 'vitest';
import { arrive } from '../../../src/exports/arrive.ts';
import { createCatalog } from '../../../src/exports/catalog.ts';
import type { Json } from '../../../src/exports/envelope.ts';
import type { Recorded } from '../../../src/exports/events.ts';
import { OWN_SOURCE } from '../../../src/exports/own.ts';
import { hasErrors, type Read, read } from '../../../src/exports/receive.ts';
import { reversalExport, reversalOf, touchedPayload } from '../../../src/exports/reversal.ts';
import type { Export } from '../../../src/exports/state.ts';
import { ALICE, directory, fold, guid, context as plainContext } from '../../support/core.ts';
import { fixture } from '../../support/fixtures.ts';
import { T0 } from '../../support/manual-clock.ts';
import { receivedShelf, shelves, TWELVE } from '../../support/rollout.ts';

const catalog = createCatalog();
const context = plainContext(T0, { catalog });

function understood(raw: { [key: string]: Json }, source: string): Read {
  const sinks = [{ name: 'oms', accepts: () => true }];
  return read(
    raw,
    {
      now: T0,
      catalog,
      directory,
      policies: new Map([['price_update', { routes: ['oms'], rollout: { min_lines: 2 } }]]),
      sinks,
      source: { name: source, types: null, can_refetch: false },
    },
    1,
  );
}

function sent(type: string): Export {
  const raw = fixture(type, {
    edit(each) {
      delete each['owner_id'];
    },
  });
  const from = { id: guid(1000), source: 'pim', key: 'k' };
  return fold(null, arrive(understood(raw, 'pim'), from, { open: null, newest: [] }, context).events, T0);
}

const asked = { by: ALICE, at: T0 + 5_000, key: 'rollback:1' };

function backOf(state: Export, skus: ReadonlySet<string> | null = null) {
  const back = reversalOf(state, skus, catalog);
  if (!back) throw new Error('It has no way back.');
  const raw = reversalExport(state, back, asked);
  return { back, raw, own: understood(raw, OWN_SOURCE) };
}

describe('the way back', () => {
  it.each(['promo_activation', 'price_update', 'content_package_change'])(
    'of a %s is valid and waits for nobody',
    (type) => {
      const { own } = backOf(sent(type));
      expect(own.problems.filter((problem) => problem.severity === 'error')).toEqual([]);
      expect(hasErrors(own.problems)).toBe(false);
      expect(own.revision?.policy).toMatchObject({ gate: { mode: 'policy' }, refresh: {}, rollout: null });
      expect(own.envelope?.source).toMatchObject({
        system: OWN_SOURCE,
        reverses: guid(1000),
        requested_by: ALICE,
      });
      expect(own.occurred_at).toBeGreaterThan(sent(type).occurred_at);
    },
  );

  it('waits like any other when somebody else sends it', () => {
    const { raw } = backOf(sent('price_update'));
    expect(understood(raw, 'pim').revision?.policy.gate.mode).not.toBe('policy');
  });

  it('ends a promo with the prices that it said it would put back', () => {
    const state = sent('promo_activation');
    const { back } = backOf(state);
    const before = (state.revision?.payload['lines'] as { after: Json; rollback: Json }[]) ?? [];
    const lines = back.payload['lines'] as { before: Json; after: Json }[];
    expect(back.payload['action']).toBe('end');
    expect(lines.map((line) => [line.before, line.after])).toEqual(
      before.map((line) => [line.after, line.rollback]),
    );
    expect(
      reversalOf(
        { ...state, revision: state.revision && { ...state.revision, payload: back.payload } },
        null,
        catalog,
      ),
    ).toBeNull();
  });

  it('takes only the SKUs that are named, by their canonical form', () => {
    const { back } = backOf(sent('price_update'), new Set(['MUG-STONE-350']));
    expect(back.payload['lines']).toEqual([
      expect.objectContaining({ sku: 'MUG-STONE-350', old_price: '13.50', new_price: '12.90' }),
    ]);
  });

  it('puts back only the content that was changed', () => {
    const state = sent('content_package_change');
    const again = backOf(state).back.payload['lines'] as { content: { before: Json; after: Json } | null }[];
    const first = state.revision?.payload['lines'] as {
      content: { before: Record<string, Json>; after: Record<string, Json> } | null;
    }[];
    for (const [n, line] of first.entries()) {
      if (!line.content) continue;
      expect(again[n]?.content?.before).toEqual(line.content.after);
      for (const [field, value] of Object.entries((again[n]?.content?.after ?? {}) as Record<string, Json>)) {
        expect(value).toEqual(line.content.after[field] === null ? null : line.content.before[field]);
      }
    }
  });

  it.each(['inventory_delta', 'live_publish', 'return_initiate', 'exception_notify'])(
    'of a %s does not exist',
    (type) => {
      expect(reversalOf(sent(type), null, catalog)).toBeNull();
    },
  );

  it('is an export of its own, also while the one it undoes is open', () => {
    const state = sent('promo_activation');
    const { own } = backOf(state);
    const from = { id: guid(2000), source: OWN_SOURCE, key: asked.key };
    const known = { open: state, newest: [{ export_id: state.id, occurred_at: state.occurred_at }] };
    expect(arrive(own, from, known, context)).toMatchObject({ export_id: guid(2000) });
  });
});

describe('what stages have touched', () => {
  it('is what the latest revision sent of each SKU, and what earlier ones sent further', () => {
    const start = receivedShelf();
    const { source, requester, idempotency_key, occurred_at, raw, revision, refresh, problems, route } =
      start;
    const outcome = 'pending' as const;
    const shape = {
      source,
      requester,
      idempotency_key,
      occurred_at,
      raw,
      revision,
      refresh,
      problems,
      route,
    };
    const stages = [10, 50, 100].map((percent) => ({ percent, skus: 1 }));
    const begun = {
      type: 'rollout_stage_begun',
      stages,
      accept_ms: 0,
      reversible: true,
      by: null,
      pushes: [],
    } as const;
    const lines = TWELVE.slice(1).map((sku) => ({ sku, old: 1, now: 3 }));
    const second = revision && { ...revision, number: 2, payload: { ...revision.payload, lines } };
    if (!second) throw new Error('It has values.');
    const events: Recorded['event'][] = [
      { type: 'received', outcome, ...shape, newer: null },
      { ...begun, stage: 1 },
      { ...begun, stage: 2 },
      { type: 'revised', reference: 'R-2', raw, revision: second, refresh, occurred_at, problems, route },
      { ...begun, stage: 1 },
    ];
    const history = events.map((event, n) => ({ export_id: start.id, n: n + 1, at: T0, event }));
    const touched = touchedPayload(start.id, history)?.['lines'] as { sku: string; now: number }[];
    expect(touched.map(({ sku, now }) => [sku, now])).toEqual(
      TWELVE.slice(0, 6).map((sku, n) => [sku, n === 1 ? 3 : 2]),
    );
    expect(touchedPayload(start.id, history.slice(0, 1))).toBeNull();
    expect(shelves.get('shelf')).toBeDefined();
  });
});
