import type { VNode } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { type Children, cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { Plain } from './mrkdwn-view.ts';

const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex="0"]';

type Props = {
  title: string;
  testid: string;
  small?: boolean;
  icon?: VNode;
  onClose: () => void;
  children?: Children;
  viewId?: string;
};

/** A modal dialog: focus goes in, stays in, and goes back; Escape closes. */
export function Dialog(props: Props): VNode {
  const box = useRef<HTMLDivElement>(null);
  const title = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    const wanted =
      box.current?.querySelector<HTMLElement>('[data-autofocus]') ??
      (window.matchMedia('(hover: none)').matches
        ? null
        : box.current?.querySelector<HTMLElement>('.dialog-body :is(input, textarea, button, select)')) ??
      box.current;
    wanted?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [props.viewId]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      props.onClose();
      return;
    }
    if (event.key !== 'Tab' || !box.current) return;
    const stops = [...box.current.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
      (stop) => stop.offsetParent,
    );
    const first = stops[0];
    const last = stops.at(-1);
    const inside = box.current.contains(document.activeElement);
    if (event.shiftKey && (document.activeElement === first || !inside)) {
      event.preventDefault();
      last?.focus();
    } else if (!event.shiftKey && (document.activeElement === last || !inside)) {
      event.preventDefault();
      first?.focus();
    }
  };
  // A press beside the dialog must not take the focus, and with it the Escape key, out of it.
  const onMouseDown = (event: MouseEvent): void => {
    if (event.target === event.currentTarget) event.preventDefault();
  };
  return html`<div class="scrim" onKeyDown=${onKeyDown} onMouseDown=${onMouseDown}>
    <div
      ref=${box}
      class=${cls('dialog', props.small && 'small')}
      role="dialog"
      aria-modal="true"
      aria-labelledby=${title}
      tabindex="-1"
      data-testid=${props.testid}
      data-view-id=${props.viewId}
    >
      <header class="dialog-head">
        ${props.icon}
        <h2 id=${title}><${Plain} text=${props.title} /></h2>
        <button type="button" class="icon-btn" aria-label="Close" data-testid=${`${props.testid}-close`} onClick=${props.onClose}>
          <${Icon} name="close" size=${20} />
        </button>
      </header>
      ${props.children}
    </div>
  </div>`;
}
