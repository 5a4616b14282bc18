import { CampaignQuery } from './campaigns.ts';
import {
  type Doc,
  INTAKE_PROBLEMS,
  json,
  parameters,
  problems,
  READ_PROBLEMS,
  READER,
  ref,
  SIGNED,
  signature,
} from './openapi-parts.ts';

const ID: Doc = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

/** The addresses of campaigns. */
export function campaignPaths(): Doc {
  return {
    '/v1/campaigns': {
      get: {
        operationId: 'listCampaigns',
        summary: 'Lists campaigns, the newest first',
        security: READER,
        parameters: parameters(CampaignQuery),
        responses: {
          '200': json(ref('CampaignList'), 'The campaigns.'),
          ...problems(['bad_request', ...READ_PROBLEMS]),
        },
      },
      post: {
        operationId: 'sendBrief',
        summary: 'Briefs a campaign as a draft; the same id with another brief is its next version',
        security: SIGNED,
        parameters: signature('Meshline-Source', 'Name of a source that may send promo_activation.'),
        requestBody: { required: true, content: { 'application/json': { schema: ref('BriefPost') } } },
        responses: {
          '200': json(ref('CampaignAnswer'), 'It was there already, or has a new version.'),
          '201': json(ref('CampaignAnswer'), 'The campaign is new.'),
          ...problems([...INTAKE_PROBLEMS, 'brief_invalid', 'campaign_not_so', 'not_allowed']),
        },
      },
    },
    '/v1/campaigns/{id}': {
      get: {
        operationId: 'getCampaign',
        summary: 'One campaign: its brief, its exports, and what it has cost in time',
        security: READER,
        parameters: [ID],
        responses: {
          '200': json(ref('Campaign'), 'The campaign.'),
          ...problems([...READ_PROBLEMS, 'no_campaign']),
        },
      },
    },
  };
}
