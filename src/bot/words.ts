import type { RichTextElement, RichTextText } from '@slack/types';
import { toIso } from '../clock.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import type { Line } from '../exports/text.ts';
import { CARD, LIMIT } from './limits.ts';
import { mrkdwn, raw } from './text.ts';

/**
 * What a surface says, before it is known where: our own words as plain strings, everything from
 * outside marked as such. One text so serves the blocks, the notification and the screen reader.
 */
export type Word =
  | string
  | { strong: string }
  | { said: string; max: number; strong?: boolean }
  | { at: number; as?: 'moment' | 'minute' | 'time' | 'ago' }
  | { mention: PersonId }
  | { name: PersonId; strong?: boolean }
  | { channel: string }
  | { user_group: string }
  /** An https address that has been checked; `text` is ours. */
  | { link: string; text: string };
export type Words = readonly Word[];

const FORMAT = {
  moment: '{date_short_pretty} at {time}',
  minute: '{time}',
  time: '{time_secs}',
  ago: '{ago}',
} as const;

function utc(ms: number): string {
  return `${toIso(ms).slice(0, 16).replace('T', ' ')} UTC`;
}

function nameOf(id: PersonId, directory: Directory): string {
  return directory.people.get(id)?.name ?? 'somebody who has left';
}

const SLACK_CHANNEL = /^[CDG][A-Z0-9]{2,}$/;

/** True for Slack's own id of a channel, false for a `#name`. */
export function isChannelId(channel: string): boolean {
  return SLACK_CHANNEL.test(channel);
}

function channelName(channel: string): string {
  return channel.startsWith('#') ? channel : `#${channel}`;
}

function text(words: string, bold = false): RichTextText {
  return { type: 'text', text: words, ...(bold ? { style: { bold } } : {}) };
}

function element(word: Word, directory: Directory): RichTextElement {
  if (typeof word === 'string') return text(word);
  if ('strong' in word && !('said' in word) && !('name' in word)) return text(word.strong, true);
  if ('said' in word) return text(raw(word.said, word.max) || '(empty)', word.strong);
  if ('at' in word) {
    const format = FORMAT[word.as ?? 'moment'];
    return { type: 'date', timestamp: Math.floor(word.at / 1000), format, fallback: utc(word.at) };
  }
  if ('mention' in word) {
    const slack = directory.people.get(word.mention)?.slack;
    if (slack) return { type: 'user', user_id: slack.user };
    return text(raw(nameOf(word.mention, directory), CARD.name));
  }
  if ('name' in word) return text(raw(nameOf(word.name, directory), CARD.name), word.strong);
  if ('user_group' in word) return { type: 'usergroup', usergroup_id: word.user_group };
  if ('link' in word) return { type: 'link', url: word.link, text: word.text };
  if (isChannelId(word.channel)) return { type: 'channel', channel_id: word.channel };
  return text(raw(channelName(word.channel), CARD.name));
}

function fitsTo(last: RichTextText, next: RichTextText): boolean {
  return last.style?.bold === next.style?.bold && last.text.length + next.text.length <= LIMIT.section;
}

/** As elements of a rich text section: outside text has no markup there at all. Neighbours of one style are one. */
export function rich(words: Words, directory: Directory): RichTextElement[] {
  const out: RichTextElement[] = [];
  for (const word of words) {
    const next = element(word, directory);
    const last = out.at(-1);
    if (next.type !== 'text') out.push(next);
    else if (last?.type === 'text' && fitsTo(last, next)) last.text += next.text;
    else if (next.text !== '') out.push(next);
  }
  return out;
}

type Spelling = {
  outside: (text: string, max: number) => string;
  link: (url: string, text: string) => string;
  at: (ms: number, format: string) => string;
};

function spelled(words: Words, directory: Directory, { outside, at, link }: Spelling): string {
  return words
    .map((word) => {
      if (typeof word === 'string') return word;
      if ('said' in word) return outside(word.said, word.max) || '(empty)';
      if ('at' in word) return at(word.at, FORMAT[word.as ?? 'moment']);
      if ('mention' in word) return outside(nameOf(word.mention, directory), CARD.name);
      if ('name' in word) return outside(nameOf(word.name, directory), CARD.name);
      if ('user_group' in word) return 'the on-call group';
      if ('link' in word) return link(word.link, word.text);
      if ('channel' in word)
        return isChannelId(word.channel) ? `<#${word.channel}>` : channelName(word.channel);
      return word.strong;
    })
    .join('');
}

/** Nothing in the address can end the link or begin another. */
function linkable(url: string): string {
  return url.replace(/[<>|]/g, (char) => encodeURIComponent(char)).replaceAll('&', '&amp;');
}

/** As mrkdwn, dates in the reader's zone: for the context lines and for `text`, which notifications and screen readers read. Names do not mention. */
export function marked(words: Words, directory: Directory): string {
  return spelled(words, directory, {
    outside: mrkdwn,
    link: (url, text) => `<${linkable(url)}|${text}>`,
    at: (ms, format) => `<!date^${Math.floor(ms / 1000)}^${format}|${utc(ms)}>`,
  });
}

/** Without any markup, dates in UTC, not yet escaped: for dialogs, options and labels, through `plainText`. */
export function plainly(words: Words, directory: Directory): string {
  return spelled(words, directory, { outside: raw, at: utc, link: (url) => url });
}

/** The core's lines may hold anything a sender wrote; `max` is for the whole line. */
export function fromLine(line: Line, max: number): Words {
  let left = max;
  const words: Word[] = [];
  for (const part of line) {
    if (left <= 0) break;
    if (typeof part === 'string') {
      if (part !== '') words.push({ said: part, max: left });
      left -= part.length;
    } else if ('strong' in part) {
      words.push({ said: part.strong, max: left, strong: true });
      left -= part.strong.length;
    } else words.push(part);
  }
  return words;
}

/** `a`, `a or b`, `a, b or 3 more`: at most three are spelled out. */
export function either(people: readonly PersonId[], how: 'mention' | 'name', joint = 'or'): Words {
  const shown = people.length > 3 ? people.slice(0, 2) : people;
  const more = people.length - shown.length;
  const items: Word[] = shown.map((id) => (how === 'mention' ? { mention: id } : { name: id }));
  if (more > 0) items.push(`${more} more`);
  return items.flatMap((item, index) => {
    if (index === 0) return [item];
    return [index === items.length - 1 ? ` ${joint} ` : ', ', item];
  });
}
