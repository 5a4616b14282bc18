/** Who one is in the sandbox: the card, and everyone else one click away. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Person } from '../ui-contract.ts';
import { Avatar } from './avatar.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { become } from './place.ts';
import { findPerson, playable } from './store.ts';
import { timeText } from './time.ts';
import { useViewer } from './viewer.ts';

/** Arrow keys move to the neighbour and become it, as in a radio group. */
function onArrow(event: KeyboardEvent): void {
  const step = ['ArrowDown', 'ArrowRight'].includes(event.key)
    ? 1
    : ['ArrowUp', 'ArrowLeft'].includes(event.key)
      ? -1
      : 0;
  if (step === 0) return;
  event.preventDefault();
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>('[data-person]')];
  const at = all.indexOf(document.activeElement as HTMLButtonElement);
  const next = all[(at + step + all.length) % all.length];
  next?.focus();
  next?.click();
}

export function PersonSwitcher(): VNode {
  const { boot, user, now } = useViewer();
  const [open, setOpen] = useState(false);
  const [peek, setPeek] = useState<Person | null>(null);
  const me = findPerson(boot, user);
  const shown = peek ?? me;
  const people = playable(boot);
  return html`<div class="you" data-testid="person-switcher">
    <button type="button" class="you-card" aria-expanded=${open ? 'true' : 'false'} aria-label=${`You are ${me?.real_name ?? ''}. ${open ? 'Show faces' : 'Show names'}`} data-testid="person-list-toggle" onClick=${() => setOpen(!open)}>
      <${Avatar} id=${shown?.id ?? ''} size=${40} presence=${true} />
      <span class="you-text">
        <small>${peek && peek.id !== user ? 'Click to be' : 'You are'}</small>
        <b>${shown?.real_name ?? 'nobody'}</b>
        <span>${shown?.title ?? ''}${shown?.is_restricted ? ' (guest)' : ''}</span>
      </span>
      <${Icon} name="caret" size=${16} />
    </button>
    <div class=${open ? 'people-names' : 'people-faces'} role="radiogroup" aria-label="Be someone else" onKeyDown=${onArrow} onPointerLeave=${() => setPeek(null)}>
      ${people.map((person) => {
        const on = person.id === user;
        return html`<button
          type="button"
          key=${person.id}
          role="radio"
          aria-checked=${on ? 'true' : 'false'}
          aria-label=${`Be ${person.real_name}, ${person.title}`}
          tabindex=${on ? 0 : -1}
          class=${cls('person', on && 'on')}
          data-person=${person.id}
          onClick=${() => {
            setPeek(null);
            become(person.id);
          }}
          onPointerEnter=${(event: PointerEvent) => event.pointerType === 'mouse' && setPeek(person)}
          onFocus=${() => setPeek(null)}
        >
          <${Avatar} id=${person.id} size=${open ? 28 : 26} />
          ${open ? html`<span class="person-text"><b>${person.real_name}</b><small>${person.title} · ${timeText(now, person.tz)}</small></span>` : null}
        </button>`;
      })}
    </div>
  </div>`;
}
