import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Admission, enterFor } from './admission.ts';
import type { Limits } from './deps.ts';

/** What Slack sent, untouched: its signature covers the raw bytes. */
export type SlackDelivery = {
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  rawBody: Buffer;
};
export type SlackAnswer = { status: number; headers: Record<string, string>; body: string };

/**
 * `/slack/events` for the HTTP mode; whoever takes the delivery checks it. `admission` is not that of
 * intake: however much is sent there, a click finds room.
 */
export async function registerSlackEvents(
  app: FastifyInstance,
  take: (delivery: SlackDelivery) => Promise<SlackAnswer>,
  limits: Limits,
  admission: Admission,
): Promise<void> {
  await app.register(async (slack) => {
    slack.removeAllContentTypeParsers();
    slack.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const onRequest = (request: FastifyRequest, reply: FastifyReply) =>
      enterFor(admission, request, reply, limits);
    slack.post('/slack/events', { onRequest }, async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { status, headers, body } = await take({ headers: request.headers, rawBody });
      return reply.code(status).headers(headers).send(body);
    });
  });
}
