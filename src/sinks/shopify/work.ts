import { z } from 'zod';
import type { Json } from '../../exports/envelope.ts';
import type { Facts, Found, PushRequest, SinkOutcome } from '../port.ts';
import { failed, Stopped } from '../shared/ending.ts';
import type { Client } from './client.ts';
import type { Document } from './document.ts';
import { codeOf, type Family, meaningOf, type UserError, wordsOf } from './errors.ts';
import type { ShopifySettings } from './settings.ts';

/** One attempt at a push. */
export type Work = {
  request: PushRequest;
  settings: ShopifySettings;
  client: Client;
  /** UTC, ms. */
  now: () => number;
  /** False once the attempt has run so long that the rest is left to the next one. */
  inTime: () => boolean;
};

/** How one operation of ours is carried out. Both may throw a `Stopped`. */
export type Operation = {
  push(work: Work): Promise<SinkOutcome>;
  /** `absent` also where sending again makes no second effect. */
  reconcile(work: Work): Promise<Found>;
};

/** A line that Shopify, or the sink itself, will not take. */
export type Refused = { sku: string; code: string; message: string };

/** Where an attempt goes on: what is read first, then what is written. */
export type Cursor = { phase: 'read' | 'write'; at: number };

export function cursorOf(request: PushRequest): Cursor {
  const [phase, at] = (request.cursor ?? 'read:0').split(':');
  const place = Number(at);
  return { phase: phase === 'write' ? 'write' : 'read', at: Number.isSafeInteger(place) ? place : 0 };
}

/**
 * Begins the writing part in an attempt of its own, so that what stood before is in the ledger by then:
 * after a lost answer it could be read no more.
 */
export function goOn(at: Cursor, facts: Facts): SinkOutcome {
  return { kind: 'partial', cursor: `${at.phase}:${String(at.at)}`, facts };
}

/** The operation's body. Throws a `Stopped` when it has not the form this sink knows. */
export function bodyOf<Schema extends z.ZodType>(schema: Schema, request: PushRequest): z.infer<Schema> {
  const read = schema.safeParse(request.body);
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join('.') ?? '';
  throw new Stopped(
    failed('contract_mapping_error', `The sink cannot read "${where}" of ${request.operation}.`),
  );
}

/** A map among the facts of earlier attempts; empty when there is none of this form. */
export function told<Schema extends z.ZodType>(
  request: PushRequest,
  name: string,
  value: Schema,
): Record<string, z.infer<Schema>> {
  const read = z.record(z.string(), value).safeParse(request.facts[name]);
  return read.success ? read.data : {};
}

export const RefusedFact = z.object({ code: z.string(), message: z.string() });

export type Changed<R> = { ok: true; result: R } | { ok: false; code: string; message: string };

/** Why a mutation's result is none, or null. Throws a `Stopped` where the cause is the call, not its values. */
export function refusalOf(
  errors: readonly UserError[],
  family: Family,
  client: Client,
): { code: string; message: string } | null {
  const [first] = errors;
  if (first === undefined) return null;
  const message = wordsOf(errors, client.redact);
  switch (meaningOf(errors)) {
    case 'retry':
      throw new Stopped({ kind: 'retry', after_ms: null, cause: message });
    case 'unknown':
      throw new Stopped({ kind: 'unknown', cause: message });
    case 'new_key':
    case null:
      return { code: codeOf(family, first), message };
  }
}

/** Makes one change and reads its `userErrors`. */
export async function change<R extends { userErrors: readonly UserError[] }>(
  client: Client,
  document: Document<{ result: R }>,
  variables: { readonly [name: string]: Json },
  family: Family,
): Promise<Changed<R>> {
  const { result } = await client.ask(document, variables);
  const refused = refusalOf(result.userErrors, family, client);
  return refused ? { ok: false, ...refused } : { ok: true, result };
}

/** As `change`, where a refusal ends the push. */
export async function mustChange<R extends { userErrors: readonly UserError[] }>(
  client: Client,
  document: Document<{ result: R }>,
  variables: { readonly [name: string]: Json },
  family: Family,
): Promise<R> {
  const changed = await change(client, document, variables, family);
  if (changed.ok) return changed.result;
  throw new Stopped(failed(changed.code, changed.message));
}

/** The end of a push some of whose lines may have been refused. `lines` counts all of them. */
export function conclude(
  refused: readonly Refused[],
  lines: number,
  done: Extract<SinkOutcome, { kind: 'delivered' }>,
): SinkOutcome {
  const [first] = refused;
  if (first === undefined) return done;
  const oneCause = refused.every(({ code }) => code === first.code);
  const code = refused.length >= lines && oneCause ? first.code : 'partial_failure';
  const skus = refused.map(({ sku }) => sku);
  const some = `${skus.slice(0, 5).join(', ')}${skus.length > 5 ? ' and others' : ''}`;
  const message = `Shopify took ${String(lines - refused.length)} of ${String(lines)} lines, not ${some}: ${first.message}`;
  return failed(code, message, { lines: refused.map((line) => ({ ...line })), skus });
}
