import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Channel } from '../ui-contract.ts';
import { Avatar } from './avatar.ts';
import { type Children, cls, html } from './html.ts';
import { Icon, type IconName } from './icons.ts';
import { PersonSwitcher } from './people.ts';
import { go, openConversation } from './place.ts';
import { appChannel, findPerson, otherIn, useStore, write } from './store.ts';
import { useViewer } from './viewer.ts';

function Group(props: { title: string; children?: Children }): VNode {
  const [open, setOpen] = useState(true);
  return html`<div class="side-group">
    <button type="button" class="side-title" aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}>
      <${Icon} name=${open ? 'caret' : 'right'} size=${14} />${props.title}
    </button>
    ${open ? html`<div class="side-items">${props.children}</div>` : null}
  </div>`;
}

function Item(props: {
  on: boolean;
  unread: number;
  quiet?: boolean;
  onClick: () => void;
  icon: Children;
  label: Children;
  data: Record<string, string>;
}): VNode {
  const unread = props.unread > 0 && !props.on;
  return html`<button
    type="button"
    class=${cls('side-item', props.on && 'on', unread && 'unread', props.quiet && 'quiet')}
    aria-current=${props.on ? 'page' : undefined}
    onClick=${props.onClick}
    ...${props.data}
  >
    <span class="side-icon">${props.icon}</span>
    <span class="side-label">${props.label}</span>
    ${unread ? html`<span class="badge" aria-label=${`${props.unread} unread`}>${props.unread > 99 ? '99+' : props.unread}</span>` : null}
  </button>`;
}

function ChannelItem(props: { channel: Channel }): VNode {
  const { boot, user } = useViewer();
  const { channel } = props;
  const on = useStore((from) => from.where.kind === 'channel' && from.where.id === channel.id);
  const unread = useStore((from) => from.unread[channel.id] ?? 0);
  const im = channel.kind === 'im';
  const other = im ? otherIn(channel, user) : '';
  const name = im ? (findPerson(boot, other)?.real_name ?? channel.name) : channel.name;
  return html`<${Item}
    on=${on}
    unread=${unread}
    quiet=${!im && !channel.members.includes(user)}
    onClick=${() => openConversation(channel.id)}
    icon=${im ? html`<${Avatar} id=${other} size=${20} presence=${true} />` : html`<${Icon} name=${channel.kind === 'private' ? 'lock' : 'hash'} size=${16} />`}
    label=${html`${name}${im && other === user ? html` <small>you</small>` : null}`}
    data=${{ 'data-channel': channel.id, 'data-channel-name': im ? name : channel.name }}
  />`;
}

export function Sidebar(): VNode {
  const { boot, user } = useViewer();
  const where = useStore((from) => from.where);
  const drawer = useStore((from) => from.drawer);
  const tourOpen = useStore((from) => from.tourOpen);
  const im = appChannel(boot, user);
  const appUnread = useStore((from) => (im ? (from.unread[im.id] ?? 0) : 0));
  const sinks = useStore((from) => from.sinks);
  const failing = sinks?.some((sink) => sink.mode !== sink.modes[0]?.id) ?? false;
  const open = boot.channels.filter((channel) => !channel.archived);
  const rooms = open.filter(
    (channel) => channel.kind === 'public' || (channel.kind === 'private' && channel.members.includes(user)),
  );
  const mine = rooms.filter((channel) => channel.members.includes(user));
  const others = rooms.filter((channel) => !channel.members.includes(user));
  const direct = open.filter(
    (channel) => channel.kind === 'im' && channel.with?.includes(user) && channel !== im,
  );
  return html`<nav class=${cls('sidebar', drawer && 'open')} aria-label="Workspace">
    <header class="workspace">
      <h2>${boot.team.name}</h2>
      <span class="sandbox-tag" title="A local sandbox that behaves like Slack, for trying things out">sandbox</span>
      <button type="button" class="icon-btn drawer-close" aria-label="Close the sidebar" onClick=${() => write({ drawer: false })}><${Icon} name="close" size=${20} /></button>
    </header>
    <${PersonSwitcher} />
    <div class="side-scroll">
      <${Group} title="Channels">
        ${mine.map((channel) => html`<${ChannelItem} key=${channel.id} channel=${channel} />`)}
        ${others.map((channel) => html`<${ChannelItem} key=${channel.id} channel=${channel} />`)}
      <//>
      ${direct.length > 0 ? html`<${Group} title="Direct messages">${direct.map((channel) => html`<${ChannelItem} key=${channel.id} channel=${channel} />`)}<//>` : null}
      <${Group} title="Apps">
        <${Item}
          on=${where.kind === 'app'}
          unread=${appUnread}
          onClick=${() => go({ kind: 'app', tab: appUnread > 0 ? 'messages' : 'home' })}
          icon=${html`<${Avatar} id=${boot.app.bot_user_id} size=${20} />`}
          label=${boot.app.name}
          data=${{ 'data-testid': 'app-item', ...(im ? { 'data-channel': im.id } : {}) }}
        />
      <//>
      <${Group} title="Behind the scenes">
        <${Item}
          on=${where.kind === 'sinks'}
          unread=${0}
          onClick=${() => go({ kind: 'sinks' })}
          icon=${html`<${Icon} name=${(failing ? 'warn' : 'sink') satisfies IconName} size=${16} />`}
          label=${html`Sample sinks ${sinks && sinks.length > 0 ? html`<small>${sinks.length} systems</small>` : null}`}
          data=${{ 'data-testid': 'sinks-item' }}
        />
        ${
          boot.tour && !tourOpen
            ? html`<${Item} on=${false} unread=${0} onClick=${() => write({ tourOpen: true, drawer: false })} icon=${html`<${Icon} name="compass" size=${16} />`} label="Show the tour" data=${{ 'data-testid': 'tour-open' }} />`
            : null
        }
      <//>
    </div>
    <footer class="side-foot">
      <div class=${cls('connection', boot.app.connected && 'up')} data-testid="app-connection" data-connected=${boot.app.connected ? 'true' : 'false'}>
        <i></i>${boot.app.name} is ${boot.app.connected ? 'connected' : 'not connected'}
      </div>
      <p>A local sandbox, not Slack: nothing here leaves this machine. Slack is a trademark of its owner.</p>
    </footer>
  </nav>`;
}
