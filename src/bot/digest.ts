import type { Button, KnownBlock } from '@slack/types';
import type { Catalog } from '../exports/define.ts';
import { count } from '../exports/phrases.ts';
import type { Shown } from '../flow/ports.ts';
import type { DigestCount } from '../store/port.ts';
import { actions, context, plainText, title, withButton } from './blocks.ts';
import type { Message } from './card.ts';
import { ACTION, type ActionId, encodeSeveral } from './ids.ts';
import { LIMIT } from './limits.ts';
import { marked, type Words } from './words.ts';

/** More types than one channel's people own. */
const TYPES = 10;

/** The name of a type for people, as outside text when no type has it. */
export function typeWords(export_type: string, catalog: Catalog): Words {
  const type = catalog.get(export_type);
  return type ? [type.title] : [{ said: export_type, max: 60 }];
}

/** One message for everything of low risk that waits in a flooded channel. */
export function digestMessage(
  channel: string,
  counts: readonly DigestCount[],
  { directory, now }: Pick<Shown, 'directory' | 'now'>,
  catalog: Catalog,
): Message {
  const all = counts.reduce((sum, each) => sum + each.waiting, 0);
  if (all === 0) {
    const over: Words = ['✅ Nothing of that flood waits here any more.'];
    return { text: marked(over, directory), blocks: [title(over, directory)] };
  }
  const several = { channel, at: now };
  const oldest = Math.min(...counts.map((each) => each.oldest_due_at));
  const headline: Words = [`🟡 ${count(all, 'export')} of low risk ${all === 1 ? 'waits' : 'wait'} here`];
  const why: Words = [
    'So many came at once that they share this message. What is critical or late has a card of its own. ',
    oldest <= now ? '🔴 The oldest was due ' : 'The first is due ',
    { at: oldest },
    '.',
  ];
  return {
    text: marked([...headline, '. ', ...why], directory),
    blocks: [
      title(headline, directory),
      context([why], directory),
      ...counts.slice(0, TYPES).map((each) => line(several, each, directory, catalog)),
      actions([
        button(ACTION.digestReview, 'Review', several, { style: 'primary' }),
        button(ACTION.digestExpand, 'Post a card for each…', several, {
          confirm: {
            title: plainText('Post them all?', LIMIT.confirmTitle),
            text: plainText(
              `This posts ${count(all, 'card')}, about one a second, the most urgent first.`,
              LIMIT.confirmText,
            ),
            confirm: plainText('Post', 30),
            deny: plainText('Not now', 30),
          },
        }),
      ]),
    ],
  };
}

function line(
  several: { channel: string; at: number },
  { export_type, waiting, oldest_due_at }: DigestCount,
  directory: Shown['directory'],
  catalog: Catalog,
): KnownBlock {
  const name = marked(typeWords(export_type, catalog), directory);
  const accept = button(ACTION.digestAccept, `Accept all ${waiting}…`, several, {
    type: export_type,
    confirm: acceptConfirm(name, waiting),
  });
  const words: Words = [
    ...typeWords(export_type, catalog),
    `: ${waiting} waiting · first due `,
    { at: oldest_due_at },
  ];
  return withButton(words, accept, directory);
}

/** Said before several are accepted with one click. */
export function acceptConfirm(name: string, waiting: number): NonNullable<Button['confirm']> {
  return {
    title: plainText(`Accept ${waiting}?`, LIMIT.confirmTitle),
    text: plainText(
      `${name}: each is accepted and recorded in your name. What came in or changed since, has old data, a warning or somebody at work on it is left out, and you are told.`,
      LIMIT.confirmText,
    ),
    confirm: plainText('Accept all', 30),
    deny: plainText('Not yet', 30),
    style: 'primary',
  };
}

function button(
  action_id: ActionId,
  text: string,
  several: { channel: string; at: number },
  more: { type?: string; style?: 'primary'; confirm?: NonNullable<Button['confirm']> },
): Button {
  return {
    type: 'button',
    action_id,
    text: plainText(text, LIMIT.buttonText),
    value: encodeSeveral({ ...several, export_type: more.type ?? '' }),
    ...(more.style ? { style: more.style } : {}),
    ...(more.confirm ? { confirm: more.confirm } : {}),
  };
}
