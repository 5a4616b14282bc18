import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Children, html } from './html.ts';

type Props = {
  anchor: { current: HTMLElement | null };
  onClose: () => void;
  /** Aligns right edges instead of left ones. */
  end?: boolean;
  /** At least as wide as the anchor. */
  wide?: boolean;
  above?: boolean;
  children?: Children;
};

/** A floating menu beside its anchor, kept on screen; closes on Escape and on a press elsewhere. */
export function Popup(props: Props): VNode {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const place = (): void => {
      const from = props.anchor.current?.getBoundingClientRect();
      const pop = box.current;
      if (!from || !pop) return;
      if (props.wide) pop.style.minWidth = `${from.width}px`;
      const size = pop.getBoundingClientRect();
      const fitsBelow = from.bottom + 4 + size.height <= window.innerHeight - 4;
      const fitsAbove = from.top - 4 - size.height >= 4;
      const up = props.above ? fitsAbove : !fitsBelow && fitsAbove;
      const top = up ? from.top - 4 - size.height : from.bottom + 4;
      const left = props.end ? from.right - size.width : from.left;
      pop.style.top = `${Math.max(4, Math.min(top, window.innerHeight - size.height - 4))}px`;
      pop.style.left = `${Math.max(4, Math.min(left, window.innerWidth - size.width - 4))}px`;
    };
    place();
    window.addEventListener('resize', place);
    document.addEventListener('scroll', place, true);
    return () => {
      window.removeEventListener('resize', place);
      document.removeEventListener('scroll', place, true);
    };
  });
  const close = useRef(props.onClose);
  close.current = props.onClose;
  useEffect(() => {
    const press = (event: PointerEvent): void => {
      const target = event.target as Node;
      if (!box.current?.contains(target) && !props.anchor.current?.contains(target)) close.current();
    };
    document.addEventListener('pointerdown', press, true);
    return () => document.removeEventListener('pointerdown', press, true);
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    props.onClose();
    props.anchor.current?.focus();
  };
  return html`<div class="popup" ref=${box} onKeyDown=${onKeyDown}>${props.children}</div>`;
}

export type MenuItem = { id: string; text: unknown; detail?: unknown; danger?: boolean; href?: string };

/** A menu of commands inside a popup; arrows move, Enter picks. */
export function Menu(props: {
  anchor: { current: HTMLElement | null };
  items: MenuItem[];
  label: string;
  onPick: (id: string) => void;
  onClose: () => void;
  end?: boolean;
  above?: boolean;
}): VNode {
  const list = useRef<HTMLDivElement>(null);
  const buttons = (): HTMLButtonElement[] => [...(list.current?.querySelectorAll('button') ?? [])];
  useLayoutEffect(() => buttons()[0]?.focus({ preventScroll: true }), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (event.key === 'Tab') props.onClose();
    if (step === 0) return;
    event.preventDefault();
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    all[(at + step + all.length) % all.length]?.focus();
  };
  return html`<${Popup} anchor=${props.anchor} onClose=${props.onClose} end=${props.end} above=${props.above}>
    <div class="menu" role="menu" aria-label=${props.label} ref=${list} onKeyDown=${onKeyDown}>
      ${props.items.map(
        (item) => html`<button
          type="button"
          role="menuitem"
          key=${item.id}
          class=${item.danger ? 'menu-item danger' : 'menu-item'}
          data-option-value=${item.id}
          onClick=${() => {
            props.onClose();
            props.onPick(item.id);
          }}
        >
          <span>${item.text}</span>
          ${item.detail ? html`<small>${item.detail}</small>` : null}
        </button>`,
      )}
      ${props.items.length === 0 ? html`<p class="menu-empty">Nothing here.</p>` : null}
    </div>
  <//>`;
}
