import type { Command } from '../../../src/exports/commands.ts';
import type { Repaired } from '../../../src/exports/events.ts';
import type { PersonId } from '../../../src/exports/ownership.ts';
import { read } from '../../../src/exports/receive.ts';
import { rawProbe, reading } from '../../support/core.ts';

/** Other values than those that stand, as if somebody had typed them. */
const repaired: Repaired = read(rawProbe({ value: 7 }), reading(), 2);

/** Every command of a person that the table does not speak of. Who has no part in an export can do none of them. */
export const OTHERS: readonly ((by: PersonId) => Command)[] = [
  (by) => ({ do: 'correct', by, repaired }),
  (by) => ({ do: 'assign_owner', by, repaired }),
  (by) => ({ do: 'open_review', by, take_over: true }),
  (by) => ({ do: 'close_review', by }),
  (by) => ({ do: 'edit', by, seen: 1, repaired }),
  (by) => ({ do: 'use_alternate', by, seen: 1 }),
  (by) => ({ do: 'request_rehearsal', by, seen: 1 }),
  (by) => ({ do: 'override_safety_checks', by, seen: 1, reason: 'I know better.' }),
  (by) => ({ do: 'take_out', by, seen: 1, held: new Map(), repaired }),
  (by) => ({ do: 'continue_mapped', by }),
  (by) => ({ do: 'advance_rollout', by, stage: 0 }),
  (by) => ({ do: 'hold_rollout', by, stage: 0 }),
  (by) => ({ do: 'roll_back_rollout', by }),
];
