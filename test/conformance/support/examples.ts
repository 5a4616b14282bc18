import type { Json } from '../../../src/exports/envelope.ts';
import { isObject, parts, resolved } from './schemas.ts';
import type { JsonObject } from './specs.ts';

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-11-24T08:00:00.000Z',
  date: '2026-11-24',
  email: 'someone@example.com',
  uri: 'https://example.com/one',
  url: 'https://example.com/one',
  uuid: '01930000-0000-4000-8000-000000000001',
};

/** Texts that fit the patterns of identifiers, times and places in these specifications. */
const FITTING = ['se-1', ...Object.values(FORMATS), '12345678901', '12345', 'NY', 'US', 'A', '1'];

function aString({ format, minLength, maxLength, pattern }: JsonObject): string {
  const formatted = typeof format === 'string' ? FORMATS[format] : undefined;
  if (typeof pattern === 'string') {
    // oxlint-disable-next-line require-unicode-regexp -- the specifications' patterns are not written for it
    const expression = new RegExp(pattern);
    const fitting = [formatted ?? 'text', ...FITTING].find((one) => expression.test(one));
    if (fitting !== undefined) return fitting;
  }
  if (formatted !== undefined) return formatted;
  const least = typeof minLength === 'number' ? minLength : 0;
  return 'text'.padEnd(least, 'x').slice(0, typeof maxLength === 'number' ? maxLength : undefined);
}

/** The first of the examples a node shows. */
function shown(node: JsonObject): Json | undefined {
  if (node['example'] !== undefined) return node['example'];
  const { examples } = node;
  if (Array.isArray(examples)) return examples[0];
  const first = isObject(examples) ? Object.values(examples)[0] : undefined;
  return isObject(first) && first['value'] !== undefined ? first['value'] : undefined;
}

function toldBy(node: JsonObject): Json | undefined {
  return shown(node) ?? node['const'] ?? (Array.isArray(node['enum']) ? node['enum'][0] : node['default']);
}

/** A value of this schema: its own example, else its first allowed value, else one made up of its parts. */
export function sample(document: JsonObject, schema: Json | undefined, depth = 0): Json {
  const own = resolved(document, schema);
  const told = toldBy(own);
  if (told !== undefined && told !== null) return told;
  // One branch of an alternative is enough; all of a conjunction.
  const alternatives = own['anyOf'] ?? own['oneOf'];
  const branch = Array.isArray(alternatives) ? alternatives[0] : undefined;
  const all = [
    ...parts(document, { allOf: own['allOf'] ?? [] }),
    ...(branch === undefined ? [] : parts(document, branch)),
    own,
  ];
  const properties = all.flatMap((part) =>
    isObject(part['properties']) ? Object.entries(part['properties']) : [],
  );
  const inherited = properties.length === 0 ? all.map(toldBy).find((one) => one !== undefined) : undefined;
  if (inherited !== undefined && inherited !== null) return inherited;
  const type = all.map((part) => part['type']).find((one) => one !== undefined);
  const types = Array.isArray(type) ? type : [type];
  if (properties.length > 0 || types.includes('object')) {
    if (depth > 8) return {};
    return Object.fromEntries(properties.map(([name, one]) => [name, sample(document, one, depth + 1)]));
  }
  if (types.includes('array')) return depth > 8 ? [] : [sample(document, own['items'], depth + 1)];
  if (types.includes('integer') || types.includes('number'))
    return typeof own['minimum'] === 'number' ? own['minimum'] : 1;
  if (types.includes('boolean')) return true;
  if (types.includes('string')) return aString(all.find((part) => part['type'] === type) ?? own);
  if (branch !== undefined && depth < 9) return sample(document, branch, depth + 1);
  return null;
}

/** What a media type of a specification shows for an answer: its example, else one of its schema. */
export function exampleOf(document: JsonObject, media: JsonObject): Json {
  return shown(media) ?? sample(document, media['schema']);
}
