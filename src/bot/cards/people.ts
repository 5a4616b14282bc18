import { type StepView, standing, steps } from '../../exports/gates.ts';
import { spoken } from '../../exports/phrases.ts';
import type { Acceptance } from '../../exports/state.ts';
import type { Shown } from '../../flow/ports.ts';
import { either, type Word, type Words } from '../words.ts';

/** "Alice Anderson", or what accepted in nobody's name. */
function signer(acceptance: Acceptance, strong = false): Word {
  return acceptance.by === null ? 'policy' : { name: acceptance.by, strong };
}

/** "Bob Brown", or "Bob Brown for Alice Anderson" when the step was hers. */
export function signerFor(acceptance: Acceptance, strong = false): Words {
  const whose: Words = acceptance.for === null ? [] : [' for ', { name: acceptance.for }];
  return [signer(acceptance, strong), ...whose];
}

/** "Alice Anderson (marketing ops)". */
function signature(acceptance: Acceptance): Words {
  const role: Word[] = acceptance.role === null ? [] : [` (${spoken(acceptance.role)})`];
  return [...signerFor(acceptance), ...role];
}

/** "Alice Anderson (marketing ops) and Carol Chen (operations)"; empty when nobody has signed. */
export function signatures({ state }: Shown): Words {
  return standing(state).flatMap((each, index) =>
    index === 0 ? signature(each) : [' and ', ...signature(each)],
  );
}

function awaitedAt(step: StepView): Words {
  if (step.eligible.length === 0) {
    return [`nobody: no active person holds ${spoken(step.role)}. Ask an operator to fill it`];
  }
  return [...either(step.eligible, 'mention'), ` (${spoken(step.role)})`];
}

/** Who may sign now: "@Priya (marketing ops) and @Hannah or @Omar (operations)". */
export function awaitedWords({ state, directory }: Shown): Words {
  const open = steps(state, directory).filter((step) => !step.signed);
  const ordered = state.revision?.policy.gate.ordered ?? false;
  return open.flatMap((step, index) => {
    if (index === 0) return awaitedAt(step);
    return [ordered ? ', then ' : ' and ', ...awaitedAt(step)];
  });
}
