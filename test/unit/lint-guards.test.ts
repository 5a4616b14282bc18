import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url).pathname;

const MAY_NOT: readonly (readonly [room: string, imported: string])[] = [
  ['exports', '../store/index.ts'],
  ['exports', '../flow/intake.ts'],
  ['store', '../flow/intake.ts'],
  ['store', '../bot/text.ts'],
  ['sinks', '../store/index.ts'],
  ['sinks', '../flow/intake.ts'],
  ['flow', '../bot/text.ts'],
  ['flow', '../sinks/webhook.ts'],
  ['flow', '../handlers/index.ts'],
  ['bot', '../store/index.ts'],
  ['bot', '../handlers/index.ts'],
  ['handlers', '../store/index.ts'],
  ['handlers', '../sinks/webhook.ts'],
  ['web', '../store/index.ts'],
  ['web', '../bot/text.ts'],
  ['schedule', '../store/index.ts'],
  ['schedule', '../sources/index.ts'],
  ['sources', '../store/index.ts'],
  ['sources', '../sinks/webhook.ts'],
  ['sources', '../web/json.ts'],
  ['sources', '../config/load.ts'],
  ['web', '../sources/hooks.ts'],
  ['sinks', '../sources/registry.ts'],
  ['flow', '../../sandbox/index.ts'],
  ['bot', '../../test/support/core.ts'],
  ['flow', '../main.ts'],
];

const MISSING_CASE = `export function f(x: 'a' | 'b'): number {
  switch (x) {
    case 'a':
      return 1;
  }
  return 2;
}
`;

const RULES: readonly (readonly [what: string, text: string, rule: string])[] = [
  [
    'a promise that nobody awaits',
    'export function f(p: Promise<void>) {\n  p;\n}\n',
    'no-floating-promises',
  ],
  ['the environment', "export const x = process.env['A'];\n", 'no-restricted-properties'],
  ['the console', "console.log('x');\nexport {};\n", 'no-console'],
  ['calls past the clients', "export const x = fetch('https://example.com');\n", 'no-restricted-globals'],
  ['time past the clock', 'export const x = Date.now();\n', 'no-restricted-globals'],
  ['chance past the clock', 'export const x = Math.random();\n', 'no-restricted-properties'],
  ['a switch with a missing case', MISSING_CASE, 'switch-exhaustiveness-check'],
  ['any', 'export const x: any = 1;\n', 'no-explicit-any'],
  ['files of more than 400 lines', `export const x = [\n${"  'x',\n".repeat(405)}];\n`, 'max-lines'],
];

const roomFile = (index: number) => `src/${MAY_NOT[index]?.[0]}/zz-room-${index}.ts`;
const ruleFile = (index: number) => `src/flow/zz-rule-${index}.ts`;

type Guard = { file: string; text: string };

/** All of them stand in their rooms for the time of one run of the linter. */
async function lint(guards: readonly Guard[]): Promise<string[]> {
  for (const { file, text } of guards) writeFileSync(`${ROOT}${file}`, text);
  try {
    const args = ['--type-aware', '--format=unix', ...guards.map(({ file }) => file)];
    const { stdout } = await promisify(execFile)(`${ROOT}node_modules/.bin/oxlint`, args, {
      cwd: ROOT,
    }).catch((failure: { stdout: string }) => failure);
    return stdout.split('\n');
  } finally {
    for (const { file } of guards) rmSync(`${ROOT}${file}`, { force: true });
  }
}

let lines: string[] = [];
beforeAll(async () => {
  lines = await lint([
    ...MAY_NOT.map(([, imported], index) => ({
      file: roomFile(index),
      text: `import * as it from '${imported}';\nexport const x = it;\n`,
    })),
    ...RULES.map(([, text], index) => ({ file: ruleFile(index), text })),
  ]);
});

const saidOf = (file: string) => lines.filter((line) => line.startsWith(`${file}:`)).join('\n');

it.each(MAY_NOT.map(([room, imported], index) => ({ room, imported, index })))(
  'keeps $room from importing $imported',
  ({ index }) => {
    expect(saidOf(roomFile(index))).toContain('no-restricted-imports');
  },
);

it.each(RULES.map(([what, , rule], index) => ({ what, rule, index })))(
  'keeps out $what',
  ({ rule, index }) => {
    expect(saidOf(ruleFile(index))).toContain(rule);
  },
);
