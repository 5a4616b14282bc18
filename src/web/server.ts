import type { Socket } from 'node:net';
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify';
import { Admission } from './admission.ts';
import { registerCampaigns } from './campaigns.ts';
import { LIMITS, type WebDeps } from './deps.ts';
import { registerHealth } from './health.ts';
import { registerHooks } from './hooks.ts';
import { registerIntake } from './intake.ts';
import { openApi } from './openapi.ts';
import {
  endWith,
  problemFor,
  retryAfter,
  sendProblem,
  type TransportCode,
  transportProblem,
} from './problems.ts';
import { registerReads } from './reads.ts';
import { registerSinkAnswers } from './sink-answers.ts';
import { registerSlackEvents } from './slack-events.ts';
import { registerTasks } from './tasks.ts';

/** Between the timeout that answers and the one that only cuts. */
const GRACE_MS = 5000;

/** How long requests in flight have to finish once closing has begun. */
const CLOSE_MS = 5000;

/**
 * The HTTP room: intake, sinks' answers, reading, health. It listens nowhere until its caller says
 * so; closing it lets the requests in flight finish, for five seconds.
 */
export async function createWeb(deps: WebDeps): Promise<FastifyInstance> {
  const limits = { ...LIMITS, ...deps.limits };
  const log: FastifyBaseLogger = deps.log;
  const app = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.json_bytes,
    requestTimeout: limits.request_ms,
    // @NOTE Later than the request's own timeout, which is the one that answers 408.
    connectionTimeout: limits.request_ms + GRACE_MS,
    http: {
      headersTimeout: Math.min(limits.headers_ms, limits.request_ms),
      connectionsCheckingInterval: 500,
    },
    // @NOTE A delivery id in a path or header is never trusted for correlation; the ledger has its own.
    genReqId: () => deps.ids.uuid(),
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket),
    return503OnClosing: true,
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, problemFor(error, limits)),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.addContentTypeParser('application/x-ndjson', (_request, body, done) => done(null, body));
  app.decorateRequest('signed', null);
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
  });

  // Before any body: one for an address that does not exist would be kept in memory, whoever sends it.
  app.addHook('onRequest', async (request, reply) => {
    const { 'content-length': length, 'transfer-encoding': chunks } = request.headers;
    if (!request.is404 || (length === undefined && chunks === undefined)) return;
    return sendProblem(reply.header('connection', 'close'), transportProblem('no_route'));
  });
  app.setNotFoundHandler(async (_request, reply) => sendProblem(reply, transportProblem('no_route')));
  app.setErrorHandler(async (error, request, reply) => {
    const problem = problemFor(error, limits);
    if (problem.code === 'internal') {
      deps.log.error({ err: error, route: request.routeOptions.url ?? null }, 'request failed');
    }
    if (problem.status === 413) reply.header('connection', 'close');
    return sendProblem(reply, problem, retryAfter(error));
  });

  app.addHook('preClose', async () => {
    deps.clock.after(CLOSE_MS, () => app.server.closeAllConnections());
  });

  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const each of [method].flat()) known.add(each);
    methods.set(url, known);
  });
  const admission = new Admission(limits, deps.clock);
  registerIntake(app, deps, limits, admission);
  const door = { app, deps, limits, admission };
  registerSinkAnswers(door);
  registerReads(app, deps);
  registerTasks(door);
  registerCampaigns(door);
  registerHealth(app, deps);
  if (deps.hooks) registerHooks(app, deps, deps.hooks, limits, admission);
  if (deps.slack) await registerSlackEvents(app, deps.slack, limits, new Admission(limits, deps.clock));
  const document = JSON.stringify(openApi(deps.catalog));
  app.get('/openapi.json', async (_request, reply) => reply.type('application/json').send(document));
  for (const [url, known] of new Map(methods)) {
    app.route({
      url,
      method: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].filter((each) => !known.has(each)),
      onRequest: async (_request, reply) =>
        sendProblem(
          reply.header('allow', [...known].sort().join(', ')).header('connection', 'close'),
          transportProblem('method_not_allowed'),
        ),
      handler: async (_request, reply) => reply,
    });
  }

  await app.ready();
  return app;
}

function codeFor(error: NodeJS.ErrnoException): TransportCode {
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout';
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large';
  return 'malformed_request';
}

/** For what Node could not even read as a request; the connection ends here. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  endWith(socket, transportProblem(codeFor(error)));
}
