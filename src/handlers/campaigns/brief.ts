import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { BRIEF, offerKind } from '../../bot/campaigns/brief-inputs.ts';
import { briefModal, briefZone, NEW_BRIEF } from '../../bot/campaigns/brief-modal.ts';
import { chosenKind, readBrief } from '../../bot/campaigns/brief-values.ts';
import { savedModal } from '../../bot/campaigns/saved.ts';
import { ACTION, decodeCampaign, MODAL } from '../../bot/ids.ts';
import { raw } from '../../bot/text.ts';
import type { Brief } from '../../exports/campaigns/brief.ts';
import { hashOf } from '../../exports/hash.ts';
import type { Person } from '../../exports/ownership.ts';
import { isRefusal, type Refusal, sentence } from '../../exports/refusals.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';
import type { HandlerDeps } from '../deps.ts';
import { answered, isNew, onControl, teamOf } from '../listen.ts';
import { type Asker, fill, open } from '../reply.ts';
import { type Form, type FormOutcome, onForm } from '../submit.ts';
import { LOST } from './say.ts';

/** The global shortcut of manifest.yml. */
export const NEW_PROMO = 'new_promo';

const LONGEST_FAULT = 600;

/** Writing a brief: from the shortcut, a button, or the card of a campaign that is a draft. */
export function registerBrief(app: App, deps: HandlerDeps): void {
  app.shortcut({ type: 'shortcut', callback_id: NEW_PROMO }, async ({ ack, shortcut, client }) => {
    await ack();
    const { user, trigger_id } = shortcut;
    const asker: Asker = { client, log: deps.log, user: user.id, trigger_id, place: { kind: 'home' } };
    await answered(asker, async () => {
      if (!(await isNew(deps, trigger_id))) return 'shown';
      const person = await deps.desk.whoIs({ team: teamOf(shortcut), user: user.id });
      if (isRefusal(person)) return person;
      await open(asker, await newBrief(deps, person));
      return 'shown';
    });
  });

  onControl(app, deps, ACTION.briefNew, async ({ person, open: show }) => {
    await show(await newBrief(deps, person));
    return 'shown';
  });

  onControl(app, deps, ACTION.campaignEdit, async ({ person, value, open: show }) => {
    const target = decodeCampaign(value);
    if (!target) return LOST;
    const shown = await deps.campaigns.show(target.campaign_id);
    if (isRefusal(shown)) return shown;
    // What is there already is never saved: any other refusal says why nothing could be.
    const { campaign } = shown;
    const tried = await deps.campaigns.revise(campaign.id, person.id, campaign.brief_version, campaign.brief);
    if (isRefusal(tried) && tried.refused !== 'nothing_changed' && tried.refused !== 'brief_invalid')
      return tried;
    await show(await editBrief(deps, person, shown));
    return 'shown';
  });

  onControl(app, deps, ACTION.briefOfferKind, async ({ person, view, client }) => {
    if (!view) return LOST;
    const form = await formOf(deps, person, view.private_metadata);
    if (isRefusal(form)) return form;
    const chosen = briefModal({ ...form, kind: chosenKind(view.state.values) });
    await fill(
      client,
      view.hash === undefined ? { view_id: view.id } : { view_id: view.id, hash: view.hash },
      chosen,
    );
    return 'shown';
  });

  onForm(app, deps, MODAL.brief, (submitted) => save(deps, submitted));
}

/** The empty form, in the person's own zone. */
export async function newBrief(deps: HandlerDeps, person: Person): Promise<ModalView> {
  const usual = await deps.campaigns.usual();
  return briefModal({ ...usual, campaign: null, zone: person.time_zone, kind: offerKind(null) });
}

async function editBrief(deps: HandlerDeps, person: Person, { campaign }: CampaignShown): Promise<ModalView> {
  const usual = await deps.campaigns.usual();
  const zone = briefZone(campaign, person.time_zone);
  return briefModal({ ...usual, campaign, zone, kind: campaign.brief.offer.kind });
}

/** What the open form was drawn from. */
async function formOf(deps: HandlerDeps, person: Person, metadata: string) {
  const usual = await deps.campaigns.usual();
  if (metadata === NEW_BRIEF) return { ...usual, campaign: null, zone: person.time_zone };
  const target = decodeCampaign(metadata);
  const shown = target ? await deps.campaigns.show(target.campaign_id) : LOST;
  if (isRefusal(shown)) return shown;
  return { ...usual, campaign: shown.campaign, zone: briefZone(shown.campaign, person.time_zone) };
}

async function save(deps: HandlerDeps, form: Form): Promise<FormOutcome> {
  const { person, values, private_metadata } = form;
  const opened = await formOf(deps, person, private_metadata);
  if (isRefusal(opened)) return beside(opened);
  const { campaign, zone } = opened;
  const read = readBrief(values, campaign?.brief ?? null, zone, deps.clock.now());
  if ('errors' in read) return read;
  const target = decodeCampaign(private_metadata);
  const outcome = target
    ? await deps.campaigns.revise(target.campaign_id, person.id, target.version, read.brief)
    : await create(deps, form, read.brief);
  if (outcome === null) return 'done';
  if (isRefusal(outcome)) return beside(outcome);
  return { next: savedModal(outcome.after, deps.owners.directory()) };
}

/** Null when this very form has made its campaign already: Slack can deliver a submission twice. */
async function create(deps: HandlerDeps, { view_id, person }: Form, brief: Brief) {
  if (!(await isNew(deps, `brief:${view_id}:${hashOf(brief)}`))) return null;
  return deps.campaigns.create(person.id, brief, 'slack');
}

/** The form stays open with everything that was typed, whatever the refusal. */
function beside(refusal: Refusal): FormOutcome {
  return { errors: { [BRIEF.name]: raw(sentence(refusal), LONGEST_FAULT) } };
}
