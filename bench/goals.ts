import type { Figures } from './cases.ts';

/** A goal of the project, held against figures of the same run. */
export type Goal = { name: string; value: number; bar: string; met: boolean };

type Results = Readonly<Record<string, Figures>>;

function atLeast(name: string, value: number, bar: number): Goal {
  return { name, value, bar: `at least ${bar}`, met: value >= bar };
}

function atMost(name: string, value: number, bar: number): Goal {
  return { name, value, bar: `at most ${bar}`, met: value <= bar };
}

/** Ratios and limits; only figures of one run are ever compared with each other. */
export function goalsOf(results: Results): Goal[] {
  const of = (name: string, figure: string) => results[name]?.[figure] ?? Number.NaN;
  const open = of('at_scale', 'open').toLocaleString('en');
  const http = of('over_http', 'per_second');
  const ledger = of('grouped', 'full');
  return [
    atLeast('intake over HTTP / bare node:http echo', of('over_http', 'ratio'), 0.45),
    atLeast('intake over HTTP / bare SQLite loop, 100 a transaction', http / of('bare', 'batch_100'), 0.6),
    atLeast('core and ledger / bare SQLite loop, 100 a transaction', ledger / of('bare', 'batch_100'), 0.6),
    atLeast('grouped FULL / grouped NORMAL', ledger / of('grouped', 'normal'), 0.9),
    atLeast(`core and ledger with ${open} open / empty`, of('at_scale', 'intake_per_second') / ledger, 0.8),
    atMost('click decided and committed, p99 ms', of('clicks', 'p99_ms'), 10),
    atMost(`sweep, nothing due, ${open} open, ms`, of('at_scale', 'idle_sweep_ms'), 0.2),
    atMost(`sweep, 100 due, ${open} open, ms`, of('at_scale', 'due_sweep_ms'), 5),
    atMost('acknowledgement at 1,000 a second for 3 s, p99 ms', of('over_http', 'steady_p99_ms'), 50),
    atMost('memory after that, MB', of('over_http', 'rss_mb'), 350),
    atMost(`opening the ledger with ${open} open, ms`, of('at_scale', 'opening_ms'), 1_500),
    atMost(
      'verifying a million events (from the rate measured), s',
      1e6 / of('verify', 'events_per_second'),
      10,
    ),
  ];
}
