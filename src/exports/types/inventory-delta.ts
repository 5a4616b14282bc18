import { z } from 'zod';
import { duplicates, tooMany } from '../checks.ts';
import { defineExport } from '../define.ts';
import type { Json } from '../envelope.ts';
import { pause } from '../exceptions.ts';
import { Channels, Label, maybe, Sku, text, Units } from '../fields.ts';
import { canonicalSku } from '../identifiers.ts';
import { count, figure, itemName, list, short, spoken, systemNames } from '../phrases.ts';
import { error, type Problem, warning } from '../problems.ts';
import { RETRY_FAST } from '../retries.ts';
import { MINUTE_MS } from '../words.ts';

const Movement = z.int().min(-100_000_000).max(100_000_000);

const StockLine = z.strictObject({
  sku: Sku,
  title: maybe(text(200)),
  location: Label,
  /** What the sender believes is there now; null when it does not know. */
  previous: Units.nullable(),
  /** Units more or fewer. */
  delta: maybe(Movement),
  /** Units there are from now on. */
  absolute: maybe(Movement),
  /** Below this many units a person looks at it; null for the limit of the policy. */
  threshold: maybe(Units),
});
type StockLine = z.infer<typeof StockLine>;

const Payload = z.strictObject({
  reason_code: z.enum(['sale', 'receipt', 'return', 'damage', 'loss', 'count', 'transfer', 'correction']),
  note: maybe(text(300)),
  channels: Channels,
  lines: z.array(StockLine).min(1),
});
type Payload = z.infer<typeof Payload>;

type Limits = { below_threshold: number; max_jump: number };

/** Units there will be; null when the sender does not know what is there now. */
function after(line: StockLine): number | null {
  if (line.absolute !== null) return line.absolute;
  return line.previous === null || line.delta === null ? null : line.previous + line.delta;
}

function movement(line: StockLine): number | null {
  if (line.delta !== null) return line.delta;
  return line.previous === null || line.absolute === null ? null : line.absolute - line.previous;
}

function isBelow(line: StockLine, rules: Limits): boolean {
  const left = after(line);
  return left !== null && left < (line.threshold ?? rules.below_threshold);
}

function isJump(line: StockLine, rules: Limits): boolean {
  const moved = movement(line);
  return moved !== null && Math.abs(moved) > rules.max_jump;
}

function isRelative(payload: Payload): boolean {
  return payload.lines.every((line) => line.absolute === null);
}

function checkLine(line: StockLine, index: number, rules: Limits): Problem[] {
  const at = `payload.lines.${index}`;
  const { sku, location } = line;
  if ((line.delta === null) === (line.absolute === null)) {
    const message = `SKU ${sku} needs either "delta" (units more or fewer) or "absolute" (units there are). Send one of them.`;
    return [error('movement_unclear', at, message)];
  }
  const field = line.delta === null ? 'absolute' : 'delta';
  const left = after(line);
  if (left !== null && left < 0) {
    const message = `SKU ${sku} would have ${figure(left)} units at ${location}. Count it, then send the right figure.`;
    return [error('negative_stock', `${at}.${field}`, message)];
  }
  const problems: Problem[] = [];
  if (left !== null && isBelow(line, rules)) {
    const limit = line.threshold ?? rules.below_threshold;
    const message = `Only ${figure(left)} of SKU ${sku} are left at ${location}; the limit is ${figure(limit)}. Reorder or move stock.`;
    problems.push(warning('below_threshold', `${at}.${field}`, message));
  }
  const moved = movement(line);
  if (moved !== null && isJump(line, rules)) {
    const message = `SKU ${sku} moves by ${figure(moved)} units at once; the limit is ${figure(rules.max_jump)}. Check the count.`;
    problems.push(warning('jump', `${at}.${field}`, message));
  }
  return problems;
}

function signed(units: number): string {
  return units > 0 ? `+${figure(units)}` : figure(units);
}

/** Canonical SKUs of which there is some after it; one that came to an unknown level counts. */
export function leftInStock(payload: { [key: string]: Json }): readonly string[] {
  // @NOTE A revision's payload is what the schema above gave.
  const there = (payload as Payload).lines.filter((line) => (after(line) ?? line.delta ?? 0) > 0);
  return [...new Set(there.map((line) => canonicalSku(line.sku)))];
}

