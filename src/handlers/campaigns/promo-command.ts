import type { App } from '@slack/bolt';
import { campaignCard } from '../../bot/campaigns/card.ts';
import { campaignList, promoHelp, promoMenu } from '../../bot/campaigns/menu.ts';
import { pauseModal } from '../../bot/campaigns/modals.ts';
import { campaignStatus } from '../../bot/campaigns/status.ts';
import { messageModal } from '../../bot/modals/message.ts';
import { NOBODY } from '../../bot/sentence.ts';
import { marked } from '../../bot/words.ts';
import type { CampaignStatus } from '../../exports/campaigns/campaign.ts';
import { count } from '../../exports/phrases.ts';
import { isRefusal, sentence } from '../../exports/refusals.ts';
import type { CampaignShown } from '../../flow/campaigns/ports.ts';
import { onCommand, type Typed } from '../command.ts';
import type { HandlerDeps } from '../deps.ts';
import type { Outcome } from '../listen.ts';
import { type Answer, answer, open } from '../reply.ts';
import { endedSaid, pausedSaid, readySaid } from './act.ts';
import { newBrief } from './brief.ts';
import { rollBackForm } from './roll-back.ts';
import { notNow, show, slowly } from './say.ts';

export const PROMO_COMMAND = '/promo';

/** In one answer; the rest is found by name. */
const LISTED = 15;

const STATES: readonly CampaignStatus[] = ['draft', 'ready', 'live', 'paused', 'ended'];
const VERBS = ['show', 'status', 'ready', 'pause', 'resume', 'rollback', 'end'] as const;
type Verb = (typeof VERBS)[number];

/** `/promo`: one's campaigns, a new brief, and everything that can be done with a campaign by its name. */
export function registerPromoCommand(app: App, deps: HandlerDeps): void {
  onCommand(app, deps, PROMO_COMMAND, async (typed): Promise<Outcome> => {
    const [first = '', ...rest] = typed.text.split(/\s+/);
    const word = first.toLowerCase().replace(/^roll-?back$/, 'rollback');
    const verb = VERBS.find((each) => each === word);
    if (verb) return about(deps, typed, verb, rest);
    const directory = deps.owners.directory();
    switch (word) {
      case '':
        return say(typed, promoMenu(await deps.campaigns.mine(typed.person.id), directory));
      case 'help':
        return say(typed, promoHelp(directory));
      case 'new':
        await open(typed, await newBrief(deps, typed.person));
        return 'shown';
      case 'list':
        return list(deps, typed, rest.join(' ').toLowerCase());
      default: {
        // A name alone is most likely a question about it.
        const found = await named(deps, [first, ...rest]);
        if (found && found.rest.length === 0) return show(typed, 'Status', campaignStatus(found.shown));
        const said = marked([{ said: first, max: 60 }], NOBODY);
        return say(typed, { text: unknown(said) });
      }
    }
  });
}

function unknown(said: string): string {
  return `I do not know “${said}”. Type \`/promo new\` for a brief, \`/promo status NAME\` for a campaign, or \`/promo help\`.`;
}

async function say(typed: Typed, said: Answer): Promise<'shown'> {
  await answer(typed, said);
  return 'shown';
}

/** The campaign that the first words name, as many of them as do, and what follows. A name may stand in quotes. */
async function named(
  deps: HandlerDeps,
  words: readonly string[],
): Promise<{ shown: CampaignShown; rest: readonly string[] } | null> {
  const text = words.join(' ');
  const [whole, quoted] = /^["“”]([^"“”]+)["“”]\s*/.exec(text) ?? [];
  const splits =
    whole !== undefined && quoted !== undefined
      ? [{ name: quoted, rest: text.slice(whole.length).split(' ') }]
      : words.map((_, n) => ({
          name: words.slice(0, words.length - n).join(' '),
          rest: words.slice(words.length - n),
        }));
  for (const { name, rest } of splits) {
    const id = await deps.campaigns.named(name);
    const shown = id === null ? null : await deps.campaigns.show(id);
    if (shown && !isRefusal(shown)) return { shown, rest: rest.filter((each) => each !== '') };
  }
  return null;
}

