import type { App } from '@slack/bolt';
import { ACTION, MODAL } from '../bot/ids.ts';
import { blockOf, mappingModal } from '../bot/modals/mapping.ts';
import { unplacedSkus } from '../exports/mapping.ts';
import { isRefusal, type Refusal, sentence } from '../exports/refusals.ts';
import type { MappingPage } from '../flow/ports.ts';
import type { Committed } from '../store/port.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';
import { entered, onSubmit } from './submit.ts';

const isPage = (outcome: MappingPage | Committed): outcome is MappingPage => 'page' in outcome;

/** A name that cannot be is said beside its input. */
function besideSku(refusal: Refusal, blocks: readonly string[]) {
  const block = blockOf(refusal.facts['sku'] ?? '');
  return blocks.includes(block) ? { errors: { [block]: sentence(refusal) } } : refusal;
}

/** Map SKUs: whoever knows what a system calls them says so, and the export goes on. */
export function registerMapSkus(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.mapSkus, async ({ person, target, open }) => {
    const outcome = await deps.desk.openMapping(target.export_id, person.id);
    if (isRefusal(outcome) || !isPage(outcome)) return outcome;
    await open(mappingModal(outcome));
    return 'shown';
  });

  onSubmit(app, deps, MODAL.mapSkus, async ({ person, target, values }) => {
    const shown = await deps.desk.show(target.export_id);
    if (isRefusal(shown)) return shown;
    const typed = unplacedSkus(shown.state).map((sku) => [sku, entered(values, blockOf(sku))] as const);
    const names = Object.fromEntries(typed.filter(([, alias]) => alias.trim() !== ''));
    const outcome = await deps.desk.mapSkus(target.export_id, person.id, names);
    if (isRefusal(outcome)) return besideSku(outcome, Object.keys(values));
    return isPage(outcome) ? { next: mappingModal(outcome) } : outcome;
  });
}
