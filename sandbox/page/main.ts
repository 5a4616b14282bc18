/**
 * The sandbox's web page. It speaks to the server by `../ui-contract.ts` alone.
 *
 * The address says who looks at what: `#USER/CHANNEL`, `#USER/CHANNEL/THREAD_TS`, `#USER/app/home`,
 * `#USER/app/messages`, `#USER/sinks`.
 *
 * Hooks for end-to-end tests; they stay put:
 * - `data-testid="person-switcher"` with one `data-person="U…"` button a person (`aria-checked` on the current one)
 * - `data-channel="C…"` and `data-channel-name` on sidebar items; `data-testid="app-item"`, `"sinks-item"`;
 *   `data-testid="channel"` with `data-open-channel` on the open one; on a phone `"open-sidebar"` first
 * - `data-message-ts`, `data-author` on messages, `data-testid="message"` or `"ephemeral"`; `"reply-in-thread"`,
 *   `"message-menu"` (on hover), `"open-thread"`
 * - `data-testid="thread-pane"`, `"thread-composer"`, `"close-thread"`
 * - `data-block-id`, `data-block-type` on blocks; `data-action-id` on what one presses or fills. A select opens a list:
 *   press `[data-action-id=A]`, then `[data-menu-of=A] [data-option-value=V]`; an overflow likewise, by
 *   `[role=menu] [data-option-value=V]`; a choice is `[data-action-id=A] [data-option-value=V]`;
 *   `data-chosen` on a select holds its values
 * - `data-testid="not-acked"`: the warning after an action that the app did not acknowledge
 * - `data-testid="composer"`, `"send"`, `"shortcuts"`; `data-command` on suggestions; menu items carry the callback id
 *   as `data-option-value`
 * - `data-testid="modal"` (`data-view-id`), `"modal-submit"`, `"modal-cancel"`, `"modal-close"`, `"modal-error"`
 *   (`data-error-for` is the block id), `"modal-trouble"`
 * - `data-testid="confirm-dialog"`, `"confirm-ok"`, `"confirm-deny"`
 * - `data-testid="home"`, `"app-messages"`, `"tab-home"`, `"tab-messages"`
 * - `data-testid="sinks"`; `data-sink`, `data-sink-mode`, `data-sink-call`, `data-repeat`
 * - `data-testid="tour"`, `"tour-go"`, `"tour-dismiss"`, `"tour-open"`; `data-tour-step`
 * - `data-testid="jump-open"`, `"jump"` with `[data-option-value]`: channel ids, `home`, `sinks`, people to be
 * - `data-testid="toast"`, `"reconnecting"`, `"app-connection"` (`data-connected`)
 */
import { render, type VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { ChannelView } from './channel.ts';
import { ConfirmDialog } from './confirm.ts';
import { AppView } from './home.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { refreshBoot, startClock } from './live.ts';
import { Modals } from './modal.ts';
import { startPlace } from './place.ts';
import { Sidebar } from './sidebar.ts';
import { SinksView } from './sinks.ts';
import { dismissToast, findPerson, read, useStore, viewerZone, type Where, write } from './store.ts';
import { TopBar } from './switcher.ts';
import { ThreadPane } from './thread.ts';
import { Tour } from './tour.ts';
import { type Viewer, ViewerContext } from './viewer.ts';

function Toasts(): VNode {
  const toasts = useStore((from) => from.toasts);
  return html`<div class="toasts" role="status" aria-live="polite">
    ${toasts.map(
      (toast) => html`<div class=${`toast ${toast.tone}`} key=${toast.id} data-testid="toast">
        ${toast.tone === 'bad' ? html`<${Icon} name="warn" size=${16} />` : null}
        <span>${toast.text}</span>
        <button type="button" class="icon-btn" aria-label="Dismiss" onClick=${() => dismissToast(toast.id)}><${Icon} name="close" size=${16} /></button>
      </div>`,
    )}
  </div>`;
}

function Place(props: { where: Where }): VNode {
  const { where } = props;
  switch (where.kind) {
    case 'channel':
      return html`<${ChannelView} id=${where.id} />`;
    case 'app':
      return html`<${AppView} tab=${where.tab} />`;
    case 'sinks':
      return html`<${SinksView} />`;
  }
}

function App(): VNode {
  const boot = useStore((from) => from.boot);
  const bootError = useStore((from) => from.bootError);
  const user = useStore((from) => from.user);
  const where = useStore((from) => from.where);
  const tz = useStore(viewerZone);
  const now = useStore((from) => from.now);
  const online = useStore((from) => from.online);
  const drawer = useStore((from) => from.drawer);
  const viewer = useMemo<Viewer | null>(
    () => (boot && user ? { boot, user, tz, now } : null),
    [boot, user, tz, now],
  );
  if (!viewer) {
    return html`<p class="boot-line" role="status">${bootError ? `${bootError} Trying again…` : 'Opening the sandbox…'}</p>`;
  }
  const thread = where.kind === 'channel' ? where.thread : null;
  const me = findPerson(viewer.boot, user)?.real_name;
  document.title = `${me ? `${me} | ` : ''}${viewer.boot.team.name} (sandbox)`;
  return html`<${ViewerContext.Provider} value=${viewer}>
    <div class=${cls('frame', thread && 'with-thread')}>
      <${TopBar} />
      <${Sidebar} />
      ${drawer ? html`<div class="drawer-scrim" onClick=${() => write({ drawer: false })}></div>` : null}
      <main class="main">
        ${online ? null : html`<div class="offline" role="status" data-testid="reconnecting"><i></i>Reconnecting to the sandbox…</div>`}
        <div class="columns">
          <${Place} where=${where} />
          ${where.kind === 'channel' && thread ? html`<${ThreadPane} channel=${where.id} ts=${thread} />` : null}
          <${Tour} />
        </div>
      </main>
    </div>
    <${Modals} />
    <${ConfirmDialog} />
    <${Toasts} />
  <//>`;
}

async function start(): Promise<void> {
  const root = document.getElementById('app');
  if (!root) return;
  root.replaceChildren();
  render(html`<${App} />`, root);
  for (;;) {
    await refreshBoot();
    if (read().boot) break;
    await new Promise((retry) => setTimeout(retry, 2000));
  }
  startPlace();
  startClock();
}

void start();
