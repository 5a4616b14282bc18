import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Message } from '../ui-contract.ts';
import { api } from './api.ts';
import { Avatar } from './avatar.ts';
import { Blocks } from './blocks.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { fileUrl } from './images.ts';
import { plainText } from './mrkdwn.ts';
import { Emoji, Mrkdwn } from './mrkdwn-view.ts';
import { openThread } from './place.ts';
import { Menu } from './popup.ts';
import { findPerson, read, toast, useStore } from './store.ts';
import type { Surface } from './surface.ts';
import { agoText, fullTimeText, shortTimeText, timeText, tsMs } from './time.ts';
import { useViewer } from './viewer.ts';

type Props = {
  message: Message;
  /** Drawn under the one before: no avatar, no name. */
  grouped?: boolean;
  inThread?: boolean;
};

function Files(props: { files: Message['files'] }): VNode {
  return html`<div class="files">
    ${props.files.map((file) => {
      const url = fileUrl(file.url);
      const title = file.title || file.name;
      if (url && file.mimetype.startsWith('image/')) {
        return html`<figure class="b-image"><figcaption>${title}</figcaption><a href=${url} target="_blank" rel="noopener noreferrer"><img src=${url} alt=${title} /></a></figure>`;
      }
      const inside = html`<${Icon} name="file" size=${26} /><span><b>${title}</b><small>${file.name} · ${file.mimetype}</small></span>`;
      return url
        ? html`<a class="file-card" href=${url} target="_blank" rel="noopener noreferrer">${inside}</a>`
        : html`<div class="file-card">${inside}</div>`;
    })}
  </div>`;
}

function Reactions(props: { message: Message }): VNode {
  const { boot, user } = useViewer();
  return html`<div class="reactions">
    ${props.message.reactions.map((reaction) => {
      const who = reaction.users.map((id) => findPerson(boot, id)?.real_name ?? id).join(', ');
      return html`<span class=${cls('reaction', reaction.users.includes(user) && 'mine')} title=${`${who} reacted with :${reaction.name}:`}>
        <${Emoji} name=${reaction.name} /> ${reaction.users.length}
      </span>`;
    })}
  </div>`;
}

function ThreadFooter(props: { message: Message }): VNode {
  const { message } = props;
  const { now } = useViewer();
  const count = message.reply_count;
  return html`<button type="button" class="thread-bar" data-testid="open-thread" onClick=${() => openThread(message.channel, message.ts)}>
    <span class="faces">${message.reply_users.slice(0, 5).map((id) => html`<${Avatar} key=${id} id=${id} size=${24} />`)}</span>
    <b>${count} ${count === 1 ? 'reply' : 'replies'}</b>
    ${message.latest_reply ? html`<span class="muted last-reply">Last reply ${agoText(Math.min(tsMs(message.latest_reply), now), now)}</span>` : null}
    <span class="muted view-thread">View thread</span>
    <${Icon} name="right" size=${16} />
  </button>`;
}

function Hover(props: { message: Message; inThread: boolean }): VNode {
  const { boot } = useViewer();
  const { message } = props;
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const shortcuts = boot.shortcuts.filter((shortcut) => shortcut.type === 'message');
  const parent = message.thread_ts ?? message.ts;
  const pick = async (callback_id: string): Promise<void> => {
    try {
      const outcome = await api.shortcut({
        user: read().user,
        callback_id,
        channel: message.channel,
        message_ts: message.ts,
      });
      if (outcome.message) toast(outcome.message, outcome.acked ? 'info' : 'bad');
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), 'bad');
    }
  };
  return html`<div class=${cls('hover-bar', open && 'open')}>
    ${
      props.inThread
        ? null
        : html`<button type="button" class="icon-btn" aria-label="Reply in thread" title="Reply in thread" data-testid="reply-in-thread" onClick=${() => openThread(message.channel, parent)}>
            <${Icon} name="thread" />
          </button>`
    }
    <button
      type="button"
      ref=${anchor}
      class="icon-btn"
      aria-label="More message actions"
      title="More actions"
      aria-haspopup="menu"
      aria-expanded=${open ? 'true' : 'false'}
      data-testid="message-menu"
      onClick=${() => setOpen(!open)}
    >
      <${Icon} name="more" />
    </button>
    ${
      open
        ? html`<${Menu}
            anchor=${anchor}
            end=${true}
            label="Message actions"
            items=${shortcuts.map((shortcut) => ({ id: shortcut.callback_id, text: shortcut.name, detail: boot.app.name }))}
            onPick=${(id: string) => void pick(id)}
            onClose=${() => setOpen(false)}
          />`
        : null
    }
  </div>`;
}

