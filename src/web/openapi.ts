import { z } from 'zod';
import type { AnyExportType, Catalog } from '../exports/define.ts';
import { Envelope, type Json } from '../exports/envelope.ts';
import { Status } from '../exports/words.ts';
import { BriefPost, CampaignAnswer, CampaignList, CampaignView } from './campaigns.ts';
import { HookAnswer } from './hooks.ts';
import { campaignPaths } from './openapi-campaigns.ts';
import {
  componentsOf,
  type Doc,
  HOOK_PROBLEMS,
  ID,
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
import { ExportQuery } from './reads.ts';
import { SinkException, SinkExceptionAnswer } from './sink-answers.ts';
import { TaskClosed, TaskList, TaskQuery } from './tasks.ts';
import { EventsView, ExportView, ListView, ProblemView } from './views.ts';

const IntakeAnswer = z.looseObject({
  export_id: z.string(),
  state: Status,
  problems: z.array(ProblemView).optional(),
});

const Problem = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('A sentence that says what to do.'),
  code: z.string().describe('For programs; it does not change.'),
});

const LineAnswer = z
  .looseObject({ line: z.int(), status: z.int() })
  .describe('The answer or the problem of one line, with its number and status.');

const ANSWERS = {
  IntakeAnswer,
  LineAnswer,
  Problem,
  ExportList: ListView,
  Export: ExportView,
  Events: EventsView,
  HookAnswer,
  SinkExceptionAnswer,
  TaskList,
  TaskClosed,
  CampaignAnswer,
  CampaignList,
  Campaign: CampaignView,
};

/** What a sender may say about one type: the envelope with its name, its intents and its payload. */
function contractOf(type: AnyExportType) {
  return Envelope.extend({
    export_type: z.literal(type.name),
    intent: z.enum(type.intents),
    payload: type.payload,
  });
}

/**
 * The OpenAPI 3.1 description of the HTTP room, made from the schemas that do the checking.
 * `examples` are whole contracts by export type.
 */
