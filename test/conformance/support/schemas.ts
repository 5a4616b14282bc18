import type { Json } from '../../../src/exports/envelope.ts';
import type { JsonObject } from './specs.ts';

/** Which way a body goes: fields the far side alone writes are not required of a request, and the other way round. */
export type Direction = 'request' | 'answer';

/** What a system does not enforce although its schema says so: fields by the name of a component schema. */
export type Overlay = Readonly<Record<string, readonly string[]>>;

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text of the document; empty when there is none. */
export const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** What a pointer within the document (`#/components/schemas/x`) stands for; undefined when it points nowhere. */
export function follow(document: JsonObject, pointer: string): Json | undefined {
  const steps = pointer
    .replace(/^#\/?/u, '')
    .split('/')
    .filter((step) => step !== '');
  let at: Json | undefined = document;
  for (const step of steps) {
    const name = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(at)) at = at[Number(name)];
    else at = isObject(at) ? at[name] : undefined;
  }
  return at;
}

/** The node itself, its reference followed. */
export function resolved(document: JsonObject, node: Json | undefined): JsonObject {
  let at = node;
  for (let hops = 0; hops < 50 && isObject(at) && typeof at['$ref'] === 'string'; hops += 1)
    at = follow(document, at['$ref']);
  return isObject(at) ? at : {};
}

const strings = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

/** Every part that a schema is composed of, itself included, references followed. */
export function parts(document: JsonObject, schema: Json | undefined, seen = new Set<Json>()): JsonObject[] {
  const node = resolved(document, schema);
  if (seen.has(node)) return [];
  seen.add(node);
  const below = ['allOf', 'anyOf', 'oneOf'].flatMap((name) => node[name] ?? []);
  return [node, ...below.flatMap((one) => parts(document, one, seen))];
}

/** Whether a property, in whichever part of a schema it is declared, goes only the other way. */
function goesTheOtherWay(
  document: JsonObject,
  root: JsonObject,
  name: string,
  direction: Direction,
): boolean {
  const flag = direction === 'request' ? 'readOnly' : 'writeOnly';
  return parts(document, root).some((part) => {
    const properties = part['properties'];
    const property = isObject(properties) ? properties[name] : undefined;
    return parts(document, property).some((one) => one[flag] === true);
  });
}

/** One schema node repaired; what lies below it is repaired by the walk. */
function repair(document: JsonObject, node: JsonObject, direction: Direction): JsonObject {
  const fixed: JsonObject = { ...node };
  // Unsatisfiable within a composition, where every branch refuses what the others declare; what none
  // of them declares is told by `undeclared`.
  if (fixed['additionalProperties'] === false) delete fixed['additionalProperties'];
  // Branches overlap or are the same in these specifications: one that fits is enough.
  if (Array.isArray(fixed['oneOf']) && !Array.isArray(fixed['anyOf'])) {
    fixed['anyOf'] = fixed['oneOf'];
    delete fixed['oneOf'];
  }
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof fixed[flag] !== 'boolean') continue;
    const limit = fixed[bound];
    const exclusive = fixed[flag];
    delete fixed[flag];
    if (!exclusive || limit === undefined) continue;
    fixed[flag] = limit;
    delete fixed[bound];
  }
  const required = strings(fixed['required']);
  if (Array.isArray(fixed['required']) || typeof fixed['required'] === 'boolean') delete fixed['required'];
  const kept = required.filter((name) => !goesTheOtherWay(document, node, name, direction));
  if (kept.length > 0) fixed['required'] = [...new Set(kept)];
  return fixed;
}

const nullable = (node: JsonObject) => node['nullable'] === true || node['x-nullable'] === true;

/** Keywords under which a name stands for a schema and not for a keyword. */
const NAMED = new Set(['properties', 'patternProperties', 'definitions', '$defs', 'schemas']);
/** What is shown, not said. */
const SHOWN = new Set(['example', 'examples', 'default', 'enum', 'const', 'x-code-samples']);

/**
 * The document as AJV can take it, for one direction: repaired as ../shared/specs/README.md says
 * (compositions beside `additionalProperties`, read-only fields required of requests, boolean bounds,
 * `nullable` without `type`, overlapping `oneOf`), and with the overlay's fields not required.
 */
export function repaired(document: JsonObject, direction: Direction, overlay: Overlay): JsonObject {
  const walk = (node: Json, names: boolean): Json => {
    if (Array.isArray(node)) return node.map((one) => walk(one, false));
    if (!isObject(node)) return node;
    if (names) return Object.fromEntries(Object.entries(node).map(([name, one]) => [name, walk(one, false)]));
    const { nullable: _, ...fixed } = repair(document, node, direction);
    const below = Object.entries(fixed).map(([name, one]): [string, Json] => [
      name,
      SHOWN.has(name) ? one : walk(one, NAMED.has(name)),
    ]);
    const whole = Object.fromEntries(below);
    return nullable(node) ? { anyOf: [whole, { type: 'null' }] } : whole;
  };
  const done = walk(document, false);
  const whole = isObject(done) ? done : {};
  for (const [name, fields] of Object.entries(direction === 'request' ? overlay : {}))
    for (const part of parts(whole, follow(whole, `#/components/schemas/${name}`)))
      if (Array.isArray(part['required']))
        part['required'] = strings(part['required']).filter((field) => !fields.includes(field));
  return whole;
}

/** Fields of a body that no part of its schema declares: misspelled ones, most of the time. */
export function undeclared(
  document: JsonObject,
  schema: Json | undefined,
  value: Json,
  at = 'body',
): string[] {
  const all = parts(document, schema);
  if (Array.isArray(value)) {
    const items = all.find((part) => part['items'] !== undefined)?.['items'];
    return items === undefined
      ? []
      : value.flatMap((one, index) => undeclared(document, items, one, `${at}/${String(index)}`));
  }
  if (!isObject(value)) return [];
  const declared = all.map((part) => part['properties']).filter(isObject);
  const open = all.some(
    (part) => part['additionalProperties'] !== undefined && part['additionalProperties'] !== false,
  );
  if (open || declared.length === 0) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    const schemas = declared.map((properties) => properties[name]).filter((each) => each !== undefined);
    if (schemas.length === 0) return [`${at}/${name} is not declared by the specification`];
    return undeclared(document, { allOf: schemas }, one, `${at}/${name}`);
  });
}
