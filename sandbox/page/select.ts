/** Slack's select menu: a button that opens a filterable list; with `multi`, chosen options are chips. */
import type { VNode } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { Popup } from './popup.ts';

export type Choice = { value: string; text: string; view?: VNode; detail?: string | undefined };
export type ChoiceGroup = { label: string | null; choices: Choice[] };

type Props = {
  label: string;
  id?: string | undefined;
  actionId: string;
  groups: ChoiceGroup[];
  chosen: string[];
  placeholder: string;
  multi?: boolean | undefined;
  max?: number | undefined;
  disabled?: boolean;
  pending?: boolean;
  autofocus?: boolean | undefined;
  invalid?: boolean;
  describedBy?: string | undefined;
  /** Choices that are asked for while typing, instead of `groups`. */
  load?: ((query: string) => Promise<ChoiceGroup[]>) | undefined;
  onChange: (chosen: string[]) => void;
  /** The list was closed (a multi-select is sent then). */
  onClosed?: () => void;
};

function List(props: Props & { listId: string; close: () => void }): VNode {
  const [filter, setFilter] = useState('');
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const wanted = filter.trim().toLowerCase();
  const [loaded, setLoaded] = useState<ChoiceGroup[] | string | null>(null);
  useEffect(() => {
    if (!props.load) return;
    let stale = false;
    const asked = props.load;
    const later = setTimeout(() => {
      asked(filter.trim()).then(
        (found) => stale || setLoaded(found),
        (error: Error) => stale || setLoaded(error.message),
      );
    }, 150);
    return () => {
      stale = true;
      clearTimeout(later);
    };
  }, [filter]);
  const fits = ({ text, detail }: Choice): boolean =>
    `${text} ${detail ?? ''}`.toLowerCase().includes(wanted);
  const offered = props.load ? (Array.isArray(loaded) ? loaded : []) : props.groups;
  const groups = offered
    .map((group) => ({ ...group, choices: props.load ? group.choices : group.choices.filter(fits) }))
    .filter((group) => group.choices.length > 0);
  const flat = groups.flatMap((group) => group.choices);
  const full = props.multi && props.max !== undefined && props.chosen.length >= props.max;

  useLayoutEffect(() => {
    box.current?.querySelector<HTMLElement>('input, [role=listbox]')?.focus({ preventScroll: true });
    setActive(
      Math.max(
        0,
        flat.findIndex((choice) => choice.value === props.chosen[0]),
      ),
    );
  }, []);
  useEffect(
    () => box.current?.querySelector('.option.active')?.scrollIntoView({ block: 'nearest' }),
    [active],
  );

  const pick = (value: string): void => {
    if (!props.multi) {
      props.onChange([value]);
      props.close();
    } else if (props.chosen.includes(value)) props.onChange(props.chosen.filter((known) => known !== value));
    else if (!full) props.onChange([...props.chosen, value]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const current = flat[active];
    if (step !== 0 && flat.length > 0) setActive((active + step + flat.length) % flat.length);
    else if (event.key === 'Enter' && current) pick(current.value);
    else if (event.key === 'Tab') props.close();
    else return;
    if (event.key !== 'Tab') event.preventDefault();
  };
  const optionId = (value: string): string =>
    `${props.listId}-${flat.findIndex((choice) => choice.value === value)}`;
  const activeValue = flat[active]?.value ?? '';
  const many =
    props.load !== undefined || props.groups.reduce((sum, group) => sum + group.choices.length, 0) > 5;
  return html`<div ref=${box} onKeyDown=${onKeyDown} data-menu-of=${props.actionId}>
    ${
      many
        ? html`<input
            class="select-filter"
            type="text"
            role="combobox"
            aria-expanded="true"
            aria-controls=${props.listId}
            aria-activedescendant=${optionId(activeValue)}
            aria-label=${`Filter ${props.label}`}
            placeholder="Type to filter"
            value=${filter}
            onInput=${(event: InputEvent) => {
              setFilter((event.target as HTMLInputElement).value);
              setActive(0);
            }}
          />`
        : null
    }
    <div
      class="options"
      role="listbox"
      id=${props.listId}
      tabindex="-1"
      aria-label=${props.label}
      aria-multiselectable=${props.multi ? 'true' : 'false'}
      aria-activedescendant=${optionId(activeValue)}
    >
      ${groups.map(
        (group) => html`${group.label ? html`<div class="option-group">${group.label}</div>` : null}
          ${group.choices.map((choice) => {
            const on = props.chosen.includes(choice.value);
            return html`<div
              key=${choice.value}
              id=${optionId(choice.value)}
              class=${cls('option', choice.value === activeValue && 'active', on && 'on')}
              role="option"
              aria-selected=${on ? 'true' : 'false'}
              data-option-value=${choice.value}
              onClick=${() => pick(choice.value)}
              onPointerMove=${() => setActive(flat.indexOf(choice))}
            >
              <span class="option-text">${choice.view ?? choice.text}${choice.detail ? html`<small>${choice.detail}</small>` : null}</span>
              ${on ? html`<${Icon} name="check" size=${16} />` : null}
            </div>`;
          })}`,
      )}
      ${flat.length === 0 ? html`<p class="menu-empty">${typeof loaded === 'string' ? loaded : props.load && loaded === null ? 'Loading…' : 'No results'}</p>` : null}
      ${full ? html`<p class="menu-empty">At most ${props.max} can be chosen.</p>` : null}
    </div>
  </div>`;
}

export function Select(props: Props): VNode {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const listId = useId();
  const all = props.groups.flatMap((group) => group.choices);
  const named = (value: string): Choice =>
    all.find((choice) => choice.value === value) ?? { value, text: value };
  const one = props.multi ? undefined : props.chosen[0];
  const close = (): void => {
    if (!open) return;
    setOpen(false);
    anchor.current?.focus();
    props.onClosed?.();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' && !open) {
      event.preventDefault();
      setOpen(true);
    }
  };
  return html`<div ref=${frame} class=${cls('select', props.multi && 'multi', props.invalid && 'invalid')}>
    ${
      props.multi
        ? props.chosen.map(
            (value) => html`<span class="chip" key=${value}>
              ${named(value).text}
              <button
                type="button"
                aria-label=${`Remove ${named(value).text}`}
                onClick=${() => {
                  props.onChange(props.chosen.filter((known) => known !== value));
                  props.onClosed?.();
                }}
              >
                <${Icon} name="close" size=${12} />
              </button>
            </span>`,
          )
        : null
    }
    <button
      type="button"
      ref=${anchor}
      id=${props.id}
      class=${cls('select-btn', one === undefined && 'blank', props.pending && 'pending')}
      role="combobox"
      aria-haspopup="listbox"
      aria-expanded=${open ? 'true' : 'false'}
      aria-controls=${listId}
      aria-label=${props.id ? undefined : props.label}
      aria-describedby=${props.describedBy}
      aria-invalid=${props.invalid ? 'true' : undefined}
      disabled=${props.disabled || props.pending}
      data-action-id=${props.actionId}
      data-chosen=${props.chosen.join(' ')}
      data-autofocus=${props.autofocus ? '' : undefined}
      onClick=${() => (open ? close() : setOpen(true))}
      onKeyDown=${onKeyDown}
    >
      <span class="select-text">${one === undefined ? (props.multi && props.chosen.length > 0 ? '' : props.placeholder) : (named(one).view ?? named(one).text)}</span>
      <${Icon} name="caret" size=${16} />
    </button>
    ${open ? html`<${Popup} anchor=${frame} wide=${true} onClose=${close}><${List} ...${props} listId=${listId} close=${close} /><//>` : null}
  </div>`;
}
