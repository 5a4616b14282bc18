import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge } from 'prom-client';
import { z } from 'zod';
import { isRefusal, refuse } from '../exports/refusals.ts';
import type { Hooks } from '../sources/port.ts';
import { type Admission, enterFor } from './admission.ts';
import type { Limits, WebDeps } from './deps.ts';
import { readObject } from './json.ts';
import { badRequest, problemOf, sendProblem } from './problems.ts';

/** `noted`: durable, and worked on next; `repeat`: taken before; `ignored`: no rule wants it. */
export const HookAnswer = z.strictObject({ outcome: z.enum(['noted', 'repeat', 'ignored']) });

function measure(deps: WebDeps, hooks: Hooks): Counter<'source' | 'outcome'> {
  for (const state of ['waiting', 'failed'] as const) {
    new Gauge({
      name: `meshline_inbound_${state}`,
      help: `Events of sources that ${state === 'waiting' ? 'wait to become exports' : 'were given up'}.`,
      registers: [deps.metrics],
      async collect() {
        // While the ledger cannot be read, the other metrics still tell what is wrong.
        const backlog = await hooks.backlog().catch(() => null);
        if (backlog === null) this.remove();
        else this.set(backlog[state]);
      },
    });
  }
  return new Counter({
    name: 'meshline_hooks_total',
    help: 'Webhooks by source and by what became of them.',
    labelNames: ['source', 'outcome'],
    registers: [deps.metrics],
  });
}

/** `POST /v1/hooks/{source}`: webhooks of platforms, answered once they are durable; the work comes after. */
export function registerHooks(
  app: FastifyInstance,
  deps: WebDeps,
  hooks: Hooks,
  limits: Limits,
  admission: Admission,
): void {
  const counter = measure(deps, hooks);
  app.post<{ Params: { source: string } }>(
    '/v1/hooks/:source',
    {
      bodyLimit: limits.json_bytes,
      onRequest: async (request, reply) => {
        const encoding = request.headers['content-encoding'];
        if (encoding !== undefined && encoding !== 'identity') {
          return sendProblem(
            reply.header('connection', 'close'),
            problemOf(refuse('unsupported_media_type')),
          );
        }
        // Who guesses names learns nothing: an unknown source answers like a wrong signature.
        if (!hooks.has(request.params.source)) {
          return sendProblem(reply.header('connection', 'close'), problemOf(refuse('hook_not_genuine')));
        }
        return enterFor(admission, request, reply, limits);
      },
    },
    async (request, reply) => {
      const { source } = request.params;
      const { body } = request;
      const count = (outcome: string) => counter.inc({ source, outcome });
      if (!Buffer.isBuffer(body)) return sendProblem(reply, problemOf(refuse('unsupported_media_type')));
      const claim = await hooks.verify(source, request.headers, body);
      if (isRefusal(claim)) {
        count(claim.refused);
        return sendProblem(reply, problemOf(claim));
      }
      const read = readObject(body);
      if ('wrong' in read) {
        count('bad_request');
        return sendProblem(reply, badRequest(read.wrong));
      }
      const hash = createHash('sha256').update(body).digest('hex');
      const taken = await hooks.take(source, claim, read.value, hash);
      if (isRefusal(taken)) {
        count(taken.refused);
        return sendProblem(reply, problemOf(taken));
      }
      count(taken.outcome);
      return reply
        .code(taken.outcome === 'noted' ? 202 : 200)
        .type('application/json')
        .send(JSON.stringify(taken));
    },
  );
}
