import type { FastifyInstance } from 'fastify';
import type { WebDeps } from './deps.ts';

/** Liveness, readiness and metrics, for whoever runs Meshline. */
export function registerHealth(app: FastifyInstance, deps: WebDeps): void {
  app.get('/healthz', async (_request, reply) => reply.send({ status: 'live' }));

  app.get('/readyz', async (_request, reply) => {
    const { ready, checks } = await deps.health();
    const attention = checks.filter((check) => check.attention === true).map((check) => check.name);
    const status = ready ? 'ready' : 'not ready';
    return reply.code(ready ? 200 : 503).send({ status, attention, checks });
  });

  app.get('/metrics', async (_request, reply) =>
    reply.type(deps.metrics.contentType).send(await deps.metrics.metrics()),
  );
}
