import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { View } from '../ui-contract.ts';
import { api } from './api.ts';
import { Avatar } from './avatar.ts';
import { Blocks } from './blocks.ts';
import { Dialog } from './dialog.ts';
import { checkForm, collectValues, forgetForm } from './form.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { refreshModals } from './live.ts';
import { read, toast, useStore, write } from './store.ts';
import type { Surface } from './surface.ts';
import { useViewer } from './viewer.ts';

const TROUBLE = 'We had some trouble connecting. Try again?';

function Modal(props: { view: View; depth: number }): VNode {
  const { view } = props;
  const { boot, user } = useViewer();
  const [local, setLocal] = useState<Record<string, string> | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const surface = useMemo<Surface>(
    () => ({
      container: { type: 'view', view_id: view.id },
      form: view.id,
      blocks: view.blocks,
      errors: local ?? view.errors ?? {},
    }),
    [view, local],
  );
  useEffect(() => {
    const first = document.querySelector('[data-testid="modal"] [data-testid="modal-error"]');
    first?.scrollIntoView({ block: 'center' });
  }, [local, view.errors]);

  const close = async (): Promise<void> => {
    try {
      write({ modals: read().modals.filter((one) => one.id !== view.id) });
      forgetForm(view.id);
      await api.close(user, view.id);
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), 'bad');
    }
    void refreshModals();
  };
  const submit = async (): Promise<void> => {
    if (busy) return;
    const errors = checkForm(view.id, view.blocks);
    setTrouble(null);
    if (Object.keys(errors).length > 0) {
      setLocal(errors);
      return;
    }
    setLocal(null);
    setBusy(true);
    try {
      const outcome = await api.submit({
        user,
        view_id: view.id,
        values: collectValues(view.id, view.blocks),
      });
      if (!outcome.acked) setTrouble(outcome.message ?? TROUBLE);
      else if (outcome.message) toast(outcome.message);
      await refreshModals();
    } catch (error) {
      setTrouble(error instanceof Error ? error.message : TROUBLE);
    } finally {
      setBusy(false);
    }
  };
  // Enter in a one-line field submits, as in Slack; fields that send on Enter have handled it already.
  const onKeyDown = (event: KeyboardEvent): void => {
    const from = event.target as HTMLElement;
    const oneLine =
      from instanceof HTMLInputElement && from.classList.contains('field') && from.type !== 'checkbox';
    const sends =
      (event.ctrlKey || event.metaKey || oneLine) && event.key === 'Enter' && !event.defaultPrevented;
    if (sends && view.submit !== null && !event.isComposing) {
      event.preventDefault();
      void submit();
    }
  };
  return html`<${Dialog} title=${view.title} testid="modal" viewId=${view.id} onClose=${() => void close()} icon=${html`<${Avatar} id=${boot.app.bot_user_id} size=${28} />`}>
    ${trouble ? html`<div class="trouble" role="alert" data-testid="modal-trouble"><${Icon} name="warn" size=${16} />${trouble}</div>` : null}
    <div class="dialog-body" onKeyDown=${onKeyDown}><${Blocks} surface=${surface} /></div>
    <footer class="dialog-foot">
      ${props.depth > 1 ? html`<span class="muted stack-note">Step ${props.depth}</span>` : null}
      <button type="button" class="btn" data-testid="modal-cancel" onClick=${() => void close()}>${view.close ?? (view.submit === null ? 'Close' : 'Cancel')}</button>
      ${
        view.submit === null
          ? null
          : html`<button type="button" class=${cls('btn primary', busy && 'pending')} disabled=${busy} aria-busy=${busy ? 'true' : undefined} data-testid="modal-submit" onClick=${() => void submit()}>
              <span class="btn-text">${view.submit}</span>
            </button>`
      }
    </footer>
  <//>`;
}

/** The top view of the selected person's stack. */
export function Modals(): VNode | null {
  const modals = useStore((from) => from.modals);
  const top = modals.at(-1);
  return top ? html`<${Modal} key=${top.id} view=${top} depth=${modals.length} />` : null;
}
