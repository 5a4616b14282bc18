import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { Avatar } from './avatar.ts';
import { Blocks } from './blocks.ts';
import { Bar, Conversation } from './channel.ts';
import { cls, html } from './html.ts';
import { go } from './place.ts';
import { appChannel, useStore } from './store.ts';
import type { Surface } from './surface.ts';
import { useViewer } from './viewer.ts';

function HomeTab(): VNode {
  const { boot } = useViewer();
  const view = useStore((from) => from.home);
  const surface = useMemo<Surface>(
    () => ({
      container: { type: 'view', view_id: view?.id ?? '' },
      form: view?.id ?? '',
      blocks: view?.blocks ?? [],
      errors: {},
    }),
    [view],
  );
  if (view === undefined) return html`<p class="loading">Loading…</p>`;
  if (view === null) {
    return html`<div class="empty">
      <${Avatar} id=${boot.app.bot_user_id} size=${56} />
      <h2>This is the very beginning of ${boot.app.name}</h2>
      <p>${boot.app.connected ? 'The app has not published a Home tab for you yet.' : 'The app is not connected, so it cannot show its Home tab.'}</p>
    </div>`;
  }
  return html`<div class="home-scroll" tabindex="0" data-view-id=${view.id}><div class="home-inner"><${Blocks} surface=${surface} /></div></div>`;
}

function MessagesTab(): VNode {
  const { boot, user } = useViewer();
  const channel = appChannel(boot, user);
  if (channel) return html`<${Conversation} channel=${channel} />`;
  return html`<div class="empty">
    <${Avatar} id=${boot.app.bot_user_id} size=${56} />
    <h2>No messages yet</h2>
    <p>What ${boot.app.name} tells you privately will appear here.</p>
  </div>`;
}

export function AppView(props: { tab: 'home' | 'messages' }): VNode {
  const { boot, user } = useViewer();
  const im = appChannel(boot, user);
  const unread = useStore((from) => (im ? (from.unread[im.id] ?? 0) : 0));
  const tabs = [
    { id: 'home', label: 'Home' },
    { id: 'messages', label: 'Messages' },
  ] as const;
  return html`<section class="place" data-testid=${props.tab === 'home' ? 'home' : 'app-messages'} aria-label=${boot.app.name}>
    <${Bar}
      title=${html`<span class="channel-name"><${Avatar} id=${boot.app.bot_user_id} size=${24} /> ${boot.app.name} <span class="app-badge">APP</span></span>`}
    />
    <div class="tabs" role="tablist">
      ${tabs.map(
        (tab) => html`<button
          type="button"
          role="tab"
          key=${tab.id}
          aria-selected=${tab.id === props.tab ? 'true' : 'false'}
          class=${cls('tab', tab.id === props.tab && 'on')}
          data-testid=${`tab-${tab.id}`}
          onClick=${() => go({ kind: 'app', tab: tab.id })}
        >
          ${tab.label}${tab.id === 'messages' && unread > 0 ? html` <span class="badge">${unread}</span>` : null}
        </button>`,
      )}
    </div>
    ${props.tab === 'home' ? html`<${HomeTab} />` : html`<${MessagesTab} />`}
  </section>`;
}
