import { z } from 'zod';
import { Envelope } from '../exports/envelope.ts';
import { plainWords } from '../exports/plain-words.ts';
import { isRefusal, refuse } from '../exports/refusals.ts';
import { badShape, problemOf, sendProblem } from './problems.ts';
import { checkReplay } from './signed.ts';
import { postSigned, type SignedDoor } from './signed-post.ts';

/** What a sink says later about an export it was given. */
export const SinkException = z.strictObject({
  exception_code: Envelope.shape.exception_code.unwrap(),
  exception_metadata: Envelope.shape.exception_metadata.unwrap().default({}),
});
export type SinkException = z.infer<typeof SinkException>;

export const SinkExceptionAnswer = z.strictObject({ export_id: z.string(), state: z.string() });

const REMEMBERED = 10_000;

/** `POST /v1/exports/{id}/exceptions`, signed with the sink's own secret. */
export function registerSinkAnswers(door: SignedDoor): void {
  const { deps } = door;
  // @NOTE A delivery id is stored before the exception is raised. If Meshline stops in between, the
  // sink's retry must still be raised; so only those that this process has answered are repeats.
  const answered = new Map<string, { status: number; body: string }>();

  postSigned(door, '/v1/exports/:id/exceptions', 'sink', async ({ signed, id, value, hash }, reply) => {
    const parsed = SinkException.safeParse(value, { error: plainWords });
    if (!parsed.success) return sendProblem(reply, badShape(parsed.error));
    const replay = await checkReplay(deps, 'sink', signed, hash);
    if (replay === 'other') return sendProblem(reply, problemOf(refuse('replayed')));
    const delivery = `${signed.name}:${signed.claim.id}`;
    const before = replay === 'same' ? answered.get(delivery) : undefined;
    if (before) return reply.code(before.status).type('application/json').send(before.body);

    const result = await deps.raiseException({
      export_id: id,
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
  });
}