async function about(
  deps: HandlerDeps,
  typed: Typed,
  verb: Verb,
  words: readonly string[],
): Promise<Outcome> {
  if (words.length === 0) return withoutName(deps, typed, verb);
  const found = await named(deps, words);
  if (!found) {
    const said = marked([{ said: words.join(' '), max: 60 }], NOBODY);
    return say(typed, {
      text: `There is no campaign “${said}”, or more than one begins so. \`/promo list\` has them; then type \`/promo ${verb} NAME\`.`,
    });
  }
  const { shown, rest } = found;
  const { campaign, directory } = shown;
  const { id } = campaign;
  const by = typed.person.id;
  const reason = rest.join(' ');
  switch (verb) {
    case 'show':
      return say(typed, campaignCard(shown));
    case 'status':
      return say(typed, campaignStatus(shown));
    case 'ready': {
      const done = await deps.campaigns.ready(id, by, campaign.brief_version);
      return isRefusal(done) ? done : say(typed, readySaid(done.after));
    }
    case 'resume': {
      const done = await deps.campaigns.resume(id, by);
      return isRefusal(done) ? done : say(typed, readySaid(done.after));
    }
    case 'end': {
      const done = await deps.campaigns.end(id, by);
      return isRefusal(done) ? done : say(typed, endedSaid(done.after));
    }
    case 'pause': {
      const no = notNow(shown, by, 'pause');
      if (no) return no;
      if (reason === '') {
        await open(typed, pauseModal(campaign, directory));
        return 'shown';
      }
      const done = await deps.campaigns.pause(id, by, reason);
      return isRefusal(done) ? done : say(typed, pausedSaid(done.after));
    }
    // What has changed at the shop is always shown first; the reason is in the form already.
    case 'rollback':
      return slowly(typed, 'Roll back', async () => {
        const modal = await rollBackForm(deps, id, by, reason);
        return isRefusal(modal) ? messageModal('Roll back', sentence(modal)) : modal;
      });
  }
}

/** Status of the only campaign one has; else the menu, or what to type. */
async function withoutName(deps: HandlerDeps, typed: Typed, verb: Verb): Promise<Outcome> {
  const mine = await deps.campaigns.mine(typed.person.id);
  const directory = deps.owners.directory();
  const open = mine.items.filter(({ campaign }) => campaign.status !== 'ended');
  const [only] = open;
  if (verb === 'status' && only && open.length === 1)
    return say(typed, campaignStatus(await whole(deps, only)));
  if (verb === 'status') return say(typed, promoMenu(mine, directory));
  const why = verb === 'pause' || verb === 'rollback' ? ' and why' : '';
  return say(typed, {
    text: `Say which campaign${why}: \`/promo ${verb} NAME${why === '' ? '' : ' why'}\`. The beginning of its name is enough; \`/promo list\` has them.`,
  });
}

/** A list leaves the history out. */
async function whole(deps: HandlerDeps, shown: CampaignShown): Promise<CampaignShown> {
  const read = await deps.campaigns.show(shown.campaign.id);
  return isRefusal(read) ? shown : read;
}

async function list(deps: HandlerDeps, typed: Typed, wanted: string): Promise<Outcome> {
  const status = STATES.find((each) => each === wanted);
  if (wanted !== '' && !status) {
    const said = marked([{ said: wanted, max: 60 }], NOBODY);
    return say(typed, {
      text: `“${said}” is no state of a campaign. Type \`/promo list\` with ${STATES.slice(0, -1).join(', ')} or ${STATES.at(-1)}, or without.`,
    });
  }
  const rows = await deps.campaigns.list({ ...(status ? { status } : {}), limit: LISTED + 1 });
  const read = await Promise.all(rows.slice(0, LISTED).map(({ id }) => deps.campaigns.show(id)));
  const items = read.flatMap((each) => (isRefusal(each) ? [] : [each]));
  const kind = status ? `${status} ` : '';
  if (items.length === 0) {
    return say(typed, { text: `There is no ${kind}campaign. \`/promo new\` begins one.` });
  }
  const intro =
    rows.length > LISTED
      ? `The newest ${LISTED} ${kind}campaigns. \`/promo status NAME\` finds an older one.`
      : `${count(items.length, `${kind}campaign`)}, the newest first.`;
  return say(typed, campaignList(intro, items, deps.owners.directory()));
}
