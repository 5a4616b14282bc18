import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TYPES } from '../../../src/exports/catalog.ts';
import { EXCEPTIONS } from '../../../src/exports/exceptions.ts';
import { CAUSES } from '../../../src/sinks/bigcommerce/causes.ts';
import { FEDEX_CODES } from '../../../src/sinks/fedex/codes.ts';
import { SHIPSTATION_CODES, VOID_CODES } from '../../../src/sinks/shipstation/codes.ts';
import { QUERY_ERRORS, STATUSES, USER_ERRORS } from '../../../src/sinks/shopify/errors.ts';
import { USPS_CODES } from '../../../src/sinks/usps/codes.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const catalogue = Object.keys(EXCEPTIONS);
const known = new Set([...catalogue, ...TYPES.flatMap(({ exceptions }) => Object.keys(exceptions))]);

/** What far sides answer, as each sink's table reads it. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  bigcommerce: CAUSES.map(({ code }) => code),
  fedex: Object.values(FEDEX_CODES),
  shipstation: [...Object.values(SHIPSTATION_CODES), ...Object.values(VOID_CODES)],
  'shopify user errors': Object.values(USER_ERRORS).flatMap((rows) => Object.values(rows)),
  'shopify queries': [...Object.values(QUERY_ERRORS), ...Object.values(STATUSES).map(([code]) => code)],
  usps: Object.values(USPS_CODES),
};

/** Codes of the catalogue that no code of ours names, and why they are there. */
const RESERVED: Readonly<Record<string, string>> = {
  packaging_rejected: 'A warehouse answers it itself, through a webhook sink or a signed callback.',
};

function textsOf(...patterns: readonly string[]): { file: string; text: string }[] {
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((file) => ({ file, text: readFileSync(`${root}${file}`, 'utf8') }));
}

/** The product without the catalogue itself and the types' own rules. */
const makers = textsOf('src/{sinks,sources,flow,web}/**/*.ts', 'src/exports/**/*.ts').filter(
  ({ file }) => !/^src\/exports\/(?:exceptions\.ts|types\/)/u.test(file),
);

describe.each(Object.entries(TABLES))('the table of %s', (_, codes) => {
  it('names codes of the catalogue only', () => {
    expect(codes.length).toBeGreaterThan(5);
    expect(codes.filter((code) => !known.has(code))).toEqual([]);
  });
});

it('no sink or source makes up a code that nobody owns', () => {
  const made = textsOf('src/{sinks,sources}/**/*.ts').flatMap(({ file, text }) =>
    [...text.matchAll(/(?:exception_code: |\bfailed\(\s*|\brefuse\(\s*|\bcodes\(\s*)'([a-z_]+)'/gu)].map(
      ([, code = '']) => ({ file, code }),
    ),
  );
  // The refusals of the HTTP door go back to whoever called; they are another table.
  const codes = made.filter(({ file }) => !/^src\/sources\/(?!drafts|kinds\/\w+-(?:api|events))/u.test(file));
  expect(codes.length).toBeGreaterThan(80);
  expect(codes.filter(({ code }) => !known.has(code))).toEqual([]);
});

describe('every code of the catalogue', () => {
  it.each([...known])('%s is made by something, or is reserved for a reason', (code) => {
    const files = makers.filter(({ text }) => new RegExp(`\\b${code}\\b`, 'u').test(text));
    if (code in RESERVED) expect(files).toEqual([]);
    else expect(files.map(({ file }) => file)).not.toEqual([]);
  });

  it('stands on the page for people', () => {
    const page = readFileSync(`${root}docs/exceptions.md`, 'utf8');
    expect([...known].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});
