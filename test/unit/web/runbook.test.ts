import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { logMessages } from '../../support/log-messages.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const RUNBOOK = read('docs/runbook.md');

const Rule = z.strictObject({
  alert: z.string().regex(/^Meshline[A-Z]\w+$/),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+[smh]$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.strictObject({ summary: z.string().regex(/\.$/), runbook: z.string() }),
});
const Rules = z.strictObject({
  groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Rule) })),
});
const rules = Rules.parse(parse(read('deploy/alerts.yml'))).groups.flatMap((group) => group.rules);

/** The section under a heading, up to the next. */
function section(heading: string): string | null {
  const [, text] = RUNBOOK.split(`\n### ${heading}\n`);
  return text?.split(/\n##+ /)[0] ?? null;
}

it.each(rules)('$alert has its section: what it means, what to do, how to know it is over', (rule) => {
  expect(rule.annotations.runbook).toBe(`docs/runbook.md#${rule.alert.toLowerCase()}`);
  expect(section(rule.alert)).toMatch(/- \*\*Means:\*\* [^]+- \*\*Do:\*\* [^]+- \*\*Over when\*\* /);
});

it('has no section of an alarm that there is not', () => {
  const sections = [...RUNBOOK.matchAll(/^### (Meshline\w+)$/gm)].map(([, name = '']) => name);
  expect(sections.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

it('links only to sections that there are', () => {
  const slugs = [...RUNBOOK.matchAll(/^##+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  const linked = [...RUNBOOK.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(linked.filter((anchor) => !slugs.includes(anchor ?? ''))).toEqual([]);
  const fromHealth = [...read('src/flow/health.ts').matchAll(/'(Meshline[A-Z]\w+)'/g)].map(
    ([, name]) => name,
  );
  expect(fromHealth.length).toBeGreaterThan(10);
  expect(fromHealth.filter((name) => section(name ?? '') === null)).toEqual([]);
});

/** Nobody has to do anything about these. */
const NEEDS_NOBODY: Readonly<Record<string, string>> = {
  'slack listeners were cut off':
    'Only while stopping; the click is answered at the next start or clicked again.',
  'the cards that stand could not be looked at': 'They are looked at again in the next round.',
  'slack cannot say now who is not to be disturbed':
    'Asked again within minutes; nobody is spared meanwhile.',
  'slack refuses a home tab':
    'A refusal that lasts is drawn when it is next opened, any other is tried again.',
  'a home tab could not be drawn; it is when it is next opened': 'Says so itself.',
  'slack home could not be drawn': 'It is drawn when it is next opened.',
  'slack account could not be looked up': 'The person was told to try again.',
  'message can no longer be edited; posting it again': 'Says so itself.',
  'slack library warning': 'What comes of it is logged by its own name.',
  'slack library error': 'What comes of it is logged by its own name.',
  'slack envelope refused': 'Nobody but Slack can send one; it sends again.',
  'slack connection is silent, opening another': 'The second connection carries on meanwhile.',
  'slack delivery could not be remembered': 'The click counts; a repeat is refused by the ledger.',
  'slack answer did not arrive': 'The card shows the same.',
  'slack review could not be closed': 'It closes by itself when its time is over.',
  'what was deleted in slack could not be shown again': 'The next round finds it.',
  'node-cron warns': 'A night that is missed is made up for.',
  'spool not closed': 'A temporary file goes with the process.',
};

it('names every warning and error of the log, but those that need nobody', () => {
  const { messages, unread } = logMessages();
  expect(unread).toHaveLength(1);
  const known = new Set([
    ...Object.keys(NEEDS_NOBODY),
    ...[...RUNBOOK.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, message]) => message),
  ]);
  const logged = new Set(messages.map(({ message }) => message));
  expect([...logged].filter((message) => !known.has(message))).toEqual([]);
  expect(Object.keys(NEEDS_NOBODY).filter((message) => !logged.has(message))).toEqual([]);
  const [, table = ''] = RUNBOOK.split('## Log messages that want a person');
  const listed = [...table.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, message]) => message ?? '');
  expect(listed.filter((message) => !logged.has(message))).toEqual([]);
});
