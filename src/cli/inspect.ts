import { toIso } from '../clock.ts';
import type { Recorded } from '../exports/events.ts';
import { evolve } from '../exports/evolve.ts';
import type { Export } from '../exports/state.ts';
import { oneLine } from '../unseen.ts';
import { ledgerFile, withReader } from './ledger.ts';
import { CommandFailed, type ExitCode, type Terminal } from './terminal.ts';

async function historyOf(terminal: Terminal, id: string): Promise<readonly Recorded[]> {
  const file = ledgerFile(terminal);
  const history = await withReader(file, (reader) => reader.events(id));
  if (history.length === 0) throw new CommandFailed(`There is no export ${id} in ${file}. Check the id.`);
  return history;
}

const day = (ms: number) => toIso(ms).replace('T', ' ').slice(0, 19);

/** `show ID`: an export as it stands, and what happened to it. */
export async function show(terminal: Terminal, id: string, json: boolean): Promise<ExitCode> {
  const file = ledgerFile(terminal);
  const state = await withReader(file, (reader) => reader.get(id));
  if (!state) throw new CommandFailed(`There is no export ${id} in ${file}. Check the id.`);
  if (json) {
    terminal.out(JSON.stringify(state, null, 2));
    return 0;
  }
  const out = (line: string) => terminal.out(oneLine(line));
  for (const [label, value] of factsOf(state)) out(`${`${label}:`.padEnd(14)}${value}`);
  for (const { severity, path, message } of state.problems) out(`  ${severity} ${path}: ${message}`);
  for (const { sink, operation, status, attempts, detail } of state.pushes) {
    out(`  ${operation.name} to ${sink}: ${status} after ${attempts}${detail ? `, ${detail}` : ''}`);
  }
  for (const { n, at, event } of await historyOf(terminal, id)) {
    terminal.out(`  ${String(n).padStart(3)}  ${day(at)}  ${event.type}`);
  }
  return 0;
}

function factsOf(state: Export): [string, string][] {
  const { revision, route, trouble, ending } = state;
  const signed = state.acceptances.map((each) => `${each.by ?? 'policy'} (${day(each.at)})`).join(', ');
  return [
    ['export', state.id],
    ['state', state.status],
    ['type', revision ? `${revision.export_type}, ${revision.intent}` : 'not understood'],
    ['source', `${state.source.name}, ${state.source.system} ${state.source.reference}`],
    ['received', `${day(state.received_at)} UTC`],
    ['owner', `${route.owner} as ${route.role}: ${route.reason}`],
    ['gate', revision ? `${revision.policy.gate.mode}: ${revision.policy.gate.reason}` : 'none yet'],
    ['accepted by', signed === '' ? 'nobody' : signed],
    ...(trouble
      ? [['trouble', `${trouble.code}: ${trouble.message} ${trouble.remedy}`] as [string, string]]
      : []),
    ...(ending
      ? [['ended', `${day(ending.at)} UTC${ending.reason ? `, ${ending.reason}` : ''}`] as [string, string]]
      : []),
  ];
}

/** `replay ID [--at SEQ]`: makes the export again from its events, step by step; at SEQ, its whole state. */
export async function replay(terminal: Terminal, id: string, at: string | undefined): Promise<ExitCode> {
  const history = await historyOf(terminal, id);
  const last = history.at(-1)?.n ?? 0;
  const until = at === undefined ? last : Number(at);
  if (!Number.isInteger(until) || until < 1 || until > last) {
    throw new CommandFailed(`--at takes the number of an event, from 1 to ${last}.`, 2);
  }
  let state: Export | null = null;
  for (const { n, at: when, event } of history.filter((each) => each.n <= until)) {
    const before: string = state?.status ?? 'nothing';
    state = evolve(state, event, when, id);
    terminal.out(`${String(n).padStart(3)}  ${toIso(when)}  ${event.type}: ${before} -> ${state.status}`);
  }
  terminal.out(JSON.stringify(state, null, 2));
  return 0;
}
