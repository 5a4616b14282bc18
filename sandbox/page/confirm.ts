import type { Confirm } from '@slack/types';
import type { VNode } from 'preact';
import { Dialog } from './dialog.ts';
import { cls, html } from './html.ts';
import { Text } from './mrkdwn-view.ts';
import { read, useStore, write } from './store.ts';

/** Shows a confirmation dialog object; resolves to whether the person confirmed. */
export function askConfirm(ask: Confirm): Promise<boolean> {
  read().confirm?.answer(false);
  return new Promise((resolve) => {
    write({
      confirm: {
        title: ask.title?.text ?? 'Are you sure?',
        text: ask.text,
        confirm: ask.confirm?.text ?? 'Yes',
        deny: ask.deny?.text ?? 'Cancel',
        danger: ask.style === 'danger',
        answer: (yes) => {
          write({ confirm: null });
          resolve(yes);
        },
      },
    });
  });
}

export function ConfirmDialog(): VNode | null {
  const ask = useStore((from) => from.confirm);
  if (!ask) return null;
  return html`<${Dialog} title=${ask.title} testid="confirm-dialog" small=${true} onClose=${() => ask.answer(false)}>
    <div class="dialog-body"><${Text} of=${ask.text} /></div>
    <footer class="dialog-foot">
      <button type="button" class="btn" data-testid="confirm-deny" onClick=${() => ask.answer(false)}>${ask.deny}</button>
      <button
        type="button"
        class=${cls('btn', ask.danger ? 'danger' : 'primary')}
        data-testid="confirm-ok"
        data-autofocus
        onClick=${() => ask.answer(true)}
      >
        ${ask.confirm}
      </button>
    </footer>
  <//>`;
}
