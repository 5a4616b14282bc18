import type { RichTextBlock, RichTextBlockElement, RichTextElement, RichTextSection } from '@slack/types';
import type { VNode } from 'preact';
import { emojiOf } from './emoji.ts';
import { cls, html } from './html.ts';
import { safeUrl } from './mrkdwn.ts';
import { ChannelMention, DateText, GroupMention, Link, UserMention } from './mrkdwn-view.ts';
import { useViewer, type Viewer } from './viewer.ts';

type Style = { bold?: boolean; italic?: boolean; strike?: boolean; code?: boolean; underline?: boolean };

function styled(content: unknown, style: Style | undefined): unknown {
  let out = content;
  if (!style) return out;
  if (style.code) out = html`<code>${out}</code>`;
  if (style.bold) out = html`<b>${out}</b>`;
  if (style.italic) out = html`<i>${out}</i>`;
  if (style.strike) out = html`<s>${out}</s>`;
  if (style.underline) out = html`<u>${out}</u>`;
  return out;
}

function lines(text: string): unknown[] {
  return text.split('\n').flatMap((line, index) => (index > 0 ? [html`<br />`, line] : [line]));
}

function piece(element: RichTextElement, viewer: Viewer): unknown {
  switch (element.type) {
    case 'text':
      return styled(lines(element.text), element.style);
    case 'link': {
      const url = safeUrl(element.url);
      const label = element.text ?? element.url;
      return styled(url ? html`<${Link} url=${url} label=${label} />` : label, element.style);
    }
    case 'emoji': {
      const drawn = emojiOf(element.name) ?? unicodeOf(element.unicode) ?? `:${element.name}:`;
      return html`<span class="emoji" title=${`:${element.name}:`}>${drawn}</span>`;
    }
    case 'user':
      return styled(html`<${UserMention} id=${element.user_id} viewer=${viewer} />`, element.style);
    case 'usergroup':
      return styled(html`<${GroupMention} id=${element.usergroup_id} viewer=${viewer} />`, element.style);
    case 'channel':
      return styled(html`<${ChannelMention} id=${element.channel_id} viewer=${viewer} />`, element.style);
    case 'broadcast':
      return html`<span class="mention me">@${element.range}</span>`;
    case 'team':
      return html`<span class="mention">${viewer.boot.team.name}</span>`;
    case 'color':
      return html`<span class="swatch"><i style=${{ background: element.value }}></i>${element.value}</span>`;
    case 'date':
      return styled(
        html`<${DateText}
          unix=${element.timestamp}
          format=${element.format}
          link=${element.url ? safeUrl(element.url) : null}
          fallback=${element.fallback ?? ''}
          viewer=${viewer}
        />`,
        element.style,
      );
  }
}

/** "1f680" or "1f9d1-200d-1f692" as characters. */
function unicodeOf(codes: string | undefined): string | null {
  if (!codes) return null;
  const points = codes.split('-').map((code) => Number.parseInt(code, 16));
  return points.every((point) => point > 0 && point <= 0x10ffff) ? String.fromCodePoint(...points) : null;
}

function run(elements: RichTextElement[], viewer: Viewer): unknown[] {
  return elements.map(
    (element) =>
      piece(element, viewer) ??
      html`<span class="unsupported-inline">${(element as { type: string }).type}</span>`,
  );
}

function List(props: { style: string; indent: number; offset: number; items: RichTextSection[] }): VNode {
  const viewer = useViewer();
  const items = props.items.map((item) => html`<li>${run(item.elements, viewer)}</li>`);
  const shape = cls(`indent-${Math.min(props.indent, 8)}`, `depth-${props.indent % 3}`);
  return props.style === 'ordered'
    ? html`<ol class=${shape} start=${props.offset + 1}>${items}</ol>`
    : html`<ul class=${shape}>${items}</ul>`;
}

function paragraph(element: RichTextBlockElement, viewer: Viewer): unknown {
  switch (element.type) {
    case 'rich_text_section':
      return html`<div class="rt-section">${run(element.elements, viewer)}</div>`;
    case 'rich_text_list':
      return html`<${List}
        style=${element.style}
        indent=${element.indent ?? 0}
        offset=${(element as { offset?: number }).offset ?? 0}
        items=${element.elements}
      />`;
    case 'rich_text_quote':
      return html`<blockquote>${run(element.elements, viewer)}</blockquote>`;
    case 'rich_text_preformatted':
      return html`<pre>${run(element.elements, viewer)}</pre>`;
  }
}

export function RichText(props: { block: RichTextBlock }): VNode {
  const viewer = useViewer();
  return html`<div class="mrkdwn">
    ${props.block.elements.map(
      (element) =>
        paragraph(element, viewer) ??
        html`<div class="unsupported">unsupported text: ${(element as { type: string }).type}</div>`,
    )}
  </div>`;
}
