import { decide } from '../exports/decide.ts';
import type { Json } from '../exports/envelope.ts';
import { type Refusal, refuse } from '../exports/refusals.ts';
import type { Committed } from '../store/port.ts';
import { contextOf, type Flow } from './settings.ts';

/** A sink's later answer about something it had taken (`POST /v1/exports/{id}/exceptions`). */
export async function raiseException(
  flow: Flow,
  exportId: string,
  sink: string,
  report: { exception_code: string; exception_metadata: { [key: string]: Json } },
): Promise<Committed | Refusal> {
  const { message } = report.exception_metadata;
  return flow.ledger.update(exportId, flow.clock.now(), (state) =>
    state
      ? decide(
          state,
          {
            do: 'raise_exception',
            sink,
            code: report.exception_code,
            message: typeof message === 'string' ? message : `${sink} reported ${report.exception_code}.`,
            metadata: report.exception_metadata,
          },
          contextOf(flow),
        )
      : refuse('not_found', { export_id: exportId }),
  );
}
