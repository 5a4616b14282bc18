import type { VNode } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Channel, Message } from '../ui-contract.ts';
import { Avatar } from './avatar.ts';
import { Composer } from './composer.ts';
import { type Children, cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { MessageList } from './message-list.ts';
import { Mrkdwn } from './mrkdwn-view.ts';
import { Popup } from './popup.ts';
import { findChannel, findPerson, otherIn, useStore, write } from './store.ts';
import { useViewer } from './viewer.ts';

/** The bar over every place: the drawer's button on a phone, a title, and what belongs to the place. */
export function Bar(props: { title: Children; detail?: Children; children?: Children }): VNode {
  return html`<header class="bar">
    <button type="button" class="icon-btn drawer-btn" aria-label="Open the sidebar" data-testid="open-sidebar" onClick=${() => write({ drawer: true })}>
      <${Icon} name="menu" size=${20} />
    </button>
    <div class="bar-title">
      <h1>${props.title}</h1>
      ${props.detail ? html`<div class="bar-detail">${props.detail}</div>` : null}
    </div>
    ${props.children}
  </header>`;
}

function Members(props: { channel: Channel }): VNode {
  const { boot } = useViewer();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const people = props.channel.members
    .map((id) => findPerson(boot, id))
    .filter((person) => person !== undefined);
  return html`<button type="button" ref=${anchor} class="members" aria-label=${`${people.length} members`} aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}>
      <span class="faces">${people.slice(0, 3).map((person) => html`<${Avatar} key=${person.id} id=${person.id} size=${22} />`)}</span>
      <span>${people.length}</span>
    </button>
    ${
      open
        ? html`<${Popup} anchor=${anchor} end=${true} onClose=${() => setOpen(false)}>
            <div class="member-list">
              ${people.map(
                (person) => html`<div class="member" key=${person.id}>
                  <${Avatar} id=${person.id} size=${32} presence=${true} />
                  <span><b>${person.real_name}</b>${person.is_bot ? html` <span class="app-badge">APP</span>` : null}<small>${person.title}${person.deleted ? ' · deactivated' : ''}</small></span>
                </div>`,
              )}
            </div>
          <//>`
        : null
    }`;
}

export function ChannelName(props: { channel: Channel }): VNode {
  const { boot, user } = useViewer();
  const { channel } = props;
  if (channel.kind === 'im') {
    const other = otherIn(channel, user);
    const name =
      other === boot.app.bot_user_id ? boot.app.name : (findPerson(boot, other)?.real_name ?? other);
    return html`<span class="channel-name"><${Avatar} id=${other} size=${22} presence=${true} /> ${name}</span>`;
  }
  return html`<span class="channel-name"><${Icon} name=${channel.kind === 'private' ? 'lock' : 'hash'} size=${18} />${channel.name}</span>`;
}

/** Replies live in their thread unless they were sent to the channel too. */
function inChannel(message: Message): boolean {
  return !message.thread_ts || message.thread_ts === message.ts || message.broadcast === true;
}

function Intro(props: { channel: Channel }): VNode {
  const { boot, user } = useViewer();
  const { channel } = props;
  if (channel.kind === 'im') {
    const person = findPerson(boot, otherIn(channel, user));
    return html`<div class="intro"><p>This conversation is just between <b>${person?.real_name ?? 'the app'}</b> and you.</p></div>`;
  }
  return html`<div class="intro">
    <h2><${Icon} name=${channel.kind === 'private' ? 'lock' : 'hash'} size=${26} /> ${channel.name}</h2>
    <p>This is the very beginning of the <b>#${channel.name}</b> channel. ${channel.topic ? html`<${Mrkdwn} text=${channel.topic} />` : null}</p>
  </div>`;
}

/** Messages and composer of one channel, without a bar: the channel view and the app's Messages tab share it. */
export function Conversation(props: { channel: Channel }): VNode {
  const { channel } = props;
  const { boot, user } = useViewer();
  const all = useStore((from) => from.messages[channel.id]);
  const messages = useMemo(() => (all ? all.filter(inChannel) : null), [all]);
  const other = channel.kind === 'im' ? findPerson(boot, otherIn(channel, user))?.real_name : null;
  const member = channel.kind === 'im' || channel.members.includes(user);
  return html`<div class="conversation">
    <${MessageList} listKey=${`${user} ${channel.id}`} messages=${messages} intro=${html`<${Intro} channel=${channel} />`} />
    ${
      channel.archived
        ? html`<p class="no-composer">This channel is archived: nothing can be said here any more.</p>`
        : member
          ? html`<${Composer} channel=${channel.id} placeholder=${channel.kind === 'im' ? `Message ${other ?? boot.app.name}` : `Message #${channel.name}`} />`
          : html`<p class="no-composer">You can read <b>#${channel.name}</b>, but you are not a member of it.</p>`
    }
  </div>`;
}

export function ChannelView(props: { id: string }): VNode {
  const { boot } = useViewer();
  const channel = findChannel(boot, props.id);
  if (!channel) return html`<p class="loading">This channel is not there any more.</p>`;
  return html`<section class=${cls('place')} data-testid="channel" data-open-channel=${channel.id} aria-label=${channel.name}>
    <${Bar} title=${html`<${ChannelName} channel=${channel} />`} detail=${channel.topic ? html`<${Mrkdwn} text=${channel.topic} />` : null}>
      ${channel.kind === 'im' ? null : html`<${Members} channel=${channel} />`}
    <//>
    <${Conversation} channel=${channel} />
  </section>`;
}
