import type { Present } from '../../exports/campaigns/issue.ts';
import { canonicalSku } from '../../exports/identifiers.ts';
import type { Pusher } from '../../sinks/port.ts';
import type { Flow } from '../settings.ts';

/** What the systems say now of some items, when it was read (ms), and the sentences of those that could not be asked. */
export type Read = { present: Present; as_of: number; problems: readonly string[] };

/** The systems that a promo goes to and that can be read; each is asked, and the first that knows an item counts. */
export async function presentValues(
  flow: Flow,
  pusher: Pick<Pusher, 'sink'>,
  skus: readonly string[],
): Promise<Read> {
  const as_of = flow.clock.now();
  const canonical = [...new Set(skus.map((sku) => canonicalSku(sku)))];
  const names = flow.settings().policies.get('promo_activation')?.routes ?? [];
  const answers = await Promise.all(
    names.map(async (name) => {
      const sink = pusher.sink(name);
      if (!sink?.read) return null;
      const known = Object.entries(await flow.ledger.aliases(name, canonical));
      return sink.read(canonical, Object.fromEntries(known.map(([sku, { alias }]) => [sku, alias])));
    }),
  );
  const present: Record<string, Present[string]> = {};
  const problems: string[] = [];
  for (const answer of answers) {
    if (answer === null) continue;
    if (isProblem(answer)) {
      problems.push(answer.problem);
      continue;
    }
    for (const [sku, value] of Object.entries(answer)) present[sku] = { ...value, ...present[sku] };
  }
  return { present, as_of, problems };
}

function isProblem(answer: object): answer is { problem: string } {
  return 'problem' in answer && typeof answer.problem === 'string';
}
