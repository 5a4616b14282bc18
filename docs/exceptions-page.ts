import type { AnyExportType } from '../src/exports/define.ts';
import { EXCEPTIONS, UNKNOWN } from '../src/exports/exceptions.ts';
import type { ExceptionRule } from '../src/exports/policy.ts';

const HEAD = `# Exceptions

Made from \`src/exports/exceptions.ts\` and the export types by \`npm run docs:generate\`: change it there.

An exception is a failure of something that was under way: what a sink, or Meshline on its behalf, reports
as \`exception_code\`. It belongs to the role named here, on the same card and thread, with a task that stays
open until it is settled. What happens:

- **pause**: it waits until somebody settles it. Resumed, or mended in a form, people accept it again where
  its gate wants people.
- **fail**: the dead letter. Redeliver sends the same values once more, under the same keys.
- **alternate**: where a type's routes are alternatives (\`failover\` in \`meshline.yml\`), the next system is
  tried before anybody is troubled. A wrong address, contact or customs value is as wrong for the next
  carrier, and an outcome that nobody knows may be a label that is paid for: neither is ever tried elsewhere.

Nothing here is tried again by itself; a refusal that passes by itself is a retry and no exception.
`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

function cells({ role, severity, then, alternate, remedy }: ExceptionRule): string[] {
  return [role, severity, then, alternate ? 'yes' : '', remedy];
}

const code = (word: string) => `\`${word}\``;

const COLUMNS = ['Owner', 'Severity', 'What happens', 'Alternate', 'What to do'];

/** Every code there is, with who owns it and what becomes of the export. */
export function exceptionsPage(types: readonly AnyExportType[]): string {
  const all = Object.entries(EXCEPTIONS).map(([name, rule]) => [code(name), ...cells(rule)]);
  const own = types.flatMap((type) =>
    Object.entries(type.exceptions).map(([name, rule]) => [code(name), code(type.name), ...cells(rule)]),
  );
  const mends = types.flatMap((type) =>
    Object.entries(type.mends ?? {}).map(([name, { title }]) => [code(name), code(type.name), title]),
  );
  return `${HEAD}
${table(['Code', ...COLUMNS], all)}

## Codes that stand nowhere here

They go to ${UNKNOWN.role} (${UNKNOWN.severity}, ${UNKNOWN.then}) and are not tried again. ${UNKNOWN.remedy}

## Exceptions of single types

A type's own rule goes before the one above.

${table(['Code', 'Type', ...COLUMNS], own)}

## What can be mended in a form

While such an export is paused, whoever settles the failure changes the values it was about in Slack; that
makes a new revision, accepted anew where its gate wants people.

${table(['Code', 'Type', 'Button'], mends)}
`;
}
