import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { decodeRollBack, driftMark, rollBackModal } from '../../bot/campaigns/modals.ts';
import { ACTION, decodeCampaign, INPUT, MODAL } from '../../bot/ids.ts';
import { messageModal } from '../../bot/modals/message.ts';
import { driftRefusal } from '../../exports/campaigns/decide.ts';
import { isRefusal, type Refusal, sentence } from '../../exports/refusals.ts';
import type { HandlerDeps } from '../deps.ts';
import { onControl } from '../listen.ts';
import { beside, entered, onForm } from '../submit.ts';
import { LOST, notNow, slowly } from './say.ts';

const TITLE = 'Roll back';

/** Rolling a campaign back: first what has changed at the shop since, then the reason. */
export function registerCampaignRollBack(app: App, deps: HandlerDeps): void {
  onControl(app, deps, ACTION.campaignRollBack, ({ value, ...click }) =>
    slowly(click, TITLE, async () => {
      const target = decodeCampaign(value);
      const modal = target ? await rollBackForm(deps, target.campaign_id, click.person.id) : LOST;
      return isRefusal(modal) ? messageModal(TITLE, sentence(modal)) : modal;
    }),
  );

  onForm(app, deps, MODAL.campaignRollBack, async ({ person, private_metadata, values }) => {
    const opened = decodeRollBack(private_metadata);
    if (!opened) return LOST;
    const { campaign_id } = opened.target;
    const reason = entered(values, INPUT.reason);
    const drift = await deps.campaigns.drift(campaign_id);
    if (isRefusal(drift)) return drift;
    // Somebody has changed prices while the form was open: they are shown before anything is decided.
    if (driftMark(drift) !== opened.seen) {
      const modal = await rollBackForm(deps, campaign_id, person.id, reason);
      return isRefusal(modal) ? modal : { next: modal };
    }
    const done = await deps.campaigns.rollBack(campaign_id, person.id, reason, drift.length > 0);
    return isRefusal(done) ? beside(done, 'reason_required', INPUT.reason) : 'done';
  });
}

/** What stands to be put back, or why nothing can be. Reads the shop, so it may take seconds. */
export async function rollBackForm(
  deps: HandlerDeps,
  id: string,
  by: string,
  reason = '',
): Promise<ModalView | Refusal> {
  const shown = await deps.campaigns.show(id);
  if (isRefusal(shown)) return shown;
  const no = notNow(shown, by, 'roll back');
  if (no) return no;
  const { campaign, directory } = shown;
  const drift = await deps.campaigns.drift(id);
  if (isRefusal(drift)) return drift;
  if (drift.length > 0 && drift.length >= campaign.brief.products.length) return driftRefusal(drift);
  return rollBackModal(campaign, drift, directory, reason);
}
