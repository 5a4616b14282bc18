import type { VNode } from 'preact';
import { ChannelName } from './channel.ts';
import { Composer } from './composer.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { MessageList } from './message-list.ts';
import { closeThread } from './place.ts';
import { findChannel, useStore } from './store.ts';
import { useViewer } from './viewer.ts';

export function ThreadPane(props: { channel: string; ts: string }): VNode {
  const { boot, user } = useViewer();
  const thread = useStore((from) => from.thread);
  const channel = findChannel(boot, props.channel);
  const speaks = channel && !channel.archived && (channel.kind === 'im' || channel.members.includes(user));
  return html`<aside class="thread-pane" data-testid="thread-pane" aria-label="Thread" onKeyDown=${(event: KeyboardEvent) => event.key === 'Escape' && closeThread()}>
    <header class="bar">
      <div class="bar-title"><h2>Thread</h2><div class="bar-detail">${channel ? html`<${ChannelName} channel=${channel} />` : null}</div></div>
      <button type="button" class="icon-btn" aria-label="Close thread" data-testid="close-thread" onClick=${closeThread}><${Icon} name="close" size=${20} /></button>
    </header>
    <${MessageList} listKey=${`${user} ${props.channel} ${props.ts}`} messages=${thread} inThread=${true} />
    ${speaks ? html`<${Composer} channel=${props.channel} threadTs=${props.ts} placeholder="Reply…" />` : null}
  </aside>`;
}
