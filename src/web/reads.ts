import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { plainWords } from '../exports/plain-words.ts';
import { refuse } from '../exports/refusals.ts';
import { Status } from '../exports/words.ts';
import type { ExportFilter } from '../store/port.ts';
import type { SourceAccess, WebDeps } from './deps.ts';
import { badShape, type Problem, problemOf, sendProblem, transportProblem } from './problems.ts';
import { eventView, exportView, summaryView } from './views.ts';

const Word = z.string().min(1).max(200);

/** What `GET /v1/exports` can be narrowed by. `before` is the `next` of the page before. */
export const ExportQuery = z.strictObject({
  state: Status.optional(),
  export_type: Word.optional(),
  owner: Word.optional(),
  source: Word.optional(),
  campaign_id: Word.optional(),
  before: z.guid().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ExportQuery = z.infer<typeof ExportQuery>;

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Digests by source, made once: tokens are compared in constant time, whatever their length. */
export function createReaders(sources: ReadonlyMap<string, SourceAccess>) {
  const known = [...sources.values()].flatMap(({ tokens, scopes }) =>
    tokens.map((token) => ({ digest: digest(token), scopes })),
  );
  return (authorization: string | undefined, scope: string): Problem | null => {
    const [, token] = /^Bearer ([\x21-\x7e]{1,500})$/i.exec(authorization ?? '') ?? [];
    if (token === undefined) return transportProblem('no_token');
    const given = digest(token);
    const matches = known.filter((each) => timingSafeEqual(each.digest, given));
    if (matches.length === 0) return transportProblem('no_token');
    return matches.some((each) => each.scopes.includes(scope)) ? null : transportProblem('scope_missing');
  };
}

/** Lists, one export, its events: for bearer tokens with the scope `exports:read`. */
export function registerReads(app: FastifyInstance, deps: WebDeps): void {
  const check = createReaders(deps.sources);
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    const problem = check(request.headers.authorization, 'exports:read');
    return problem ? sendProblem(reply, problem) : undefined;
  };
  const missing = (reply: FastifyReply, id: string) =>
    sendProblem(reply, problemOf(refuse('not_found', { export_id: id })));

  app.get('/v1/exports', { onRequest }, async (request, reply) => {
    const query = ExportQuery.safeParse(request.query, { error: plainWords });
    if (!query.success) return sendProblem(reply, badShape(query.error));
    const exports = await deps.reader.list(filterOf(query.data));
    const last = exports.length === query.data.limit ? exports.at(-1) : undefined;
    return reply.send({ exports: exports.map(summaryView), next: last?.id ?? null });
  });

  app.get<{ Params: { id: string } }>('/v1/exports/:id', { onRequest }, async (request, reply) => {
    const found = await deps.reader.get(request.params.id);
    return found ? reply.send(exportView(found)) : missing(reply, request.params.id);
  });

  app.get<{ Params: { id: string } }>('/v1/exports/:id/events', { onRequest }, async (request, reply) => {
    const { id } = request.params;
    const events = await deps.reader.events(id);
    if (events.length === 0) return missing(reply, id);
    return reply.send({ export_id: id, events: events.map(eventView) });
  });
}

function filterOf({ state, limit, ...rest }: ExportQuery): ExportFilter {
  const filter: ExportFilter = { limit };
  if (state !== undefined) filter.status = state;
  for (const key of ['export_type', 'owner', 'source', 'campaign_id', 'before'] as const) {
    const value = rest[key];
    if (value !== undefined) filter[key] = value;
  }
  return filter;
}