export const inventoryDelta = defineExport({
  name: 'inventory_delta',
  title: 'Inventory change',
  payload: Payload,
  intents: ['reconcile'],
  policy: {
    owner_role: 'supply_chain',
    sla_ms: 15 * MINUTE_MS,
    gate_is_fixed: false,
    refresh: { stock: { max_age_ms: 5 * MINUTE_MS } },
    retry: RETRY_FAST,
  },
  rules: { max_lines: 5000, below_threshold: 5, max_jump: 500 },
  gate({ payload, rules }) {
    const low = payload.lines.filter((line) => isBelow(line, rules)).length;
    const jumps = payload.lines.filter((line) => isJump(line, rules)).length;
    if (low + jumps === 0) {
      return {
        mode: 'policy',
        roles: [],
        raised: false,
        reason: 'Every level and movement is within its limits.',
      };
    }
    const causes = [
      ...(low > 0 ? [`${count(low, 'SKU')} below ${low === 1 ? 'its' : 'their'} limit`] : []),
      ...(jumps > 0 ? [`${count(jumps, 'SKU')} with an unusual jump`] : []),
    ];
    return {
      mode: 'single',
      roles: ['supply_chain'],
      raised: true,
      reason: `${list(causes)}: somebody should look.`,
    };
  },
  check({ payload, rules }) {
    const many = tooMany(payload.lines.length, rules.max_lines, 'payload.lines', 'line');
    if (many.length > 0) return many;
    const problems = [
      ...duplicates(payload.lines, 'payload.lines', (line) => `${canonicalSku(line.sku)}@${line.location}`),
      ...payload.lines.flatMap((line, index) => checkLine(line, index, rules)),
    ];
    if (!isRelative(payload) && payload.lines.some((line) => line.delta !== null)) {
      const message =
        'Some lines move stock and others set it. Send them as two exports: a newer count replaces an older one, but every movement must apply.';
      problems.push(error('mixed_movements', 'payload.lines', message));
    }
    return problems;
  },
  editable: [
    'payload.note',
    'payload.lines.*.delta',
    'payload.lines.*.absolute',
    'payload.lines.*.threshold',
  ],
  subjects: (payload) =>
    isRelative(payload)
      ? []
      : payload.lines.map((line) => `stock:${line.location}:${canonicalSku(line.sku)}`),
  card({ payload, rules }) {
    const { lines } = payload;
    const distinct = new Set(lines.map((line) => canonicalSku(line.sku))).size;
    const skus = count(distinct, 'SKU');
    // In a list of many alike, the SKU tells which this is.
    const only = distinct === 1 ? lines[0] : undefined;
    const places = [...new Set(lines.map((line) => short(line.location, 30)))];
    const where = systemNames(payload.channels);
    const net = lines.reduce((sum, line) => sum + (movement(line) ?? 0), 0);
    const low = lines.filter((line) => isBelow(line, rules)).length;
    const relative = isRelative(payload);
    return {
      headline: [
        relative ? 'Adjust stock of ' : 'Set stock of ',
        { strong: only ? short(only.sku, 40) : skus },
        ` at ${list(places)} on ${where}: ${spoken(payload.reason_code)}`,
      ],
      facts: [
        { label: 'Net change', value: [`${signed(net)} ${Math.abs(net) === 1 ? 'unit' : 'units'}`] },
        ...(low > 0 ? [{ label: 'Below limit', value: [count(low, 'SKU')] }] : []),
        { label: 'Locations', value: [list(places)] },
        ...(payload.note === null ? [] : [{ label: 'Note', value: [payload.note] }]),
      ],
      changes: lines.map((line) => {
        const left = after(line);
        const moved = movement(line);
        return {
          item: `${itemName(line)} at ${line.location}`,
          before: line.previous === null ? 'not known' : figure(line.previous),
          after: [left === null ? '' : figure(left), moved === null ? '' : `(${signed(moved)})`]
            .join(' ')
            .trim(),
        };
      }),
      totals: `${skus} at ${count(places.length, 'location')}, ${signed(net)} in all`,
      rollback: relative
        ? 'Can be undone by the opposite movement.'
        : 'Can be undone by setting the former levels.',
      effect: `This ${relative ? 'adjusts' : 'sets'} the stock of ${skus} on ${where} at once.`,
    };
  },
  operations(payload) {
    const relative = isRelative(payload);
    return [
      {
        name: relative ? 'inventory.adjust' : 'inventory.set',
        body: {
          reason_code: payload.reason_code,
          note: payload.note,
          channels: payload.channels,
          lines: payload.lines.map((line) => ({
            sku: line.sku,
            canonical_sku: canonicalSku(line.sku),
            location: line.location,
            previous: line.previous,
            ...(relative ? { delta: line.delta } : { quantity: line.absolute }),
          })),
        },
      },
    ];
  },
  exceptions: {
    location_mapping_failed: pause(
      'supply_chain',
      'high',
      'Map the location to one this system knows, then resume.',
    ),
    conflicting_write: pause(
      'supply_chain',
      'high',
      'The stock moved meanwhile. Count again and send the present figure.',
    ),
  },
});
