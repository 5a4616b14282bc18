import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../../src/cli/run.ts';
import { csvRows } from '../../../src/exports/csv.ts';
import { identifier } from '../../../src/exports/fields.ts';
import { createLogger } from '../../../src/log.ts';
import { EXAMPLE, SECRETS } from '../../support/config.ts';
import { fixture, put } from '../../support/fixtures.ts';
import type { House } from '../../support/house.ts';
import { knock } from './door.ts';

/** What a terminal acts on, or a reader does not see; line ends and tabs are the writer's own. */
const ACTS = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const shown = (text: string) => JSON.stringify(text.slice(0, 160));

/** Everything wrong with the log lines that say this text in every place. */
export function wrongInLog(text: string): string[] {
  const written: string[] = [];
  const log = createLogger({ level: 'trace', stream: { write: (line) => void written.push(line) } });
  const error = Object.assign(new Error(text, { cause: new TypeError(text) }), { code: text, name: text });
  log.info({ text, [text]: text, list: [text], deep: { [text]: { text } } }, 'something was said');
  log.error({ err: error }, 'something failed');
  log.warn({ err: text }, 'something was thrown');
  log.child({ text }).trace({}, 'something small');
  const wrong: string[] = [];
  if (written.length !== 4) wrong.push(`${written.length} writes for 4 lines: ${shown(text)}`);
  for (const line of written) {
    if (!line.endsWith('\n') || line.slice(0, -1).includes('\n'))
      wrong.push(`a line within a line: ${shown(line)}`);
    if (ACTS.test(line)) wrong.push(`a log line that acts: ${shown(line)}`);
    const read = JSON.parse(line) as { level?: string; msg?: string };
    if (
      !['info', 'error', 'warn', 'trace'].includes(read.level ?? '') ||
      !read.msg?.startsWith('something ')
    ) {
      wrong.push(`a forged level or message: ${shown(line)}`);
    }
  }
  return wrong;
}

async function cli(args: readonly string[], env: Record<string, string>, piped = '') {
  const out: string[] = [];
  const err: string[] = [];
  const variables = { ...SECRETS, ...env };
  const code = await run(args, {
    env: variables,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    input: async () => Buffer.from(piped),
  });
  return { code, out, err };
}

const TheirSku = identifier('SKU of the other system', 255);

const FORMULA = /^\s*[=+\-@\t\r＝＋－＠−]/u;

/** What the list of SKUs becomes in a spreadsheet, and whether it comes back as it was. */
export async function wrongInCsv(texts: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'meshline-hostile-'));
  try {
    writeFileSync(join(folder, 'meshline.yml'), EXAMPLE);
    const env = { MESHLINE_CONFIG: join(folder, 'meshline.yml'), MESHLINE_DB: join(folder, 'meshline.db') };
    const cell = (text: string) => `"${text.toWellFormed().replaceAll('"', '""')}"`;
    const rows = texts.map((text, n) => `oms,SKU-${n},${cell(text)}`);
    const wrong: string[] = [];
    const told = async (args: readonly string[], piped: string) => {
      const { out, err } = await cli(args, env, piped);
      const lines = [...out, ...err];
      for (const line of lines) if (ACTS.test(line)) wrong.push(`${args.join(' ')} acts: ${shown(line)}`);
      if (err.some((line) => line.includes('\n')))
        wrong.push(`a fault on two lines: ${shown(err.join('|'))}`);
      return { out, err };
    };
    // What is refused is told by line; the rest is taken without it.
    const head = 'system,sku,alias';
    const first = await told(['skus', 'import', '-', '--dry-run'], [head, ...rows].join('\n'));
    const kept =
      first.err.length === 0
        ? rows
        : rows.filter((_, n) => TheirSku.safeParse(texts[n]?.toWellFormed().trim()).success);
    // Two texts may be one alias once they are trimmed.
    const distinct = [
      ...new Map(kept.map((row) => [row.slice(row.indexOf('"')).replace(/^"\s*|\s*"$/g, ''), row])).values(),
    ];
    await told(['skus', 'import', '-'], [head, ...distinct].join('\n'));
    const { out } = await told(['skus', 'export', '-'], '');
    const text = out.join('\n');
    for (const { cells } of csvRows(text)) {
      for (const each of cells) if (FORMULA.test(each)) wrong.push(`a cell that calculates: ${shown(each)}`);
    }
    const again = await cli(['skus', 'import', '-'], env, text);
    if (!again.out.some((line) => line.includes(' 0 new or changed'))) {
      wrong.push(`the list does not come back as it was: ${shown([...again.out, ...again.err].join('|'))}`);
    }
    return wrong;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const TOKEN = { authorization: `Bearer ${SECRETS['READ_TOKEN'] ?? ''}` };

/** Sends exports full of these texts, and reads them back over HTTP and in a terminal. */
export async function wrongInReads(house: House, texts: readonly string[]): Promise<string[]> {
  const wrong: string[] = [];
  const env = { MESHLINE_DB: join(house.folder, 'meshline.db') };
  const ids: string[] = [];
  for (let at = 0; at < texts.length; at += 6) {
    const [a = '', b = '', c = '', d = '', e = '', f = ''] = texts
      .slice(at, at + 6)
      .map((text) => text.toWellFormed());
    const raw = fixture('promo_activation', { now: house.clock.now() });
    raw['idempotency_key'] = `hostile-${at}`;
    put(raw, 'campaign_id', a);
    put(raw, 'payload.campaign_name', b);
    put(raw, 'payload.lines.0.title', c);
    put(raw, 'source.reference', d);
    if (e !== '') raw[e.slice(0, 100)] = f;
    const { status, body } = await house.send(raw);
    if (status >= 500) wrong.push(`${status} for ${shown(a)}`);
    if (body.export_id) ids.push(body.export_id);
  }
  const get = async (path: string) => {
    const answer = await knock(house.meshline.url, {
      why: path,
      path,
      method: 'GET',
      headers: TOKEN,
      body: '',
    });
    if (answer.status >= 500 || answer.status === 0) wrong.push(`${answer.status} for ${shown(path)}`);
    if (!/^application\/(?:problem\+)?json/.test(answer.type)) wrong.push(`${answer.type} at ${shown(path)}`);
    JSON.parse(answer.text);
  };
  for (const id of ids) {
    await get(`/v1/exports/${id}`);
    const { out } = await cli(['show', id], env);
    const replayed = await cli(['replay', id], env);
    for (const line of [...out, ...replayed.out])
      if (ACTS.test(line)) wrong.push(`show acts: ${shown(line)}`);
    for (const line of out) if (line.includes('\n')) wrong.push(`show breaks its line: ${shown(line)}`);
  }
  for (const text of texts) {
    const word = encodeURIComponent(text.toWellFormed().slice(0, 300));
    await get(`/v1/exports/${word || 'x'}`);
    await get(`/v1/campaigns/${word || 'x'}`);
    await get(`/v1/exports?state=${word}&${word}=${word}`);
    const { err } = await cli(['show', text.slice(0, 500)], env);
    for (const line of err) if (ACTS.test(line)) wrong.push(`the terminal acts: ${shown(line)}`);
  }
  return wrong;
}
