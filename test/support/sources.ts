import type { Clock } from '../../src/clock.ts';
import { systemClock } from '../../src/clock.ts';
import { systemResolver } from '../../src/sinks/egress.ts';
import { createHttpClient } from '../../src/sinks/http-client.ts';
import type { SourceContext } from '../../src/sources/define.ts';

/** What a source is opened with; its HTTP runs on real time even where its clock is moved by hand. */
export function sourceContext({ clock }: { clock: Clock }): SourceContext {
  return {
    name: 'storefront',
    secrets: [],
    keys: [],
    api_token: null,
    clock,
    http: (needs) =>
      createHttpClient({
        ...needs,
        clock: systemClock,
        resolve: systemResolver,
        user_agent: 'meshline/test',
      }),
  };
}
