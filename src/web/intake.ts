import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { refuse } from '../exports/refusals.ts';
import { Verifier } from '../signature.ts';
import type { IntakeResult } from '../store/port.ts';
import { type Admission, enterFor } from './admission.ts';
import type { Limits, WebDeps } from './deps.ts';
import { readObject } from './json.ts';
import {
  badRequest,
  PROBLEM_TYPE,
  type Problem,
  problemFor,
  problemOf,
  sendProblem,
  tooLarge,
} from './problems.ts';
import { authenticate, checkReplay, deliveryOf, type Signed } from './signed.ts';
import { type Line, linesOf, Spool } from './spool.ts';

/** How many lines of a batch are on their way to the ledger at once: enough for one group commit. */
const LINES_IN_FLIGHT = 64;

const NDJSON = 'application/x-ndjson';

type Outcome = { status: number; body: { [key: string]: unknown } };

/** `POST /v1/exports`: one export as JSON, or many as NDJSON. */
export function registerIntake(
  app: FastifyInstance,
  deps: WebDeps,
  limits: Limits,
  admission: Admission,
): void {
  app.post(
    '/v1/exports',
    {
      bodyLimit: limits.json_bytes,
      onRequest: async (request, reply) => {
        const signed = authenticate(request, 'meshline-source', deps.sources, deps.clock.now());
        if ('code' in signed) return sendProblem(reply.header('connection', 'close'), signed);
        request.signed = signed;
        return enterFor(admission, request, reply, limits);
      },
    },
    async (request, reply) => {
      const signed = request.signed;
      if (!signed) throw new TypeError('The request has not been authenticated.');
      const { body } = request;
      if (Buffer.isBuffer(body)) return receiveOne(body, signed, reply, deps);
      if (body instanceof Readable) return receiveMany(body, signed, reply, deps, limits);
      return sendProblem(reply, problemOf(refuse('unsupported_media_type')));
    },
  );
}

async function receiveOne(
  body: Buffer,
  signed: Signed,
  reply: FastifyReply,
  deps: WebDeps,
): Promise<FastifyReply> {
  if (!new Verifier(signed.claim, signed.keys).update(body).verify()) {
    return sendProblem(reply, problemOf(refuse('bad_signature')));
  }
  const read = readObject(body);
  if ('wrong' in read) return sendProblem(reply, badRequest(read.wrong));
  const body_hash = createHash('sha256').update(body).digest('hex');
  const result = await deps.receive({
    source: signed.name,
    raw: read.value,
    fallback_key: signed.claim.id,
    delivery: deliveryOf('source', signed, body_hash),
    now: deps.clock.now(),
  });
  const { status, body: answer } = outcomeOf(result);
  const type = 'detail' in answer && status >= 400 ? PROBLEM_TYPE : 'application/json';
  return reply.code(status).type(type).send(JSON.stringify(answer));
}

function outcomeOf(result: IntakeResult): Outcome {
  switch (result.kind) {
    case 'stored':
      return { status: 202, body: answerOf(result.answer) };
    case 'repeat':
      return { status: 200, body: answerOf(result.answer) };
    case 'refused': {
      const problem = problemOf(result.refusal);
      return { status: problem.status, body: problem };
    }
  }
}

function answerOf(answer: unknown): Outcome['body'] {
  return { ...(answer as Outcome['body']) };
}

/** The signature covers the whole body, so nothing of it is stored before its last byte has come. */
async function receiveMany(
  body: Readable,
  signed: Signed,
  reply: FastifyReply,
  deps: WebDeps,
  limits: Limits,
): Promise<FastifyReply> {
  const spool = new Spool(limits.spool_bytes);
  const verifier = new Verifier(signed.claim, signed.keys);
  // The signature does not cover the content type: the same bytes as one export are another delivery.
  const hash = createHash('sha256').update(`${NDJSON}\n`);
  const refused = async (problem: Problem) => {
    await spool.discard();
    return sendProblem(reply, problem);
  };
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (spool.length + chunk.length > limits.ndjson_bytes) {
        reply.header('connection', 'close');
        return await refused(tooLarge(limits.ndjson_bytes));
      }
      verifier.update(chunk);
      hash.update(chunk);
      await spool.write(chunk);
    }
    if (!verifier.verify()) return await refused(problemOf(refuse('bad_signature')));
    const replay = await checkReplay(deps, 'source', signed, hash.digest('hex'));
    if (replay === 'other') return await refused(problemOf(refuse('replayed')));
  } catch (error) {
    await spool.discard();
    throw error;
  }
  const lines = linesOf(spool.read(), limits.line_bytes);
  const answers = Readable.from(answersTo(lines, signed, deps, limits), { objectMode: false });
  answers.once(
    'close',
    () => void spool.discard().catch((err: unknown) => deps.log.error({ err }, 'spool not closed')),
  );
  return reply.code(200).type(NDJSON).send(answers);
}

/** One answer a line, in order; as many lines are under way as fit the window, and no more are read. */
async function* answersTo(
  lines: AsyncIterable<Line>,
  signed: Signed,
  deps: WebDeps,
  limits: Limits,
): AsyncGenerator<Buffer> {
  const underWay: Promise<Buffer>[] = [];
  for await (const line of lines) {
    underWay.push(answerTo(line, signed, deps, limits));
    if (underWay.length < LINES_IN_FLIGHT) continue;
    const first = underWay.shift();
    if (first) yield await first;
  }
  for (const answer of underWay) yield await answer;
}

/** Never rejects: what goes wrong with one line is that line's answer. */
async function answerTo(line: Line, signed: Signed, deps: WebDeps, limits: Limits): Promise<Buffer> {
  const { status, body } = await outcomeOfLine(line, signed, deps, limits);
  return Buffer.from(`${JSON.stringify({ line: line.number, status, ...body })}\n`);
}

async function outcomeOfLine(line: Line, signed: Signed, deps: WebDeps, limits: Limits): Promise<Outcome> {
  const refused = (problem: Problem): Outcome => ({ status: problem.status, body: problem });
  if (line.bytes === null) return refused(tooLarge(limits.line_bytes));
  const read = readObject(line.bytes);
  if ('wrong' in read) return refused(badRequest(read.wrong));
  try {
    const result = await deps.receive({
      source: signed.name,
      raw: read.value,
      fallback_key: `${signed.claim.id}:${line.number}`,
      now: deps.clock.now(),
    });
    return outcomeOf(result);
  } catch (error) {
    const problem = problemFor(error, limits);
    if (problem.code === 'internal') deps.log.error({ err: error, line: line.number }, 'export not received');
    return refused(problem);
  }
}