export function MessageView(props: Props): VNode {
  const { message } = props;
  const viewer = useViewer();
  const author = findPerson(viewer.boot, message.user);
  const name =
    message.user === viewer.boot.app.bot_user_id ? viewer.boot.app.name : (author?.real_name ?? message.user);
  const ms = tsMs(message.ts);
  const ephemeral = message.ephemeral_to !== undefined;
  const container: Surface['container'] = {
    type: 'message',
    channel: message.channel,
    ts: message.ts,
    ...(ephemeral ? { ephemeral: true } : {}),
  };
  const surface = useMemo<Surface>(
    () => ({ container, form: `${message.channel} ${message.ts}`, blocks: message.blocks ?? [], errors: {} }),
    [message],
  );
  const parentText = useStore((from) => {
    if (!message.broadcast || props.inThread) return null;
    const parent = from.messages[message.channel]?.find((one) => one.ts === message.thread_ts);
    return parent ? plainText(parent.text).slice(0, 80) : null;
  });
  const edited = message.edited_at ? html`<span class="edited">(edited)</span>` : null;
  const hasBlocks = surface.blocks.length > 0;
  const body = useMemo(
    () =>
      hasBlocks
        ? html`<${Blocks} surface=${surface} />`
        : html`<${Mrkdwn} text=${message.text} jumbo=${true} />`,
    [surface],
  );
  const grouped = props.grouped && !ephemeral;
  const isApp = author?.is_bot ?? message.user === viewer.boot.app.bot_user_id;
  return html`<article
    class=${cls('message', grouped && 'grouped', ephemeral && 'ephemeral', props.inThread && 'in-thread')}
    data-message-ts=${message.ts}
    data-author=${message.user}
    data-testid=${ephemeral ? 'ephemeral' : 'message'}
    aria-label=${`${name}, ${timeText(ms, viewer.tz)}`}
  >
    ${ephemeral ? html`<div class="note"><${Icon} name="eye" size=${14} /> Only visible to you</div>` : null}
    ${
      message.broadcast && message.thread_ts && !props.inThread
        ? html`<div class="note">replied to a thread: <button type="button" class="link" onClick=${() => openThread(message.channel, message.thread_ts ?? message.ts)}>${parentText ?? 'View thread'}</button></div>`
        : null
    }
    <div class="gutter">
      ${
        grouped
          ? html`<time class="gutter-time" title=${fullTimeText(ms, viewer.now, viewer.tz)}>${shortTimeText(ms, viewer.tz)}</time>`
          : html`<${Avatar} id=${message.user} />`
      }
    </div>
    <div class="message-body">
      ${
        grouped
          ? null
          : html`<div class="byline">
              <b class="author">${name}</b>
              ${isApp ? html`<span class="app-badge">APP</span>` : null}
              <time class="at" title=${fullTimeText(ms, viewer.now, viewer.tz)}>${timeText(ms, viewer.tz)}</time>
            </div>`
      }
      <div class=${cls('content', !hasBlocks && edited && 'inline-edited')}>${body}${edited}</div>
      ${message.files.length > 0 ? html`<${Files} files=${message.files} />` : null}
      ${message.reactions.length > 0 ? html`<${Reactions} message=${message} />` : null}
      ${message.reply_count > 0 && !props.inThread ? html`<${ThreadFooter} message=${message} />` : null}
    </div>
    ${ephemeral ? null : html`<${Hover} message=${message} inThread=${props.inThread ?? false} />`}
  </article>`;
}
