import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Envelope } from '../exports/envelope.ts';
import { isRefusal, refuse } from '../exports/refusals.ts';
import { type Admission, enterFor } from './admission.ts';
import type { Limits, WebDeps } from './deps.ts';
import { readObject } from './json.ts';
import { badRequest, problemOf, sendProblem } from './problems.ts';
import { Verifier } from './signature.ts';
import { authenticate, checkReplay } from './signed.ts';

/** What a sink says later about an export it was given. */
export const SinkException = z.strictObject({
  exception_code: Envelope.shape.exception_code.unwrap(),
  exception_metadata: Envelope.shape.exception_metadata.unwrap().default({}),
});
export type SinkException = z.infer<typeof SinkException>;

export const SinkExceptionAnswer = z.strictObject({ export_id: z.string(), state: z.string() });

const REMEMBERED = 10_000;

/** `POST /v1/exports/{id}/exceptions`, signed with the sink's own secret. */
export function registerSinkAnswers(
  app: FastifyInstance,
  deps: WebDeps,
  limits: Limits,
  admission: Admission,
): void {
  // @NOTE A delivery id is stored before the exception is raised. If Meshline stops in between, the
  // sink's retry must still be raised; so only those that this process has answered are repeats.
  const answered = new Map<string, { status: number; body: string }>();

  app.post<{ Params: { id: string } }>(
    '/v1/exports/:id/exceptions',
    {
      bodyLimit: limits.json_bytes,
      onRequest: async (request, reply) => {
        const signed = authenticate(request, 'meshline-sink', deps.sinks, deps.clock.now());
        if ('code' in signed) return sendProblem(reply.header('connection', 'close'), signed);
        request.signed = signed;
        return enterFor(admission, request, reply, limits);
      },
    },
    async (request, reply) => {
      const { signed, body } = request;
      if (!signed) throw new TypeError('The request has not been authenticated.');
      if (!Buffer.isBuffer(body)) return sendProblem(reply, problemOf(refuse('unsupported_media_type')));
      if (!new Verifier(signed.claim, signed.keys).update(body).verify()) {
        return sendProblem(reply, problemOf(refuse('bad_signature')));
      }
      const read = readObject(body);
      if ('wrong' in read) return sendProblem(reply, badRequest(read.wrong));
      const parsed = SinkException.safeParse(read.value);
      if (!parsed.success) return sendProblem(reply, badRequest(z.prettifyError(parsed.error)));
      const exportId = request.params.id;
      const hash = createHash('sha256').update(`${exportId}\n`).update(body).digest('hex');
      const replay = await checkReplay(deps, 'sink', signed, hash);
      if (replay === 'other') return sendProblem(reply, problemOf(refuse('replayed')));
      const delivery = `${signed.name}:${signed.claim.id}`;
      const before = replay === 'same' ? answered.get(delivery) : undefined;
      if (before) return reply.code(before.status).type('application/json').send(before.body);

      const result = await deps.raiseException({
        export_id: exportId,
        sink: signed.name,
        ...parsed.data,
        delivery: signed.claim.id,
        now: deps.clock.now(),
      });
      if (isRefusal(result)) return sendProblem(reply, problemOf(result));
      if (result.answer) return sendProblem(reply, problemOf(result.answer));
      const answer = JSON.stringify({ export_id: result.after.id, state: result.after.status });
      const oldest = answered.size >= REMEMBERED ? answered.keys().next().value : undefined;
      if (oldest !== undefined) answered.delete(oldest);
      answered.set(delivery, { status: 200, body: answer });
      return reply.code(202).type('application/json').send(answer);
    },
  );
}
