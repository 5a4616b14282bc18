import { z } from 'zod';
import type { Json } from '../exports/envelope.ts';
import { REFUSALS, type RefusalCode } from '../exports/refusals.ts';
import { PROBLEM_TYPE, TRANSPORT, type TransportCode } from './problems.ts';

export type Doc = { [key: string]: Json };

/** `$ref`s into zod's own bundle become references among the components, named with the prefix. */
function relinked(value: unknown, prefix: string): Json {
  if (Array.isArray(value)) return value.map((item) => relinked(item, prefix));
  if (value === null || typeof value !== 'object') return value as Json;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '$schema' && key !== '$id')
      .map(([key, inner]: [string, unknown]) =>
        key === '$ref' && typeof inner === 'string'
          ? [key, inner.replace('__shared#/$defs/', prefix)]
          : [key, relinked(inner, prefix)],
      ),
  );
}

export function componentsOf(schemas: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Doc {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema.clone(), { id });
  const prefix = `${io}_`;
  const bundle = z.toJSONSchema(registry, {
    io,
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  });
  const { __shared: shared, ...own } = bundle.schemas as Record<string, { $defs?: Record<string, unknown> }>;
  const parts = Object.entries(shared?.$defs ?? {}).map(([name, def]) => [
    `${prefix}${name}`,
    relinked(def, prefix),
  ]);
  return Object.fromEntries([
    ...Object.entries(own).map(([name, def]) => [name, relinked(def, prefix)]),
    ...parts,
  ]);
}

export const ref = (name: string): Doc => ({ $ref: `#/components/schemas/${name}` });

export const json = (schema: Doc, description: string): Doc => ({
  description,
  content: { 'application/json': { schema } },
});

/** Refusals with one status share one response: OpenAPI has one description for each status. */
export function problems(codes: readonly (RefusalCode | TransportCode)[]): Doc {
  const table: Readonly<Record<string, { http: number; text: string }>> = { ...REFUSALS, ...TRANSPORT };
  const byStatus = Map.groupBy(codes, (code) => String(table[code]?.http));
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([status, some]) => [
        status,
        {
          description: some.map((code) => `\`${code}\`: ${table[code]?.text}`).join('\n\n'),
          content: { [PROBLEM_TYPE]: { schema: ref('Problem') } },
          ...(status === '429' || status === '503'
            ? { headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds.' } } }
            : {}),
        },
      ]),
  );
}

export function parameters(schema: z.ZodObject): Json[] {
  const { properties } = relinked(z.toJSONSchema(schema, { io: 'input' }), '') as {
    properties: Record<string, Json>;
  };
  return Object.entries(properties).map(([name, property]) => ({ name, in: 'query', schema: property }));
}

export const signature = (header: 'Meshline-Source' | 'Meshline-Sink', whose: string): Json[] => [
  { name: header, in: 'header', required: true, schema: { type: 'string' }, description: whose },
  {
    name: 'webhook-id',
    in: 'header',
    required: true,
    schema: { type: 'string', maxLength: 200 },
    description: 'Unique for each delivery, and the same for its retries.',
  },
  {
    name: 'webhook-timestamp',
    in: 'header',
    required: true,
    schema: { type: 'string' },
    description: 'Seconds since 1970, within five minutes of now.',
  },
];

export const ID: Doc = { name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };

export const SIGNED = [{ standardWebhooks: [] }];
export const READER = [{ bearer: [] }];
export const READ_PROBLEMS = ['no_token', 'scope_missing', 'internal'] as const;
export const INTAKE_PROBLEMS = [
  'bad_request',
  'bad_signature',
  'replayed',
  'request_timeout',
  'too_large',
  'unsupported_media_type',
  'too_many_requests',
  'internal',
  'unavailable',
] as const;

export const HOOK_PROBLEMS = INTAKE_PROBLEMS.map((code) =>
  code === 'bad_signature' ? 'hook_not_genuine' : code,
);
