import type { App } from '@slack/bolt';
import { pauseModal } from '../../bot/campaigns/modals.ts';
import { campaignStatus } from '../../bot/campaigns/status.ts';
import { ACTION, decodeCampaign, INPUT, MODAL } from '../../bot/ids.ts';
import { NOBODY } from '../../bot/sentence.ts';
import { marked } from '../../bot/words.ts';
import type { Campaign } from '../../exports/campaigns/campaign.ts';
import { isRefusal } from '../../exports/refusals.ts';
import type { HandlerDeps } from '../deps.ts';
import { onControl } from '../listen.ts';
import { type Answer, answer } from '../reply.ts';
import { beside, entered, onForm } from '../submit.ts';
import { LOST, notNow, show } from './say.ts';

/** Ready, resume, end, pause and status, on the card, in direct messages and on the Home tab. */
export function registerCampaignActs(app: App, deps: HandlerDeps): void {
  onControl(app, deps, ACTION.campaignReady, async ({ value, ...click }) => {
    const target = decodeCampaign(value);
    if (!target) return LOST;
    const done = await deps.campaigns.ready(target.campaign_id, click.person.id, target.version);
    if (isRefusal(done)) return done;
    await answer(click, readySaid(done.after));
    return 'shown';
  });

  onControl(app, deps, ACTION.campaignResume, async ({ value, ...click }) => {
    const target = decodeCampaign(value);
    if (!target) return LOST;
    const done = await deps.campaigns.resume(target.campaign_id, click.person.id);
    if (isRefusal(done)) return done;
    await answer(click, readySaid(done.after));
    return 'shown';
  });

  onControl(app, deps, ACTION.campaignEnd, async ({ value, ...click }) => {
    const target = decodeCampaign(value);
    if (!target) return LOST;
    const done = await deps.campaigns.end(target.campaign_id, click.person.id);
    if (isRefusal(done)) return done;
    await answer(click, endedSaid(done.after));
    return 'shown';
  });

  onControl(app, deps, ACTION.campaignStatus, async ({ value, ...click }) => {
    const target = decodeCampaign(value);
    const shown = target ? await deps.campaigns.show(target.campaign_id) : LOST;
    return isRefusal(shown) ? shown : show(click, 'Status', campaignStatus(shown));
  });

  onControl(app, deps, ACTION.campaignPause, async ({ value, person, open }) => {
    const target = decodeCampaign(value);
    const shown = target ? await deps.campaigns.show(target.campaign_id) : LOST;
    if (isRefusal(shown)) return shown;
    const no = notNow(shown, person.id, 'pause');
    if (no) return no;
    await open(pauseModal(shown.campaign, shown.directory));
    return 'shown';
  });

  onForm(app, deps, MODAL.campaignPause, async ({ person, private_metadata, values }) => {
    const target = decodeCampaign(private_metadata);
    if (!target) return LOST;
    const reason = entered(values, INPUT.reason);
    const done = await deps.campaigns.pause(target.campaign_id, person.id, reason);
    if (!isRefusal(done)) return 'done';
    return beside(done, 'reason_required', INPUT.reason);
  });
}

export function readySaid({ brief }: Campaign): Answer {
  const words = [
    '🟡 ',
    { said: brief.name, max: 120 },
    ' is ready: its promo is being prepared and then waits for acceptance. The card shows who has it.',
  ];
  return { text: marked(words, NOBODY) };
}

export function endedSaid({ brief }: Campaign): Answer {
  const words = ['⚪ ', { said: brief.name, max: 120 }, ' has ended; its keywords and pages are free again.'];
  return { text: marked(words, NOBODY) };
}

export function pausedSaid({ brief }: Campaign): Answer {
  const words = [
    '⏸️ ',
    { said: brief.name, max: 120 },
    ' is paused: the prices from before are being put back.',
  ];
  return { text: marked(words, NOBODY) };
}
