import { Counter, Gauge, type Registry } from 'prom-client';

type State = { name: string; every_ms: number; age_ms: number | null; failures: number };

/**
 * How old the newest backup and the last noted head are, and how often they failed; nothing where none is scheduled.
 * The label is not `job`, which is Prometheus's own.
 */
export function addUpkeepMetrics(registry: Registry, states: () => readonly State[]): void {
  if (states().length === 0) return;
  new Gauge({
    name: 'meshline_upkeep_age_seconds',
    help: 'How long ago the newest verified backup was made, and the head was noted.',
    labelNames: ['upkeep'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, age_ms } of states()) if (age_ms !== null) this.set({ upkeep: name }, age_ms / 1000);
    },
  });
  new Gauge({
    name: 'meshline_upkeep_period_seconds',
    help: 'How often each is to be done, as configured.',
    labelNames: ['upkeep'],
    registers: [registry],
    collect() {
      for (const { name, every_ms } of states()) this.set({ upkeep: name }, every_ms / 1000);
    },
  });
  new Counter({
    name: 'meshline_upkeep_failures_total',
    help: 'Backups and notes of the head that failed.',
    labelNames: ['upkeep'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { name, failures } of states()) this.inc({ upkeep: name }, failures);
    },
  });
}
