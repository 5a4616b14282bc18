import type { Json } from '../../../src/exports/envelope.ts';
import { escaped, mediaOf, type Operation, pointerOf } from './operations.ts';
import { follow, isObject, resolved, textOf, undeclared } from './schemas.ts';
import type { JsonObject } from './specs.ts';
import type { ProblemsOf } from './validators.ts';

/** A request as it arrived at a server; `path` may carry its query, and the names of headers are in lower case. */
export type SpecRequest = {
  method: string;
  path: string;
  query?: Readonly<Record<string, string | readonly string[]>>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
};

type Against = { document: JsonObject; problemsOf: ProblemsOf };

/** Parameters of an operation: those of its path, then its own, which win. */
function parametersOf(document: JsonObject, operation: Operation) {
  const pathPointer = operation.pointer.replace(/\/[a-z]+$/u, '');
  const all = [pathPointer, operation.pointer].flatMap((above) => {
    const list = follow(document, `${above}/parameters`);
    return (Array.isArray(list) ? list : []).map((one, index) => ({
      node: resolved(document, one),
      schema: `${pointerOf(document, `${above}/parameters/${String(index)}`)}/schema`,
    }));
  });
  return [
    ...new Map(all.map((one) => [`${textOf(one.node['in'])} ${textOf(one.node['name'])}`, one])).values(),
  ];
}

/** A parameter is text: it is read as its schema wants it. */
function coerced(document: JsonObject, schema: JsonObject, written: string | readonly string[]): Json {
  const first = typeof written === 'string' ? written : (written[0] ?? '');
  const types = [schema['type']].flat();
  if (types.includes('array')) {
    const many = [written].flat().flatMap((one) => one.split(','));
    const items = resolved(document, schema['items']);
    return many.map((one) => coerced(document, items, one));
  }
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+(?:\.\d+)?$/u.test(first))
    return Number(first);
  if (types.includes('boolean') && /^(?:true|false)$/u.test(first)) return first === 'true';
  return first;
}

function parameterProblems(
  { document, problemsOf }: Against,
  operation: Operation,
  request: SpecRequest,
  path: RegExpExecArray,
): string[] {
  const url = new URL(request.path, 'http://spec.invalid');
  const query: Record<string, string | readonly string[]> = { ...request.query };
  for (const name of url.searchParams.keys())
    query[name.replace(/\[\]$/u, '')] = url.searchParams.getAll(name);
  const parameters = parametersOf(document, operation);
  const declared = new Set(
    parameters.filter(({ node }) => node['in'] === 'query').map(({ node }) => textOf(node['name'])),
  );
  const unknown = Object.keys(query)
    .filter((name) => !declared.has(name))
    .map((name) => `query ${name} is not declared by the specification`);
  const wrong = parameters.flatMap(({ node, schema }) => {
    const name = textOf(node['name']);
    const where = textOf(node['in']);
    const segment = path[operation.names.indexOf(name) + 1];
    const places: Record<string, string | readonly string[] | undefined> = {
      path: segment === undefined ? undefined : decodeURIComponent(segment),
      query: query[name],
      header: request.headers[name.toLowerCase()],
    };
    const given = places[where];
    if (given === undefined) return node['required'] === true ? [`${where} ${name} is missing`] : [];
    if (where === 'header' || node['schema'] === undefined) return [];
    const value = coerced(document, resolved(document, node['schema']), given);
    return problemsOf('request', schema, value, `${where} ${name}`);
  });
  return [...unknown, ...wrong];
}

/** Only that a credential of a declared kind is there: the specification says nothing of its value. */
function securityProblems({ document }: Against, operation: Operation, request: SpecRequest): string[] {
  const asked = operation.node['security'] ?? document['security'];
  if (!Array.isArray(asked) || asked.length === 0) return [];
  const schemes = resolved(document, resolved(document, document['components'])['securitySchemes']);
  const met = asked.filter(isObject).some((one) =>
    Object.keys(one).every((name) => {
      const scheme = resolved(document, schemes[name]);
      const header = scheme['type'] === 'apiKey' ? textOf(scheme['name']).toLowerCase() : 'authorization';
      return request.headers[header] !== undefined;
    }),
  );
  return met ? [] : ['no credential of a declared kind is sent'];
}

function bodyProblems(
  { document, problemsOf }: Against,
  operation: Operation,
  request: SpecRequest,
): string[] {
  const declared = operation.node['requestBody'];
  if (declared === undefined) return request.body === '' ? [] : ['a body is sent where none is specified'];
  const spec = resolved(document, declared);
  // Not marked required by some who require it: an empty body passes only where it is said to be optional.
  if (request.body === '') return spec['required'] === false ? [] : ['the body is missing'];
  const type = String(request.headers['content-type'] ?? '');
  const media = mediaOf(spec['content'], type);
  if (!media) return [`the content type "${type}" is not declared by the specification`];
  const value = type.includes('urlencoded')
    ? Object.fromEntries(new URLSearchParams(request.body))
    : parseJson(request.body);
  if (value === undefined) return ['the body is no JSON'];
  const pointer = `${pointerOf(document, `${operation.pointer}/requestBody`)}/content/${escaped(media[0])}/schema`;
  return [
    ...problemsOf('request', pointer, value, 'body'),
    ...undeclared(document, media[1]['schema'], value),
  ];
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Every way in which a request is not as its operation specifies. */
export function requestProblems(
  against: Against,
  operation: Operation,
  request: SpecRequest,
  path: RegExpExecArray,
): string[] {
  return [
    ...securityProblems(against, operation, request),
    ...parameterProblems(against, operation, request, path),
    ...bodyProblems(against, operation, request),
  ];
}
