import type { KnownBlock, View } from '@slack/types';
import { type Inline, parseMrkdwn } from '../../../sandbox/page/mrkdwn.ts';
import type { Message } from '../../../src/bot/card.ts';
import { findings } from '../../unit/bot/hostile.ts';
import { refusedMessage, refusedView } from '../../unit/bot/slack-limits.ts';
import { FORGED_LINE, FORGED_MARK } from './corpus.ts';

/** What may stand in mrkdwn: words, lines and instants, and emphasis that is ours. */
const FORMATS = new Set(['{date_short_pretty} at {time}', '{time}', '{time_secs}', '{ago}']);
const OWN_LINKS = new Set(['open the preview', 'label', 'preview', 'documents']);

/** Files that our own sentences name; Slack knows no such domain. */
const OWN_FILES = /\b(?:meshline|openapi)\.(?:yml|json)\b/g;
const ADDRESS =
  /(?:^|[^\p{L}\p{N}])(?:[a-z][a-z0-9+.-]{1,20}:\/\/\S|www\.[\p{L}\p{N}]|(?:mailto|tel):\S)|[\p{L}\p{N}_-]\.(?:com|net|org|io|dev|co|app|ru|рф|info|biz|example|uk|de)(?![\p{L}\p{N}])/iu;
const MARKS = '✅✓✔☑🟡🟠🟢🔵🔴🟣⚪⏸⛔❌⌛⏳⏭⏪↩🔁❔🚨⚠➡📦🙋🔒🗓✗📣🚚📝🔄💬✏🌴';
const MARK = new RegExp(`[${MARKS}]\\uFE0F?\\s*(?:${FORGED_LINE}|${FORGED_MARK})`, 'u');
const LINE = new RegExp(`[\\n\\r\\u2028\\u2029\\u0085\\u000B\\u000C][^\\p{L}\\p{N}]*${FORGED_LINE}`, 'u');
const HIDDEN =
  /(?!\n|\u200D|\uFE0F)(?:\u034F|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Cn}\u115F\u1160\u3164\uFFA0\u2800])/u;
/** More marks on one letter than any script has. */
const OVERLAY = /\p{M}{25}/u;

/** What Slack would act on in mrkdwn, or take for a line of ours. */
export function activeMrkdwn(text: string, verbatim: boolean, boldIsOurs = false): string[] {
  const found: string[] = [];
  const cut = JSON.stringify(text.slice(0, 200));
  const look = (parts: readonly Inline[]): void => {
    for (const part of parts) {
      if (part.kind === 'bold' && boldIsOurs) look(part.children);
      else if (part.kind === 'code' && part.text.startsWith('/owners ')) continue;
      else if (
        part.kind === 'date'
          ? !FORMATS.has(part.format) || part.link !== null
          : part.kind === 'link'
            ? !OWN_LINKS.has(part.label) || !part.url.startsWith('https://')
            : part.kind !== 'text' && part.kind !== 'break'
      )
        found.push(`${part.kind} in ${cut}`);
      else if (part.kind === 'text' && !verbatim && ADDRESS.test(part.text.replace(OWN_FILES, '')))
        found.push(`an address that Slack links in ${cut}`);
    }
  };
  for (const paragraph of parseMrkdwn(text, verbatim)) {
    if (paragraph.kind === 'text') look(paragraph.children);
    else found.push(`${paragraph.kind} in ${cut}`);
  }
  return [...found, ...passing(text)];
}

/** What is wrong with shown text of any kind. */
export function passing(text: string): string[] {
  const found: string[] = [];
  const cut = () => JSON.stringify(text.slice(0, 200));
  if (HIDDEN.test(text)) found.push(`a hidden character in ${cut()}`);
  if (MARK.test(text)) found.push(`a mark of ours, forged, in ${cut()}`);
  if (LINE.test(text)) found.push(`a forged line in ${cut()}`);
  if (OVERLAY.test(text)) found.push(`overlaid letters in ${cut()}`);
  return found;
}

/** Inputs hold what is to be edited, line ends and marks too: nobody takes a form field for Meshline's word. */
const EDITED = new Set(['initial_value', 'private_metadata', 'block_id', 'action_id', 'value']);

function walk(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return passing(value).map((each) => `${path}: ${each}`);
  if (Array.isArray(value)) return value.flatMap((each, n) => walk(each, `${path}/${n}`));
  if (typeof value !== 'object' || value === null) return [];
  const { type, text, ...rest } = value as Record<string, unknown>;
  const found: string[] = [];
  if (type === 'mrkdwn')
    found.push(
      ...activeMrkdwn(String(text), rest['verbatim'] === true, true).map((each) => `${path}: ${each}`),
    );
  else if (text !== undefined) found.push(...walk(text, `${path}/text`));
  if (
    type === 'link' &&
    !(typeof rest['url'] === 'string' && rest['url'].startsWith('https://') && OWN_LINKS.has(String(text)))
  )
    found.push(`${path}: a link`);
  if (type === 'rich_text_section') {
    const whole = (rest['elements'] as { type: string; text?: string }[])
      .map((each) => each.text ?? '·')
      .join('');
    found.push(...passing(whole).map((each) => `${path}: ${each}`));
  }
  for (const [key, each] of Object.entries(rest))
    if (!EDITED.has(key)) found.push(...walk(each, `${path}/${key}`));
  return found;
}

/** Everything that is wrong with a message; empty when it is only text, and Slack would take it. */
export function wrongInMessage(message: Message, accounts: ReadonlySet<string>): string[] {
  return [
    ...refusedMessage(message).map((each) => `Slack refuses it: ${each}`),
    ...activeMrkdwn(message.text, false).map((each) => `text: ${each}`),
    ...blocksWrong(message.blocks, accounts),
  ];
}

export function wrongInView(view: View, accounts: ReadonlySet<string>): string[] {
  return [
    ...refusedView(view).map((each) => `Slack refuses it: ${each}`),
    ...walk({ ...view, blocks: [] }),
    ...blocksWrong(view.blocks as KnownBlock[], accounts),
  ];
}

const OWN_RULES = /^(?:bold in|link in|hidden character|link$)/;

function blocksWrong(blocks: readonly KnownBlock[], accounts: ReadonlySet<string>): string[] {
  // The unit tests' own search for mentions, emoji and strangers; its words on links and bold are looked at more closely above.
  const known = findings(blocks, accounts)
    .filter(({ problem }) => !problem.startsWith('code in `/owners NAME`'))
    .filter(({ path, problem }) => !OWN_RULES.test(problem) && !path.includes('initial_value'));
  return [...known.map(({ path, problem }) => `${path}: ${problem}`), ...walk(blocks)];
}
