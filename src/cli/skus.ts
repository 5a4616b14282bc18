import { existsSync } from 'node:fs';
import { systemClock, systemIds } from '../clock.ts';
import { type Alias, changesOf } from '../exports/catalogue.ts';
import { canonical, decideCatalogue, faultsOf } from '../exports/catalogue-decide.ts';
import { csvRows } from '../exports/csv.ts';
import { count } from '../exports/phrases.ts';
import { isRefusal, sentence } from '../exports/refusals.ts';
import { LedgerLocked, openLedger } from '../store/index.ts';
import { oneLine } from '../unseen.ts';
import { withReader } from './ledger.ts';
import { writeText } from './owners.ts';
import { configOf, configText, environmentOf, readInput } from './setup.ts';
import { CommandFailed, type ExitCode, type Terminal } from './terminal.ts';

const COLUMNS = ['system', 'sku', 'alias'] as const;

const BAD_QUOTES = 'The quotes do not fit. Double a quote that is part of a value.';

type Row = { line: number; alias: Alias };
type Fault = { line: number; problem: string };

/** The rows of a file with the columns system, sku and alias in any order, and everything that cannot be read. */
function readRows(text: string): { rows: readonly Row[]; faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const records = csvRows(text, {
    onBroken(line) {
      // A quote that does not end is met twice: where it stands, and where the file ends.
      if (faults.every((each) => each.line !== line)) faults.push({ line, problem: BAD_QUOTES });
    },
  });
  const [head, ...body] = records;
  const names = head?.cells.map((name) => name.trim().toLowerCase()) ?? [];
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0 || names.length !== COLUMNS.length) {
    const problem = `The first line names the columns: ${COLUMNS.join(',')}.`;
    return { rows: [], faults: [{ line: head?.line ?? 1, problem }, ...faults] };
  }
  const rows = body.flatMap(({ cells, line }): Row[] => {
    if (cells.length !== COLUMNS.length) {
      faults.push({ line, problem: `There are ${cells.length} values where ${COLUMNS.length} belong.` });
      return [];
    }
    const value = (column: (typeof COLUMNS)[number]) => valueOf(cells[names.indexOf(column)] ?? '');
    const alias = { system: value('system').trim(), sku: value('sku'), alias: value('alias') };
    return [{ line, alias: canonical(alias) }];
  });
  return { rows, faults };
}

/**
 * `skus import FILE|-`: what other systems call our SKUs. The rows join what is there already; nothing
 * is recorded while any of them is wrong, and all that is wrong is told at once.
 */
export async function importSkus(terminal: Terminal, file: string, dryRun: boolean): Promise<ExitCode> {
  const environment = environmentOf(terminal.env);
  const config = configOf(configText(environment), environment.MESHLINE_CONFIG, terminal.env);
  const systems = new Set(config.sinks.keys());
  const { rows, faults } = readRows((await readInput(terminal, file)).toString('utf8'));
  const aliases = rows.map(({ alias }) => alias);
  const found = [...faults];
  const ledger = await opened(environment.MESHLINE_DB);
  try {
    const changed = await ledger.changeCatalogue(systemClock.now(), (view) => {
      const wrong = faultsOf(view, aliases, systems).map(({ index, refusal }) => ({
        line: rows[index]?.line ?? 0,
        problem: sentence(refusal),
      }));
      found.splice(faults.length, found.length, ...wrong);
      if (found.length > 0 || dryRun) return { events: [] };
      const context = { directory: config.directory, systems };
      return decideCatalogue(view, { do: 'import_skus', aliases }, context);
    });
    if (isRefusal(changed)) throw new CommandFailed(sentence(changed));
    if (found.length > 0) {
      const told = found.toSorted((a, b) => a.line - b.line);
      for (const { line, problem } of told) terminal.err(oneLine(`${file}:${line}: ${problem}`));
      terminal.err(`${count(found.length, 'fault')}. Nothing was recorded.`);
      return 1;
    }
    const news = changed.reduce((sum, { event }) => sum + changesOf(event).length, 0);
    const read = count(rows.length, 'name');
    terminal.out(
      dryRun
        ? `ok   ${read} would be taken. Nothing was recorded.`
        : `ok   ${read} read, ${news} new or changed.`,
    );
    return 0;
  } finally {
    await ledger.close();
  }
}

async function opened(file: string) {
  try {
    return await openLedger({ file, clock: systemClock, ids: systemIds(systemClock) });
  } catch (error) {
    if (!(error instanceof LedgerLocked)) throw error;
    throw new CommandFailed('Meshline is running on this ledger. Stop it, import, and start it again.');
  }
}

/** What a spreadsheet takes for a formula, after blanks; with more quotes before it too, so that reading takes one away. */
const FORMULA = /^'*\s*[=+\-@\t\r\n|%＝＋－＠−﹢﹣﹦﹫]/u;

/** A cell that a spreadsheet would calculate begins with a quote, as spreadsheets themselves write text. */
function cellOf(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function valueOf(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** `skus export FILE|-`: the same file as it stands, ordered by system and SKU. */
export async function exportSkus(terminal: Terminal, file: string): Promise<ExitCode> {
  const { MESHLINE_DB } = environmentOf(terminal.env);
  const all = existsSync(MESHLINE_DB) ? await withReader(MESHLINE_DB, (reader) => reader.allAliases()) : [];
  const lines = all.map((row) => COLUMNS.map((column) => cellOf(row[column])).join(','));
  const text = [COLUMNS.join(','), ...lines].join('\n');
  if (file === '-') terminal.out(text);
  else {
    writeText(file, `${text}\n`);
    terminal.out(`ok   ${count(all.length, 'name')} of SKUs are in ${file}.`);
  }
  return 0;
}
