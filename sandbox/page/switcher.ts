/** The bar above everything and its jump list: channels, places and people, by keyboard with Ctrl+K. */
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Avatar } from './avatar.ts';
import { Dialog } from './dialog.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { become, go, openConversation } from './place.ts';
import { findPerson, otherIn, playable } from './store.ts';
import { useViewer, type Viewer } from './viewer.ts';

type Target = { key: string; text: string; detail: string; icon: VNode; go: () => void };

function targets({ boot, user }: Viewer): Target[] {
  const channels = boot.channels
    .filter((channel) => !channel.archived)
    .filter((channel) =>
      channel.kind === 'public'
        ? true
        : channel.kind === 'im'
          ? channel.with?.includes(user)
          : channel.members.includes(user),
    )
    .filter((channel) => !channel.with?.includes(boot.app.bot_user_id))
    .map((channel) => ({
      key: channel.id,
      text:
        channel.kind === 'im'
          ? (findPerson(boot, otherIn(channel, user))?.real_name ?? channel.name)
          : channel.name,
      detail: channel.topic,
      icon: html`<${Icon} name=${channel.kind === 'private' ? 'lock' : channel.kind === 'im' ? 'thread' : 'hash'} size=${16} />`,
      go: () => openConversation(channel.id),
    }));
  const people = playable(boot)
    .filter((person) => person.id !== user)
    .map((person) => ({
      key: person.id,
      text: `Be ${person.real_name}`,
      detail: person.title,
      icon: html`<${Avatar} id=${person.id} size=${20} />`,
      go: () => become(person.id),
    }));
  return [
    ...channels,
    {
      key: 'home',
      text: `${boot.app.name}: Home`,
      detail: 'The app’s Home tab',
      icon: html`<${Icon} name="home" size=${16} />`,
      go: () => go({ kind: 'app', tab: 'home' }),
    },
    {
      key: 'sinks',
      text: 'Sample sinks',
      detail: 'What the systems at the other end received',
      icon: html`<${Icon} name="sink" size=${16} />`,
      go: () => go({ kind: 'sinks' }),
    },
    ...people,
  ];
}

function JumpList(props: { onClose: () => void }): VNode {
  const viewer = useViewer();
  const [filter, setFilter] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const wanted = filter.trim().toLowerCase().replace(/^#/, '');
  const found = targets(viewer).filter((target) =>
    `${target.text} ${target.detail}`.toLowerCase().includes(wanted),
  );
  useEffect(() => list.current?.querySelector('.active')?.scrollIntoView({ block: 'nearest' }), [active]);
  const pick = (target: Target): void => {
    props.onClose();
    target.go();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const current = found[active];
    if (step !== 0 && found.length > 0) setActive((active + step + found.length) % found.length);
    else if (event.key === 'Enter' && current) pick(current);
    else return;
    event.preventDefault();
  };
  return html`<${Dialog} title="Jump to…" testid="jump" small=${true} onClose=${props.onClose}>
    <div class="dialog-body jump-body" onKeyDown=${onKeyDown}>
      <input
        class="field"
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls="jump-list"
        aria-activedescendant=${`jump-${active}`}
        aria-label="A channel, a place or a person"
        placeholder="A channel, a place, or a person to be"
        value=${filter}
        onInput=${(event: InputEvent) => {
          setFilter((event.target as HTMLInputElement).value);
          setActive(0);
        }}
      />
      <div class="options" role="listbox" id="jump-list" ref=${list}>
        ${found.map(
          (target, index) => html`<div
            key=${target.key}
            id=${`jump-${index}`}
            role="option"
            aria-selected=${index === active ? 'true' : 'false'}
            class=${cls('option', index === active && 'active')}
            data-option-value=${target.key}
            onClick=${() => pick(target)}
            onPointerMove=${() => setActive(index)}
          >
            <span class="with-avatar">${target.icon}<span>${target.text}</span><small>${target.detail}</small></span>
          </div>`,
        )}
        ${found.length === 0 ? html`<p class="menu-empty">Nothing is called that.</p>` : null}
      </div>
    </div>
  <//>`;
}

export function TopBar(): VNode {
  const { boot } = useViewer();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (
        (event.ctrlKey || event.metaKey) &&
        event.key.toLowerCase() === 'k' &&
        !document.querySelector('[role=dialog]')
      ) {
        event.preventDefault();
        setOpen(true);
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return html`<header class="top-bar">
    <button type="button" class="icon-btn flip" aria-label="Back" onClick=${() => history.back()}><${Icon} name="arrow" /></button>
    <button type="button" class="icon-btn" aria-label="Forward" onClick=${() => history.forward()}><${Icon} name="arrow" /></button>
    <button type="button" class="search" data-testid="jump-open" onClick=${() => setOpen(true)}>
      <${Icon} name="search" size=${16} /><span>Jump around ${boot.team.name}</span><kbd>Ctrl K</kbd>
    </button>
    <span class="top-note">Local sandbox, not Slack</span>
    ${open ? html`<${JumpList} onClose=${() => setOpen(false)} />` : null}
  </header>`;
}
