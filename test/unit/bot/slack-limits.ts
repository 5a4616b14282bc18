import type { View } from '@slack/types';
import { checkMessage } from '../../../sandbox/blocks/index.ts';
import { checkView } from '../../../sandbox/blocks/view.ts';
import { SlackError } from '../../../sandbox/slack-error.ts';
import type { Message } from '../../../src/bot/card.ts';

const NO_FILES = new Map();

/** What Slack would refuse about a message; empty when it takes it. */
export function refusedMessage(message: Message): string[] {
  return refusal(() => checkMessage(message.text, message.blocks, NO_FILES));
}

export function refusedView(view: View): string[] {
  const surface = view.type === 'home' ? 'home' : 'modal';
  return refusal(() => checkView(view, surface, NO_FILES));
}

function refusal(check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return [error.code, ...error.messages];
  }
}
