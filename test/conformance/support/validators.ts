import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json } from '../../../src/exports/envelope.ts';
import { type Direction, type Overlay, repaired, textOf } from './schemas.ts';
import type { JsonObject } from './specs.ts';

/** What is wrong with a value by the schema under a pointer, each with the place it is at; `at` comes first. */
export type ProblemsOf = (direction: Direction, pointer: string, value: Json, at: string) => string[];

const FORMATS: Readonly<Record<string, RegExp>> = {
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/iu,
  date: /^\d{4}-\d{2}-\d{2}$/u,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu,
  email: /^[^\s@]+@[^\s@]+$/u,
};

/** Validators of a document, repaired for each direction. They are compiled when first needed, and kept. */
export function createProblemsOf(document: JsonObject, overlay: Overlay): ProblemsOf {
  const newest = textOf(document['openapi']).startsWith('3.1');
  const sides = new Map<Direction, { ajv: Ajv; kept: Map<string, ValidateFunction> }>();
  const sideOf = (direction: Direction) => {
    const known = sides.get(direction);
    if (known) return known;
    const settings = {
      strict: false,
      allErrors: true,
      logger: false,
      unicodeRegExp: false,
      validateSchema: false,
    } as const;
    const ajv = newest ? new Ajv2020(settings) : new Ajv(settings);
    for (const [name, format] of Object.entries(FORMATS)) ajv.addFormat(name, format);
    ajv.addSchema(repaired(document, direction, overlay), 'spec');
    const made = { ajv, kept: new Map<string, ValidateFunction>() };
    sides.set(direction, made);
    return made;
  };
  return (direction, pointer, value, at) => {
    const { ajv, kept } = sideOf(direction);
    const validate = kept.get(pointer) ?? ajv.compile({ $ref: `spec${pointer}` });
    kept.set(pointer, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      (error) =>
        `${at}${error.instancePath} ${error.message ?? 'is not valid'} ${JSON.stringify(error.params)}`,
    );
  };
}
