import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Environment } from '../../src/config/environment.ts';
import { TYPES } from '../../src/exports/catalog.ts';
import { Envelope } from '../../src/exports/envelope.ts';
import { REFUSALS } from '../../src/exports/refusals.ts';
import { RETRY_FAST } from '../../src/exports/retries.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/exports/words.ts';
import { TRANSPORT } from '../../src/web/problems.ts';
import { fixture } from '../support/fixtures.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const pages = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })];

/** What stands under a heading, up to the next one. */
function under(page: string, heading: string): string {
  const [, rest = ''] = `\n${page}`.split(`\n## ${heading}\n`);
  return rest.split('\n## ')[0] ?? '';
}

/** The rows of a table whose first cell is code, without the padding of their cells. */
function rows(section: string): string[] {
  const lines = section.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) => line.replaceAll(/ +\| */g, ' | ').trim());
}

const row = (...cells: (string | number)[]) => `| ${cells.join(' | ')} |`;

describe('docs/refusals.md', () => {
  const page = text('docs/refusals.md');

  it('has every refusal with its status and sentence', () => {
    const code = Object.entries(REFUSALS).map(([name, { http, text: said }]) =>
      row(`\`${name}\``, http, said),
    );
    expect(rows(under(page, 'Refusals'))).toEqual(code);
  });

  it('has everything that HTTP itself refuses', () => {
    const code = Object.entries(TRANSPORT).map(([name, { http, text: said }]) =>
      row(`\`${name}\``, http, said),
    );
    expect(rows(under(page, 'What HTTP itself refuses'))).toEqual(code);
  });
});

describe('docs/exports.md', () => {
  const page = text('docs/exports.md');

  const span = (ms: number) => (ms < HOUR_MS ? `${ms / MINUTE_MS} min` : `${ms / HOUR_MS} h`);

  it('has the owner, SLA, freshness and retries of every type', () => {
    const code = TYPES.map(({ name, policy }) => {
      const groups = Object.entries(policy.refresh).map(
        ([group, { max_age_ms }]) => `${group} ${span(max_age_ms)}`,
      );
      const fresh = groups.length === 0 ? 'none' : groups.join(', ');
      const retry = policy.retry === RETRY_FAST ? 'fast' : 'patient';
      return row(`\`${name}\``, policy.owner_role, span(policy.sla_ms), fresh, retry);
    });
    expect(rows(page.split('\n## ')[0] ?? '')).toEqual(code);
  });

  it.each(TYPES)('has the rules, intents and operations of $name', (type) => {
    const section = under(page, type.name);
    const rules = rows(section).map((line) => line.split(' | ').slice(0, 2).join(' | '));
    const code = Object.entries(type.rules).map(([name, value]) => `| \`${name}\` | ${value}`);
    expect(rules).toEqual(code);
    for (const intent of type.intents) expect(section).toContain(`\`${intent}\``);
    expect(section.includes('**fixed**')).toBe(type.policy.gate_is_fixed);
    const envelope = Envelope.parse(fixture(type.name));
    for (const { name } of type.operations(type.payload.parse(envelope.payload), envelope, type.rules)) {
      expect(section).toContain(`\`${name}\``);
    }
  });
});

describe('README.md', () => {
  it('names every variable with its default', () => {
    const table = rows(under(text('README.md'), 'Run it for real'));
    expect(table.map((line) => /`(\w+)`/.exec(line)?.[1])).toEqual(Object.keys(Environment.shape));
    const defaults = Object.entries(Environment.parse({}));
    for (const [name, value] of defaults) {
      expect(table.find((line) => line.includes(`\`${name}\``))).toContain(`| \`${value}\` |`);
    }
  });
});

describe('docs/runbook.md', () => {
  it('quotes log messages that the code has', () => {
    const code = globSync('src/**/*.ts', { cwd: root }).map(text).join('\n');
    const quoted = rows(under(text('docs/runbook.md'), 'Log messages that want a person'));
    expect(quoted.length).toBeGreaterThan(10);
    for (const line of quoted) expect(code).toContain(`'${/`([^`]+)`/.exec(line)?.[1] ?? line}'`);
  });
});

describe('links between the documents', () => {
  it.each(pages)('%s points at files that are there', (page) => {
    const targets = [...text(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
    const missing = targets
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(missing).toEqual([]);
  });

  it('docs/adr/README.md lists every decision', () => {
    const listed = [...text('docs/adr/README.md').matchAll(/\((\d{4}-[\w-]+\.md)\)/g)].map(
      ([, file]) => file,
    );
    expect(listed).toEqual(globSync('[0-9]*.md', { cwd: join(root, 'docs/adr') }).sort());
  });
});
