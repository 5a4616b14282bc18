import type { App } from '@slack/bolt';
import { claimModal } from '../../bot/campaigns/modals.ts';
import {
  ACTION,
  type ActionId,
  claimDigest,
  decodeClaim,
  INPUT,
  MODAL,
  type ModalId,
} from '../../bot/ids.ts';
import type { Conflict } from '../../exports/campaigns/campaign.ts';
import { isRefusal, type Refusal, refuse } from '../../exports/refusals.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';
import type { HandlerDeps } from '../deps.ts';
import { onControl } from '../listen.ts';
import { entered, onForm } from '../submit.ts';

/** Whether another campaign may use a keyword or page, by whoever owns it. */
export function registerClaims(app: App, deps: HandlerDeps): void {
  offer(app, deps, ACTION.claimAllow, MODAL.claimAllow, true);
  offer(app, deps, ACTION.claimRefuse, MODAL.claimRefuse, false);
}

function offer(app: App, deps: HandlerDeps, action: ActionId, modal: ModalId, allow: boolean): void {
  onControl(app, deps, action, async ({ value, open }) => {
    const found = await claimBehind(deps, value);
    if (isRefusal(found)) return found;
    const { shown, conflict } = found;
    await open(claimModal(shown.campaign, conflict, allow, shown.directory));
    return 'shown';
  });

  onForm(app, deps, modal, async ({ person, private_metadata, values }) => {
    const found = await claimBehind(deps, private_metadata);
    if (isRefusal(found)) return found;
    const { shown, conflict } = found;
    const note = entered(values, INPUT.note).trim();
    const done = await deps.campaigns.settleConflict(
      shown.campaign.id,
      person.id,
      { kind: conflict.kind, value: conflict.value },
      conflict.with,
      allow,
      note === '' ? null : note,
    );
    return isRefusal(done) ? done : 'done';
  });
}

/** The dispute that a button or a form is about, as it stands now. */
async function claimBehind(
  deps: HandlerDeps,
  encoded: string | undefined,
): Promise<{ shown: CampaignShown; conflict: Conflict } | Refusal> {
  const claim = decodeClaim(encoded);
  if (!claim) return refuse('no_conflict');
  const shown = await deps.campaigns.show(claim.campaign_id);
  if (isRefusal(shown)) return shown;
  const conflict = shown.campaign.conflicts.find(
    (each) =>
      each.kind === claim.kind && each.with === claim.other && claimDigest(each.value) === claim.digest,
  );
  return conflict ? { shown, conflict } : refuse('no_conflict');
}
