import type { FastifyInstance } from 'fastify';

/** What Slack sent, untouched: its signature covers the raw bytes. */
export type SlackDelivery = {
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  rawBody: Buffer;
};
export type SlackAnswer = { status: number; headers: Record<string, string>; body: string };

/** `/slack/events` for the HTTP mode; whoever takes the delivery checks it. */
export async function registerSlackEvents(
  app: FastifyInstance,
  take: (delivery: SlackDelivery) => Promise<SlackAnswer>,
): Promise<void> {
  await app.register(async (slack) => {
    slack.removeAllContentTypeParsers();
    slack.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    slack.post('/slack/events', async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { status, headers, body } = await take({ headers: request.headers, rawBody });
      return reply.code(status).headers(headers).send(body);
    });
  });
}
