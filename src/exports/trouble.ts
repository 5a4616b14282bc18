import type { Context } from './commands.ts';
import { exceptionRule } from './exceptions.ts';
import { backupOf, type Directory, type PersonId } from './ownership.ts';
import type { ExceptionRule } from './policy.ts';
import type { Export, Trouble } from './state.ts';
import type { Role } from './words.ts';

/** Whose card goes to those who can name the SKUs, because they may not be in its own channel. */
export const SKU_MAPPING_FAILED = 'sku_mapping_failed';

/** Whose card goes to those who can find more stock. */
export const INSUFFICIENT_INVENTORY = 'insufficient_inventory';

const IN_ITS_OWN_CHANNEL: ReadonlySet<string> = new Set([SKU_MAPPING_FAILED, INSUFFICIENT_INVENTORY]);

/** Who owns a failure: the export's own owner when it is their role, else the role's default owner or their backup. */
export function troubleOwner(state: Export, role: Role, directory: Directory): PersonId | null {
  if (role === state.route.role && directory.people.get(state.route.owner)?.active) return state.route.owner;
  const named = directory.roles.get(role)?.default_owner ?? null;
  if (named === null) return null;
  return directory.people.get(named)?.active ? named : backupOf(directory, named);
}

/** What a code means for this export: its type's own rule, else the catalogue's. */
export function ruleOf(state: Export, code: string, context: Context): ExceptionRule {
  const type = state.revision ? context.catalog.get(state.revision.export_type) : undefined;
  return exceptionRule(type, code);
}

export function troubleOf(
  state: Export,
  code: string,
  message: string,
  metadata: Trouble['metadata'],
  sink: string | null,
  context: Context,
): Trouble {
  const type = state.revision ? context.catalog.get(state.revision.export_type) : undefined;
  const { alternate: _, ...rule } = ruleOf(state, code, context);
  const mends = type?.mends ?? {};
  const elsewhere = IN_ITS_OWN_CHANNEL.has(code)
    ? context.directory.roles.get(rule.role)?.channel
    : undefined;
  const mend = Object.hasOwn(mends, code) ? mends[code]?.title : undefined;
  return {
    ...rule,
    code,
    message,
    metadata,
    sink,
    owner: troubleOwner(state, rule.role, context.directory),
    at: context.now,
    ...(elsewhere === undefined ? {} : { channel: elsewhere }),
    ...(mend === undefined ? {} : { mend }),
  };
}
