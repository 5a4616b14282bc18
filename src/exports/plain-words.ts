import type { z } from 'zod';

const KINDS: Record<string, string> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Sentences for a sender, where a schema does not bring its own. Pass it as `error` when parsing. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return 'This is missing. Add it.';
    return `This must be ${KINDS[issue.expected] ?? issue.expected}.`;
  }
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, 5).map((key) => `"${key.slice(0, 60)}"`);
    return `Meshline does not know ${names.join(', ')} here. Remove it, or check the spelling.`;
  }
  if (issue.code === 'invalid_value') {
    return `This must be one of: ${issue.values.map(String).join(', ')}.`;
  }
  if (issue.code === 'invalid_union') return 'This has none of the forms that are allowed here.';
  if (issue.code === 'invalid_format' && issue.format === 'datetime') {
    return 'Write the instant with its zone, such as "2026-11-24T09:00:00Z".';
  }
  if (issue.code === 'invalid_format' && issue.format === 'date') {
    return 'Write the date as year-month-day, such as "2026-11-24".';
  }
  if (issue.code === 'invalid_format' && issue.format === 'guid') {
    return 'This must be a GUID such as "3f2b1c9e-7a60-4d2b-9a53-0c6f1d2e4b5a".';
  }
  if (issue.code === 'invalid_format' && issue.format === 'regex') {
    return `This must fit the pattern ${String(issue.pattern)}.`;
  }
  if (issue.code === 'too_small' && issue.origin === 'array') return 'This list is empty. Add at least one.';
  return undefined;
};
