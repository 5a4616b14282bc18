import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Json } from '../exports/envelope.ts';
import { refuse } from '../exports/refusals.ts';
import { Verifier } from '../signature.ts';
import { type Admission, enterFor } from './admission.ts';
import type { Limits, WebDeps } from './deps.ts';
import { readObject } from './json.ts';
import { badRequest, problemOf, sendProblem } from './problems.ts';
import { authenticate, type Signed } from './signed.ts';

/** What is known of a signed request once its signature has been verified. */
export type SignedPost = {
  signed: Signed;
  /** The `:id` of the address; empty where it has none. */
  id: string;
  value: { [key: string]: Json };
  /** SHA-256 of the address's id and the body, hex. */
  hash: string;
};

/** The rooms and bounds that a signed address needs. */
export type SignedDoor = {
  app: FastifyInstance;
  deps: WebDeps;
  limits: Limits;
  admission: Admission;
};

/** An address that takes one JSON object signed by a source or a sink; `then` runs only for genuine ones. */
export function postSigned(
  { app, deps, limits, admission }: SignedDoor,
  url: string,
  by: 'source' | 'sink',
  then: (post: SignedPost, reply: FastifyReply) => Promise<FastifyReply>,
): void {
  const header = by === 'source' ? 'meshline-source' : 'meshline-sink';
  const known = by === 'source' ? deps.sources : deps.sinks;
  app.post<{ Params: { id?: string } }>(
    url,
    {
      bodyLimit: limits.json_bytes,
      onRequest: async (request, reply) => {
        const signed = authenticate(request, header, known, deps.clock.now());
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
      const id = request.params.id ?? '';
      const hash = createHash('sha256').update(`${url} ${id}\n`).update(body).digest('hex');
      return then({ signed, id, value: read.value, hash }, reply);
    },
  );
}
