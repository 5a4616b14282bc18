import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { type Document, isMap, parseDocument } from 'yaml';
import { systemClock, systemIds } from '../clock.ts';
import { LedgerLocked, openLedger } from '../store/index.ts';
import { withReader } from './ledger.ts';
import { mergeOverlay } from './owners-merge.ts';
import { configOf, configText, environmentOf, readInput } from './setup.ts';
import { CommandFailed, type ExitCode, type Terminal } from './terminal.ts';

/** The part of meshline.yml that says who owns what. */
const SECTIONS = ['people', 'roles', 'on_call'] as const;

/** All of it or nothing. @throws CommandFailed */
export function writeText(file: string, text: string): void {
  const partial = `${file}.partial`;
  try {
    writeFileSync(partial, text, { mode: 0o644 });
    renameSync(partial, file);
  } catch {
    throw new CommandFailed(`${file} cannot be written. Check the folder and its permissions.`);
  }
}

/** `owners export FILE|-`: people, roles and on-call as YAML as they stand now, comments included. */
export async function exportOwners(terminal: Terminal, file: string): Promise<ExitCode> {
  const environment = environmentOf(terminal.env);
  const text = configText(environment);
  const { directory } = configOf(text, environment.MESHLINE_CONFIG, terminal.env);
  const document = parseDocument(text);
  const ledger = environment.MESHLINE_DB;
  if (existsSync(ledger)) {
    mergeOverlay(document, directory, await withReader(ledger, (reader) => reader.directory()));
  }
  if (isMap(document.contents)) {
    document.contents.items = document.contents.items.filter(({ key }) =>
      SECTIONS.some((section) => section === String(key)),
    );
  }
  if (file === '-') terminal.out(document.toString().trimEnd());
  else {
    writeText(file, document.toString());
    terminal.out(`ok   ${directory.people.size} people and ${directory.roles.size} roles are in ${file}.`);
  }
  return 0;
}

/**
 * `owners import FILE|-`: puts the people, roles and on-call of a file in the place of those in
 * meshline.yml. Nothing is written unless the whole configuration is without faults afterwards.
 */
export async function importOwners(terminal: Terminal, file: string, dryRun: boolean): Promise<ExitCode> {
  const environment = environmentOf(terminal.env);
  const target = environment.MESHLINE_CONFIG;
  const given = parseDocument((await readInput(terminal, file)).toString('utf8'));
  checkGiven(given, file);
  const document = parseDocument(configText(environment));
  for (const section of SECTIONS) {
    if (given.has(section)) document.set(section, given.get(section, true));
  }
  const text = document.toString({ lineWidth: 0 });
  const { directory } = configOf(text, `${target} with ${file}`, terminal.env);
  const summary = `${directory.people.size} people and ${directory.roles.size} roles`;
  if (dryRun) {
    terminal.out(`ok   ${summary} would be in ${target}. Nothing was written.`);
    return 0;
  }
  await forgetChanges(environment.MESHLINE_DB);
  writeText(target, text);
  terminal.out(`ok   ${summary} are in ${target}. Restart Meshline to use them.`);
  return 0;
}

/**
 * The file now says who owns what, so changes made in Slack before it no longer lie over it; that
 * is an event too. @throws CommandFailed while Meshline runs, before anything was written
 */
async function forgetChanges(file: string): Promise<void> {
  if (!existsSync(file)) return;
  try {
    const ledger = await openLedger({ file, clock: systemClock, ids: systemIds(systemClock) });
    await ledger.changeDirectory(systemClock.now(), () => ({
      events: [{ type: 'directory_imported', by: null }],
    }));
    await ledger.close();
  } catch (error) {
    if (!(error instanceof LedgerLocked)) throw error;
    throw new CommandFailed('Meshline is running on this ledger. Stop it, import, and start it again.');
  }
}

function checkGiven(given: Document.Parsed, file: string): void {
  const [broken] = given.errors;
  if (broken) throw new CommandFailed(`${file}: ${broken.message.split('\n')[0] ?? 'This is not YAML.'}`);
  const keys = isMap(given.contents) ? given.contents.items.map(({ key }) => String(key)) : [];
  const other = keys.filter((key) => !SECTIONS.some((section) => section === key));
  if (keys.length === 0 || other.length > 0) {
    const found = other.length > 0 ? ` It also has ${other.join(', ')}.` : '';
    throw new CommandFailed(`${file} should be a map of people, roles and on_call alone.${found}`);
  }
}
