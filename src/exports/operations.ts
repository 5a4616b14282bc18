import type { Catalog, Operation } from './define.ts';
import { Envelope } from './envelope.ts';
import type { Export, Revision } from './state.ts';

/** Everything that these values ask of sinks, under the limits they were stamped with. */
export function operationsOf(
  { raw }: Pick<Export, 'raw'>,
  revision: Revision,
  catalog: Catalog,
): readonly Operation[] {
  const type = catalog.get(revision.export_type);
  if (!type) throw new Error(`The type ${revision.export_type} is not in the catalogue any more.`);
  const rules = { ...type.rules, ...revision.policy.rules };
  return type.operations(revision.payload, Envelope.parse(raw), rules);
}
