import type { RespondFn } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { ModalView, WebClient } from '@slack/web-api';
import { z } from 'zod';
import { LIMIT } from '../bot/limits.ts';
import { messageModal } from '../bot/modals/message.ts';
import { errorFacts } from '../bot/slack-log.ts';
import { mrkdwn } from '../bot/text.ts';
import { type Refusal, sentence } from '../exports/refusals.ts';
import type { Log } from '../log.ts';

/** Where somebody acted, as far as it matters for answering them there. */
export type Place =
  | { kind: 'message'; channel: string; thread_ts: string | null; respond: RespondFn | null }
  | { kind: 'modal'; view_id: string }
  | { kind: 'home' };

/** An answer that only the person sees. */
export type Answer = { text: string; blocks?: KnownBlock[] };

export type Asker = { client: WebClient; log: Log; user: string; trigger_id: string; place: Place };

const SLACK_HOOKS = 'https://hooks.slack.com';

/** Opens a modal, on top of the one the person is in. @throws when the trigger is older than three seconds. */
export async function open(asker: Asker, view: ModalView): Promise<{ id: string; hash: string }> {
  const { client, trigger_id, place } = asker;
  const call = { trigger_id, view };
  const opened = await (place.kind === 'modal' ? client.views.push(call) : client.views.open(call));
  return { id: opened.view?.id ?? '', hash: opened.view?.hash ?? '' };
}

const Failed = z.object({ data: z.object({ error: z.string() }) });

function failedWith(error: unknown, ...codes: string[]): boolean {
  return codes.includes(Failed.safeParse(error).data?.data.error ?? '');
}

/** True when the person took longer, or we did, than the three seconds a form can be opened in. */
export function cameTooLate(error: unknown): boolean {
  return failedWith(error, 'expired_trigger_id', 'exchanged_trigger_id');
}

/** Fills an open modal. One that was closed, or has been filled again since, needs no filling. */
export async function fill(
  client: WebClient,
  target: { view_id: string; hash?: string },
  view: ModalView,
): Promise<void> {
  try {
    await client.views.update({ ...target, view });
  } catch (error) {
    if (!failedWith(error, 'not_found', 'view_not_found', 'hash_conflict')) throw error;
  }
}

/** Says a refusal; names and other text in its sentence have no markup wherever it is read. */
export async function tell(asker: Asker, refusal: Refusal): Promise<void> {
  const said = sentence(refusal);
  await answer(asker, { text: mrkdwn(said, LIMIT.section) }, said);
}

/**
 * Says something to one person privately, in the place where they acted, else in a direct message.
 * Never rejects: an answer that cannot be given is logged.
 */
export async function answer(asker: Asker, said: Answer, inModal = said.text): Promise<void> {
  for (const way of waysOf(asker, said, inModal)) {
    try {
      await way();
      return;
    } catch (error) {
      asker.log.warn({ ...errorFacts(error), place: asker.place.kind }, 'slack answer did not arrive');
    }
  }
}

function waysOf(asker: Asker, said: Answer, inModal: string): (() => Promise<unknown>)[] {
  const { client, user, place } = asker;
  const direct = () => client.chat.postMessage({ channel: user, ...said });
  switch (place.kind) {
    case 'message': {
      const { channel, respond } = place;
      const thread = place.thread_ts === null ? {} : { thread_ts: place.thread_ts };
      const ephemeral = () => client.chat.postEphemeral({ channel, user, ...thread, ...said });
      if (!respond) return [ephemeral, direct];
      const there = () =>
        respond({ response_type: 'ephemeral', replace_original: false, ...thread, ...said });
      return [there, ephemeral, direct];
    }
    case 'modal':
    case 'home':
      return [() => open(asker, messageModal('Meshline', inModal)), direct];
  }
}

/**
 * Response URLs need no membership and do not count against the rate limits of methods. Only Slack's
 * own are used, or those of the Slack-compatible address we were given.
 */
export function trusted(
  url: string | undefined,
  respond: RespondFn | undefined,
  client: WebClient,
): RespondFn | null {
  const origin = URL.parse(url ?? '')?.origin;
  const known = origin === SLACK_HOOKS || (origin && origin === URL.parse(client.slackApiUrl)?.origin);
  return known && respond ? respond : null;
}
