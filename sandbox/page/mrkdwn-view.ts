import type { TextObject } from '@slack/types';
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { emojiOf } from './emoji.ts';
import { html } from './html.ts';
import { type Inline, parseMrkdwn, parsePlain } from './mrkdwn.ts';
import { findChannel, findPerson } from './store.ts';
import { fullTimeText, slackDate } from './time.ts';
import { useViewer, type Viewer } from './viewer.ts';

export function Link(props: { url: string; label: string | VNode }): VNode {
  return html`<a href=${props.url} target="_blank" rel="noopener noreferrer">${props.label}</a>`;
}

export function Emoji(props: { name: string }): VNode {
  const char = emojiOf(props.name);
  if (!char) return html`<span>:${props.name}:</span>`;
  return html`<span class="emoji" role="img" aria-label=${props.name.replaceAll('_', ' ')} title=${`:${props.name}:`}>${char}</span>`;
}

export function UserMention(props: { id: string; viewer: Viewer; label?: string | null }): VNode {
  const person = findPerson(props.viewer.boot, props.id);
  const members = props.id === props.viewer.user ? 'mention me' : 'mention';
  return html`<span class=${members} title=${person?.title ?? ''}>@${person?.real_name ?? props.label ?? props.id}</span>`;
}

export function ChannelMention(props: { id: string; viewer: Viewer; label?: string | null }): VNode {
  const channel = findChannel(props.viewer.boot, props.id);
  if (!channel) return html`<span class="mention">#${props.label ?? 'private-channel'}</span>`;
  return html`<a class="mention" href=${`#${props.viewer.user}/${channel.id}`}>#${channel.name}</a>`;
}

export function GroupMention(props: { id: string; viewer: Viewer; label?: string | null }): VNode {
  const group = props.viewer.boot.usergroups.find((known) => known.id === props.id);
  const mine = group?.users.includes(props.viewer.user);
  const name = group?.handle ?? props.label?.replace(/^@/, '') ?? props.id;
  return html`<span class=${mine ? 'mention me' : 'mention'} title=${group?.name ?? ''}>@${name}</span>`;
}

export function DateText(props: {
  unix: number;
  format: string;
  link: string | null;
  fallback: string;
  viewer: Viewer;
}): VNode {
  const { tz, now } = props.viewer;
  const said = slackDate(props.unix, props.format, now, tz) ?? props.fallback;
  const full = Number.isFinite(props.unix) ? fullTimeText(props.unix * 1000, now, tz) : props.fallback;
  const text = html`<time class="date" title=${full}>${said}</time>`;
  return props.link ? html`<${Link} url=${props.link} label=${text} />` : text;
}

function inline(node: Inline, viewer: Viewer): unknown {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'break':
      return html`<br />`;
    case 'bold':
      return html`<b>${inlines(node.children, viewer)}</b>`;
    case 'italic':
      return html`<i>${inlines(node.children, viewer)}</i>`;
    case 'strike':
      return html`<s>${inlines(node.children, viewer)}</s>`;
    case 'code':
      return html`<code>${node.text}</code>`;
    case 'link':
      return html`<${Link} url=${node.url} label=${node.label} />`;
    case 'user':
      return html`<${UserMention} id=${node.id} label=${node.label} viewer=${viewer} />`;
    case 'channel':
      return html`<${ChannelMention} id=${node.id} label=${node.label} viewer=${viewer} />`;
    case 'usergroup':
      return html`<${GroupMention} id=${node.id} label=${node.label} viewer=${viewer} />`;
    case 'broadcast':
      return html`<span class="mention me">@${node.range}</span>`;
    case 'date':
      return html`<${DateText} ...${node} viewer=${viewer} />`;
    case 'emoji':
      return html`<${Emoji} name=${node.name} />`;
  }
}

const inlines = (nodes: Inline[], viewer: Viewer): unknown[] => nodes.map((node) => inline(node, viewer));

/** A text of emoji alone is drawn large, as Slack does for messages. */
function isJumbo(nodes: Inline[]): boolean {
  const emoji = nodes.filter((node) => node.kind === 'emoji' && emojiOf(node.name)).length;
  return (
    emoji > 0 &&
    emoji <= 23 &&
    nodes.every((node) => node.kind === 'emoji' || (node.kind === 'text' && !node.text.trim()))
  );
}

export function Mrkdwn(props: { text: string; verbatim?: boolean; jumbo?: boolean }): VNode {
  const viewer = useViewer();
  const parts = useMemo(() => parseMrkdwn(props.text, props.verbatim), [props.text, props.verbatim]);
  return html`<div class="mrkdwn">
    ${parts.map((part) => {
      if (part.kind === 'pre') return html`<pre>${part.text}</pre>`;
      const children = inlines(part.children, viewer);
      if (part.kind === 'quote') return html`<blockquote>${children}</blockquote>`;
      return html`<div class=${props.jumbo && isJumbo(part.children) ? 'jumbo' : ''}>${children}</div>`;
    })}
  </div>`;
}

/** A `plain_text` string. */
export function Plain(props: { text: string; emoji?: boolean | undefined }): VNode {
  const viewer = useViewer();
  return html`<span>${inlines(parsePlain(props.text, props.emoji !== false), viewer)}</span>`;
}

export function Text(props: { of: TextObject }): VNode {
  const { of } = props;
  return of.type === 'mrkdwn'
    ? html`<${Mrkdwn} text=${of.text} verbatim=${of.verbatim ?? false} />`
    : html`<${Plain} text=${of.text} emoji=${of.emoji} />`;
}
