import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { toIso } from '../clock.ts';
import { Brief } from '../exports/campaigns/brief.ts';
import type { Campaign } from '../exports/campaigns/campaign.ts';
import { timeToLive } from '../exports/campaigns/timing.ts';
import { plainWords } from '../exports/plain-words.ts';
import { isRefusal, refuse } from '../exports/refusals.ts';
import { Status } from '../exports/words.ts';
import { badShape, problemOf, sendProblem } from './problems.ts';
import { createReaders } from './reads.ts';
import { checkReplay } from './signed.ts';
import { postSigned, type SignedDoor } from './signed-post.ts';

const CampaignStatus = z.enum(['draft', 'ready', 'live', 'paused', 'ended']);
const Instant = z.iso.datetime();

/** What `POST /v1/campaigns` takes. The same id again with another brief is its next version. */
export const BriefPost = z.strictObject({
  campaign_id: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'A campaign id has lower-case letters, digits and single dashes.')
    .max(120),
  brief: Brief,
});
export type BriefPost = z.infer<typeof BriefPost>;

export const CampaignQuery = z.strictObject({
  state: CampaignStatus.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const CampaignAnswer = z.strictObject({
  campaign_id: z.string(),
  state: CampaignStatus,
  brief_version: z.int(),
});

export const CampaignView = CampaignAnswer.extend({
  name: z.string(),
  owner: z.string(),
  created_by: z.string().nullable(),
  created_at: Instant,
  brief: Brief,
  exports: z.array(
    z.strictObject({
      export_id: z.string(),
      export_type: z.string(),
      what: z.enum(['activate', 'publish', 'end', 'other']),
      state: Status,
      since: Instant,
      exception_code: z.string().nullable(),
    }),
  ),
  conflicts: z.array(
    z.strictObject({
      kind: z.enum(['keyword', 'page']),
      said: z.string(),
      with: z.string(),
      state: z.enum(['open', 'allowed', 'refused']),
    }),
  ),
  time_to_live: z.array(z.strictObject({ stage: z.string(), ms: z.int() })),
});
export type CampaignView = z.infer<typeof CampaignView>;

export const CampaignList = z.strictObject({
  campaigns: z.array(
    z.strictObject({
      campaign_id: z.string(),
      state: CampaignStatus,
      name: z.string(),
      owner: z.string(),
      created_at: Instant,
    }),
  ),
});

function answerOf({ id, status, brief_version }: Campaign): z.infer<typeof CampaignAnswer> {
  return { campaign_id: id, state: status, brief_version };
}

function viewOf(campaign: Campaign, now: number): CampaignView {
  const { brief, owner, created_by, created_at, exports, conflicts } = campaign;
  return {
    ...answerOf(campaign),
    name: brief.name,
    owner,
    created_by,
    created_at: toIso(created_at),
    brief,
    exports: exports.map(({ export_id, export_type, what, status, since, code }) => ({
      export_id,
      export_type,
      what,
      state: status,
      since: toIso(since),
      exception_code: code,
    })),
    conflicts: conflicts.map(({ kind, said, with: other, state }) => ({ kind, said, with: other, state })),
    time_to_live: timeToLive(campaign, now).map(({ stage, ms }) => ({ stage, ms })),
  };
}

/** Briefs from sources that may send promos, and reading for bearer tokens with the scope `exports:read`. */
export function registerCampaigns(door: SignedDoor): void {
  const { app, deps } = door;
  const check = createReaders(deps.sources);
  const onRequest = async (request: FastifyRequest, reply: FastifyReply) => {
    const problem = check(request.headers.authorization, 'exports:read');
    return problem ? sendProblem(reply, problem) : undefined;
  };

  postSigned(door, '/v1/campaigns', 'source', async ({ signed, value, hash }, reply) => {
    if (!deps.sources.get(signed.name)?.types.includes('promo_activation')) {
      const allowed = 'A source whose types in meshline.yml include promo_activation';
      return sendProblem(reply, problemOf(refuse('not_allowed', { verb: 'brief a campaign with', allowed })));
    }
    const parsed = BriefPost.safeParse(value, { error: plainWords });
    if (!parsed.success) return sendProblem(reply, badShape(parsed.error));
    if ((await checkReplay(deps, 'source', signed, hash)) === 'other') {
      return sendProblem(reply, problemOf(refuse('replayed')));
    }
    const outcome = await deps.receiveBrief(signed.name, parsed.data.campaign_id, parsed.data.brief);
    if (isRefusal(outcome)) return sendProblem(reply, problemOf(outcome));
    return reply.code(outcome.before === null ? 201 : 200).send(answerOf(outcome.after));
  });

  app.get('/v1/campaigns', { onRequest }, async (request, reply) => {
    const query = CampaignQuery.safeParse(request.query, { error: plainWords });
    if (!query.success) return sendProblem(reply, badShape(query.error));
    const { state, limit } = query.data;
    const found = await deps.reader.campaigns({ limit, ...(state === undefined ? {} : { status: state }) });
    const campaigns = found.map(({ id, status, name, owner, created_at }) => ({
      campaign_id: id,
      state: status,
      name,
      owner,
      created_at: toIso(created_at),
    }));
    return reply.send({ campaigns });
  });

  app.get<{ Params: { id: string } }>('/v1/campaigns/:id', { onRequest }, async (request, reply) => {
    const { id } = request.params;
    const found = await deps.reader.campaign(id);
    if (!found) return sendProblem(reply, problemOf(refuse('no_campaign', { campaign: id })));
    return reply.send(viewOf(found, deps.clock.now()));
  });
}
