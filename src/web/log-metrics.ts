import { Counter, type Registry } from 'prom-client';

/** What the log itself cannot tell while it cannot be written. */
export function addLogMetrics(registry: Registry, lost: () => number): void {
  new Counter({
    name: 'meshline_log_lines_lost_total',
    help: 'Log lines that were lost because the log could not be written.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(lost());
    },
  });
}
