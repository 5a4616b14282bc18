import { decide } from '../exports/decide.ts';
import type { Operation } from '../exports/define.ts';
import { operationsOf } from '../exports/operations.ts';
import { list, short } from '../exports/phrases.ts';
import { isAwaited } from '../exports/rehearsal.ts';
import type { CheckFinding, Export, Push, Revision } from '../exports/state.ts';
import type { Finding, Pusher, PushRequest, Sink } from '../sinks/port.ts';
import type { OutboxRow } from '../store/port.ts';
import { addressed } from './aliases.ts';
import { contextOf, type Flow } from './settings.ts';

/** Five tries within about half a minute, besides the time that the system itself takes. */
const PATIENCE: Revision['policy']['retry'] = {
  max_attempts: 5,
  first_delay_ms: 1_000,
  max_delay_ms: 15_000,
};

const MOST_FINDINGS = 30;
const LONGEST = 400;

export type Rehearsing = {
  pusher: Pick<Pusher, 'sink'>;
  nextDelay: (policy: Revision['policy']['retry'], attempt: number, asked: number | null) => number | null;
  requestFor: (state: Export, revision: Revision, push: Push, row: OutboxRow) => PushRequest;
};

type Asked = { state: Export; revision: Revision; row: OutboxRow; sink: string; round: number };

/**
 * Tries a sample of an export and a test order on one staging system, and writes down what was found. A
 * system that is down, or answers unclearly, is asked again for a while and then counts as failed.
 *
 * @returns when to look again (ms), or null when it is settled
 */
export async function rehearse(flow: Flow, to: Rehearsing, row: OutboxRow): Promise<number | null> {
  const { effect } = row;
  if (effect.kind !== 'rehearse') return null;
  const settled = { key: row.key, token: row.token, result: { done: true } } as const;
  const state = await flow.ledger.get(row.export_id);
  if (!state?.revision || !isAwaited(state, effect)) {
    await flow.ledger.settle(settled);
    return null;
  }
  const { sink, revision, round } = effect;
  const findings = await tried(flow, to, { state, revision: state.revision, row, sink, round });
  const unclear = findings.find((each) => each.level === 'passing');
  const delay = unclear ? to.nextDelay(PATIENCE, row.attempts, null) : null;
  if (unclear && delay !== null) {
    const later = flow.clock.now() + delay;
    await flow.ledger.settle({ ...settled, result: { later, cause: unclear.problem ?? unclear.name } });
    return later;
  }
  const told = findings.slice(0, MOST_FINDINGS).map((each) => toldOf(each, row.attempts));
  const command = { do: 'record_rehearsal', sink, revision, round, findings: told } as const;
  await flow.ledger.update(
    state.id,
    flow.clock.now(),
    (now) => decide(now, command, contextOf(flow)),
    settled,
  );
  return null;
}

/** What is only to be known stops nothing: it is kept as a detail. */
function toldOf({ name, problem, detail, level }: Finding, tries: number): CheckFinding {
  const times = level === 'passing' && tries > 1 ? `No clear answer in ${tries} tries: ` : '';
  const stops = problem !== null && level !== 'notice';
  const known = stops ? detail : (problem ?? detail);
  return {
    name: short(name, 80),
    problem: stops ? short(`${times}${problem}`, LONGEST) : null,
    detail: known === null ? null : short(known, LONGEST),
  };
}

const failed = (name: string, problem: string): readonly Finding[] => [{ name, problem, detail: null }];

/** One sample of every kind of operation that the export has and the system takes. */
async function tried(flow: Flow, to: Rehearsing, ask: Asked): Promise<readonly Finding[]> {
  const sink = to.pusher.sink(ask.sink);
  if (!sink) return failed('staging', 'There is no such system any more. Correct “staging” in meshline.yml.');
  if (!sink.rehearse)
    return failed('staging', 'This system cannot rehearse. Name one that can, or mark it as staging.');
  const operations = operationsOf(ask.state, ask.revision, flow.catalog);
  const kinds = [...new Map(operations.map((each) => [each.name, each])).values()];
  const samples = kinds.filter((each) => sink.accepts(each.name));
  if (samples.length === 0) {
    const wanted = list(kinds.map((each) => each.name));
    return failed('staging', `This system does not take ${wanted}, so nothing was tried.`);
  }
  const findings: Finding[] = [];
  for (const operation of samples) {
    const request = to.requestFor(ask.state, ask.revision, sampleOf(ask, operation), ask.row);
    const of = samples.length === 1 ? '' : `:${operation.name}`;
    const told = await answered(flow, sink, { ...request, attempt: ask.row.attempts });
    findings.push(...told.map((each) => ({ ...each, name: `${each.name}${of}` })));
    if (told.some((each) => each.level === 'passing')) break;
  }
  return findings;
}

/** The key says which sample it is; it stays the same when the process ends in the middle of it. */
function sampleOf({ state, revision, sink, round }: Asked, operation: Operation): Push {
  return {
    key: `reh_${state.id}-r${revision.number}-${round}-${sink}-${operation.name.replaceAll('.', '_')}`,
    sink,
    operation,
    status: 'waiting',
    attempts: 0,
    next_at: null,
    detail: null,
    exception_code: null,
    cursor: null,
    facts: {},
  };
}

/** A defect in a sink proves nothing; its error could hold a secret, so only its class is told. */
async function answered(flow: Flow, sink: Sink, request: PushRequest): Promise<readonly Finding[]> {
  const ready = await addressed(flow, request);
  if ('kind' in ready) return failed('sample.write', ready.kind === 'failed' ? ready.message : ready.kind);
  try {
    const findings = (await sink.rehearse?.(ready)) ?? [];
    return findings.length > 0 ? findings : failed('staging', 'This system tried nothing of it.');
  } catch (error) {
    const name = error instanceof Error ? error.name : 'none';
    flow.log.warn({ sink: request.sink, error: name }, 'A staging system could not be rehearsed on');
    const problem = 'It failed in a way that is not foreseen.';
    return [{ name: 'staging', problem, detail: null, level: 'passing' }];
  }
}