export function openApi(catalog: Catalog, examples: ReadonlyMap<string, Json> = new Map()): Doc {
  const types = catalog.all();
  const contracts = Object.fromEntries(types.map((type) => [type.name, contractOf(type)]));
  const shown = types.flatMap((type) => {
    const value = examples.get(type.name);
    return value === undefined ? [] : [[type.name, { summary: type.title, value }]];
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Meshline',
      version: '1',
      description: 'Sends exports to Meshline, and reads what became of them.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths: {
      '/v1/exports': {
        post: {
          operationId: 'sendExports',
          summary: 'Sends one export, or many as NDJSON',
          description:
            'Exports that fail their checks are stored too, in quarantine: the answer is 202 with their problems.',
          security: SIGNED,
          parameters: signature('Meshline-Source', 'Name of the source in meshline.yml.'),
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: ref('Contract'),
                ...(shown.length > 0 ? { examples: Object.fromEntries(shown) } : {}),
              },
              'application/x-ndjson': {
                schema: { type: 'string', description: 'One contract a line, each at most 256 KiB.' },
              },
            },
          },
          responses: {
            '200': {
              description:
                'A repeat, with the first answer. For NDJSON always: each line has its own status.',
              content: {
                'application/json': { schema: ref('IntakeAnswer') },
                'application/x-ndjson': { schema: ref('LineAnswer') },
              },
            },
            '202': json(ref('IntakeAnswer'), 'Stored.'),
            ...problems([...INTAKE_PROBLEMS, 'conflict']),
          },
        },
        get: {
          operationId: 'listExports',
          summary: 'Lists exports, the newest first',
          security: READER,
          parameters: parameters(ExportQuery),
          responses: {
            '200': json(ref('ExportList'), 'A page.'),
            ...problems(['bad_request', ...READ_PROBLEMS]),
          },
        },
      },
      '/v1/exports/{id}': {
        get: {
          operationId: 'getExport',
          summary: 'One export as it stands',
          security: READER,
          parameters: [ID],
          responses: {
            '200': json(ref('Export'), 'The export.'),
            ...problems(['not_found', ...READ_PROBLEMS]),
          },
        },
      },
      '/v1/exports/{id}/events': {
        get: {
          operationId: 'getEvents',
          summary: 'Everything that happened to one export, the oldest first',
          security: READER,
          parameters: [ID],
          responses: {
            '200': json(ref('Events'), 'The events.'),
            ...problems(['not_found', ...READ_PROBLEMS]),
          },
        },
      },
      '/v1/exports/{id}/exceptions': {
        post: {
          operationId: 'raiseException',
          summary: 'A sink says later that it could not do what it was asked',
          security: SIGNED,
          parameters: [ID, ...signature('Meshline-Sink', 'Name of the sink in meshline.yml.')],
          requestBody: {
            required: true,
            content: { 'application/json': { schema: ref('SinkException') } },
          },
          responses: {
            '200': json(ref('SinkExceptionAnswer'), 'A repeat, with the first answer.'),
            '202': json(ref('SinkExceptionAnswer'), 'Recorded; it now has an owner.'),
            ...problems([...INTAKE_PROBLEMS, 'not_found', 'not_waiting']),
          },
        },
      },
      '/v1/hooks/{source}': {
        post: {
          operationId: 'takeWebhook',
          summary: 'Takes a webhook of a platform, as its source in meshline.yml is set up',
          description:
            'Signed as the platform signs: see docs/sources/. It is durable when it is answered, and exports are made of it afterwards by the rules of the source.',
          security: [],
          parameters: [
            {
              name: 'source',
              in: 'path',
              required: true,
              schema: { type: 'string' },
              description: 'Name of the source in meshline.yml.',
            },
          ],
          requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
          responses: {
            '200': json(ref('HookAnswer'), 'It was taken before, or no rule wants it.'),
            '202': json(ref('HookAnswer'), 'It is stored and will be worked on.'),
            ...problems([...HOOK_PROBLEMS]),
          },
        },
      },
      '/v1/tasks': {
        get: {
          operationId: 'listTasks',
          summary: 'Lists tasks: open ones by when they are due, closed ones the newest first',
          security: READER,
          parameters: parameters(TaskQuery),
          responses: {
            '200': json(ref('TaskList'), 'The tasks.'),
            ...problems(['bad_request', ...READ_PROBLEMS]),
          },
        },
      },
      '/v1/tasks/{id}/close': {
        post: {
          operationId: 'closeTask',
          summary: 'An outside tracker says that a task is done; again is as good as once',
          security: SIGNED,
          parameters: [ID, ...signature('Meshline-Sink', 'Name of the sink that takes task.close.')],
          requestBody: { required: true, content: { 'application/json': { schema: { type: 'object' } } } },
          responses: {
            '200': json(ref('TaskClosed'), 'It is closed.'),
            ...problems([...INTAKE_PROBLEMS, 'no_task', 'not_allowed']),
          },
        },
      },
      ...campaignPaths(),
    },
    components: {
      securitySchemes: {
        standardWebhooks: {
          type: 'apiKey',
          in: 'header',
          name: 'webhook-signature',
          description:
            'Standard Webhooks 1.0: "v1," and the base64 HMAC-SHA256 of "webhook-id.webhook-timestamp.body"; several with a space between.',
        },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of a source with the scope exports:read.',
        },
      },
      schemas: {
        Contract: {
          oneOf: types.map((type) => ref(type.name)),
          discriminator: {
            propertyName: 'export_type',
            mapping: Object.fromEntries(types.map(({ name }) => [name, `#/components/schemas/${name}`])),
          },
        },
        ...componentsOf({ ...contracts, SinkException, BriefPost }, 'input'),
        ...componentsOf(ANSWERS, 'output'),
      },
    },
  };
}
