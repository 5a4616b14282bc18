import type { Json } from '../../../src/exports/envelope.ts';
import { exampleOf } from './examples.ts';
import { escaped, mediaOf, operationsOf, pointerOf } from './operations.ts';
import { requestProblems, type SpecRequest } from './requests.ts';
import { isObject, type Overlay, resolved } from './schemas.ts';
import { type JsonObject, readSpec } from './specs.ts';
import { createProblemsOf } from './validators.ts';

export type { SpecRequest } from './requests.ts';
export { SKIPPED, SPECS_HERE, specPath } from './specs.ts';

/** `operation` is `METHOD /path/{template}` as the specification writes it; null when it knows none. */
export type Checked = { operation: string | null; problems: string[] };

export type OpenApiSpec = {
  /** The operation of a request, and every way in which it is not as specified. */
  check(request: SpecRequest): Checked;
  /** The specification's own example of an answer, else one made up by its schema. Throws when there is none. */
  example(operation: string, status: number): Json;
  /** Whether an answer is shaped as specified. */
  answerProblems(operation: string, status: number, body: Json): string[];
  operations: readonly string[];
};

export type SpecOptions = {
  /** Fields that the far side does not require although its schema does, by component schema. */
  overlay?: Overlay;
};

/** Where a schema asks for two fields of which one or the other is sent. */
const KNOWN: Readonly<Record<string, Overlay>> = {
  'shipstation/openapi-v2.yaml': { calculate_rates_request_body: ['shipment_id', 'shipment'] },
  'shipengine/openapi.yaml': { calculate_rates_request_body: ['shipment_id', 'shipment'] },
};

/** Opens a specification of ../shared/specs, repaired. */
function open(file: string, { overlay = {} }: SpecOptions): OpenApiSpec {
  const document = readSpec(file);
  const operations = operationsOf(document);
  const problemsOf = createProblemsOf(document, { ...KNOWN[file], ...overlay });

  const answerOf = (key: string, status: number): { pointer: string; media: JsonObject } => {
    const operation = operations.find((one) => one.key === key);
    if (!operation) throw new Error(`${file} has no operation "${key}".`);
    const answers = resolved(document, operation.node['responses']);
    const code = [String(status), `${String(status)[0] ?? ''}XX`, 'default'].find(
      (one) => answers[one] !== undefined,
    );
    const pointer = pointerOf(document, `${operation.pointer}/responses/${code ?? 'none'}`);
    const content = resolved(document, answers[code ?? 'none'])['content'];
    const media = mediaOf(content, 'application/json') ?? Object.entries(isObject(content) ? content : {})[0];
    if (!media || !isObject(media[1]))
      throw new Error(`${file} shows no answer ${String(status)} of "${key}".`);
    return { pointer: `${pointer}/content/${escaped(media[0])}/schema`, media: media[1] };
  };

  return {
    operations: operations.map(({ key }) => key),
    check(request) {
      const path = new URL(request.path, 'http://spec.invalid').pathname;
      for (const operation of operations) {
        if (!operation.key.startsWith(`${request.method.toUpperCase()} `)) continue;
        const match = operation.pattern.exec(path);
        if (!match) continue;
        const problems = requestProblems({ document, problemsOf }, operation, request, match);
        return { operation: operation.key, problems };
      }
      return { operation: null, problems: [`${request.method} ${path} is no operation of ${file}`] };
    },
    example: (key, status) => exampleOf(document, answerOf(key, status).media),
    answerProblems: (key, status, body) =>
      problemsOf('answer', answerOf(key, status).pointer, body, 'answer'),
  };
}

const opened = new Map<string, OpenApiSpec>();

/** A specification of ../shared/specs by its file there (`shipstation/openapi-v2.yaml`), opened once a test file. */
export function loadSpec(file: string, options: SpecOptions = {}): OpenApiSpec {
  const key = `${file} ${JSON.stringify(options)}`;
  const known = opened.get(key) ?? open(file, options);
  opened.set(key, known);
  return known;
}
