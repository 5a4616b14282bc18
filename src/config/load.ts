import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import type { Catalog } from '../exports/define.ts';
import { SOURCE_KINDS } from '../sources/registry.ts';
import type { Variables } from './environment.ts';
import { type Fault, type Finding, findingsOf, type Shape } from './faults.ts';
import { type Config, resolve } from './resolve.ts';
import { fileSchema, type SinkKinds } from './schema.ts';
import { secretsInFile } from './secrets.ts';
import type { SourceKinds } from './sources.ts';

export type Load = {
  /** The text of meshline.yml. */
  text: string;
  /** Where the secrets are that the file refers to by name. */
  env: Variables;
  /** `if_set`: a variable that is not set is no fault; for commands that do not use its secret. */
  secrets?: 'required' | 'if_set';
  catalog: Catalog;
  sinkKinds: SinkKinds;
  /** The product's own unless told. */
  sourceKinds?: SourceKinds;
};

export type Loaded =
  | { ok: true; config: Config; warnings: readonly Fault[] }
  | { ok: false; faults: readonly Fault[] };

/**
 * Reads the configuration and reports every fault at once, in the order of the file. Nothing is used
 * of a file that has one. Warnings are what works but will hurt, such as an owner without a backup.
 */
export function loadConfig({
  text,
  env,
  catalog,
  sinkKinds,
  sourceKinds = SOURCE_KINDS,
  secrets: need = 'required',
}: Load): Loaded {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true });
  const broken = [...document.errors, ...document.warnings].map((error): Fault => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { line, column: col, path: '', message: firstSentence(error.message), advice: '' };
  });
  if (broken.length > 0) return { ok: false, faults: broken };
  const file = readable(document);
  if (!file.ok) return { ok: false, faults: [{ line: 1, column: 1, path: '', ...file.fault }] };

  const schema = fileSchema(catalog, sinkKinds, sourceKinds);
  const parsed = schema.safeParse(file.value);
  const shape = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape;
  const wrong = parsed.success
    ? []
    : parsed.error.issues.flatMap((issue) => findingsOf(issue, file.value, shape));
  const resolved = resolve(file.value, { env, need, catalog, sinkKinds, sourceKinds });
  const secrets = secretsInFile(file.value);
  const secret = new Set(secrets.map((finding) => finding.path.join('.')));
  // @NOTE Other findings about a secret could quote it.
  const others = [...wrong, ...resolved.faults].filter((finding) => !secret.has(finding.path.join('.')));
  const findings = [...secrets, ...others];
  const placed = (found: readonly Finding[]) => inOrder(found.map((each) => place(document, lines, each)));
  if (findings.length > 0) return { ok: false, faults: placed(findings) };
  return { ok: true, config: resolved.config, warnings: placed(resolved.warnings) };
}

function readable(
  document: Document.Parsed,
): { ok: true; value: object } | { ok: false; fault: Pick<Fault, 'message' | 'advice'> } {
  if (!isMap(document.contents)) {
    const message = 'The file should be a map of keys such as people, roles and sinks.';
    return { ok: false, fault: { message, advice: 'See docs/meshline.schema.json.' } };
  }
  try {
    return { ok: true, value: document.toJS() as object };
  } catch (error) {
    // @NOTE The one known cause is an alias that would unfold without end.
    const message = error instanceof Error ? firstSentence(error.message) : 'The file cannot be read.';
    return { ok: false, fault: { message, advice: 'Write the values out instead of using aliases.' } };
  }
}

function firstSentence(message: string): string {
  const line = message.split('\n')[0] ?? message;
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function place(document: Document.Parsed, lines: LineCounter, finding: Finding): Fault {
  const { line, col } = lines.linePos(offsetOf(document, finding.path));
  return {
    line,
    column: col,
    path: finding.path.join('.'),
    message: finding.message,
    advice: finding.advice,
  };
}

/** Where the deepest part of the path that exists begins; the start of the file when none does. */
function offsetOf(document: Document.Parsed, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      if (!pair) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(step)];
      offset = startOf(item) ?? offset;
      node = item;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function inOrder(faults: readonly Fault[]): Fault[] {
  const once = new Map(faults.map((fault) => [`${fault.path}\n${fault.message}`, fault]));
  return [...once.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
