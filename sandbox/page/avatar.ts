import type { VNode } from 'preact';
import { cls, html } from './html.ts';
import { findPerson } from './store.ts';
import { useViewer } from './viewer.ts';

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  return `${words[0]?.[0] ?? '?'}${words.length > 1 ? (words.at(-1)?.[0] ?? '') : ''}`.toUpperCase();
}

/** A person's tile: their colour and initials; the app's own mark for the app. */
export function Avatar(props: { id: string; size?: number; presence?: boolean }): VNode {
  const { boot } = useViewer();
  const size = props.size ?? 36;
  const person = findPerson(boot, props.id);
  const isApp = props.id === boot.app.bot_user_id;
  const style = { width: `${size}px`, height: `${size}px`, fontSize: `${Math.round(size * 0.4)}px` };
  return html`<span class=${cls('avatar', isApp && 'app')} style=${isApp ? style : { ...style, background: person?.color ?? '#616061' }} aria-hidden="true">
    ${
      isApp
        ? html`<svg viewBox="0 0 32 32" fill="none" stroke="white" stroke-width="3.200" stroke-linecap="round" stroke-linejoin="round"><path d="M9 22V10l7 7 7-7v12" /></svg>`
        : initials(person?.real_name || person?.name || '?').slice(0, size < 24 ? 1 : 2)
    }
    ${props.presence && person ? html`<i class=${cls('presence', person.presence)}></i>` : null}
  </span>`;
}
