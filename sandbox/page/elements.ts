/** Block Kit's interactive elements that are not text: buttons, menus, choices, selects. */
import type {
  Button,
  Checkboxes,
  Confirm,
  ImageElement,
  Option,
  Overflow,
  PlainTextElement,
  RadioButtons,
} from '@slack/types';
import type { VNode } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import { type FieldValue, useField } from './form.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { imageUrl } from './images.ts';
import { ELEMENTS as INPUTS } from './inputs.ts';
import { safeUrl } from './mrkdwn.ts';
import { Plain, Text } from './mrkdwn-view.ts';
import { PICKERS } from './pickers.ts';
import { Menu } from './popup.ts';
import { useAct, useSurface } from './surface.ts';

/** What an element is drawn with. `label` etc. are set inside an input block. */
export type ElementProps<E> = {
  element: E;
  block: string;
  /** Whether a change is sent at once (everywhere but in input blocks without `dispatch_action`). */
  live: boolean;
  id?: string;
  label: string;
  invalid: boolean;
  describedBy?: string | undefined;
};

function ButtonView(props: ElementProps<Button>): VNode {
  const { element } = props;
  const { run, pending, warning } = useAct(props.block, element);
  const url = element.url ? safeUrl(element.url) : null;
  const shape = cls('btn', element.style, pending && 'pending');
  const press = (): void => void run(element.value === undefined ? {} : { value: element.value });
  const inside = html`<span class="btn-text"><${Plain} text=${element.text.text} emoji=${element.text.emoji} /></span>`;
  const button = url
    ? html`<a class=${shape} href=${url} target="_blank" rel="noopener noreferrer" data-action-id=${element.action_id} onClick=${press}>${inside}</a>`
    : html`<button
        type="button"
        class=${shape}
        aria-label=${element.accessibility_label}
        aria-busy=${pending ? 'true' : undefined}
        disabled=${pending}
        data-action-id=${element.action_id}
        onClick=${press}
      >
        ${inside}
      </button>`;
  return html`${button}${warning}`;
}

function OverflowView(props: ElementProps<Overflow>): VNode {
  const { element } = props;
  const { run, pending, warning } = useAct(props.block, element);
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const pick = (value: string): void => {
    const option = element.options.find((one) => one.value === value);
    const url = option?.url ? safeUrl(option.url) : null;
    if (url) window.open(url, '_blank', 'noopener');
    void run({ selected_option: option });
  };
  return html`<button
      type="button"
      ref=${anchor}
      class=${cls('btn overflow', pending && 'pending')}
      aria-label="More actions"
      aria-haspopup="menu"
      aria-expanded=${open ? 'true' : 'false'}
      disabled=${pending}
      data-action-id=${element.action_id}
      onClick=${() => setOpen(!open)}
    >
      <span class="btn-text dots">•••</span>
    </button>
    ${
      open
        ? html`<${Menu}
            anchor=${anchor}
            label="More actions"
            end=${true}
            items=${element.options.map((option) => ({
              id: option.value ?? '',
              text: html`<${Plain} text=${option.text.text} />`,
              detail: option.description?.text,
            }))}
            onPick=${pick}
            onClose=${() => setOpen(false)}
          />`
        : null
    }
    ${warning}`;
}

function ChoicesView(props: ElementProps<Checkboxes | RadioButtons>): VNode {
  const { element } = props;
  const surface = useSurface();
  const [value, setValue] = useField(surface.form, props.block, element);
  const { run, warning } = useAct(props.block, element);
  const name = useId();
  const radio = element.type === 'radio_buttons';
  const chosen: Option[] = radio
    ? [value['selected_option'] as Option | null].filter((one) => one !== null)
    : (value['selected_options'] as Option[]);
  const isOn = (option: Option): boolean => chosen.some((one) => one.value === option.value);
  const change = async (option: Option): Promise<void> => {
    const next: FieldValue = radio
      ? { selected_option: option }
      : {
          selected_options: isOn(option)
            ? chosen.filter((one) => one.value !== option.value)
            : [...chosen, option],
        };
    setValue(next);
    if (props.live && !(await run(next))) setValue(value);
  };
  return html`<div
      class="choices"
      role=${radio ? 'radiogroup' : 'group'}
      id=${props.id}
      aria-label=${props.label}
      aria-describedby=${props.describedBy}
      data-action-id=${element.action_id}
    >
      ${element.options.map(
        (option) => html`<label class="choice" data-option-value=${option.value}>
          <input type=${radio ? 'radio' : 'checkbox'} name=${name} checked=${isOn(option)} onChange=${() => void change(option)} />
          <span><${Text} of=${option.text} />${option.description ? html`<small><${Text} of=${option.description} /></small>` : null}</span>
        </label>`,
      )}
    </div>
    ${warning}`;
}

function ImageView(props: ElementProps<ImageElement>): VNode | null {
  const url = imageUrl(props.element);
  return url ? html`<img class="thumb" src=${url} alt=${props.element.alt_text} />` : null;
}

type IconButton = {
  type: 'icon_button';
  action_id?: string;
  text: PlainTextElement;
  value?: string;
  confirm?: Confirm;
};

function IconButtonView(props: ElementProps<IconButton>): VNode {
  const { element } = props;
  const { run, pending, warning } = useAct(props.block, element);
  return html`<button type="button" class="btn" disabled=${pending} data-action-id=${element.action_id} onClick=${() => void run({ value: element.value })}>
      ${element.text.text}
    </button>${warning}`;
}

type Feedback = {
  type: 'feedback_buttons';
  action_id?: string;
  positive_button: { text: PlainTextElement; value: string };
  negative_button: { text: PlainTextElement; value: string };
};

function FeedbackView(props: ElementProps<Feedback>): VNode {
  const { element } = props;
  const { run, pending, warning } = useAct(props.block, element);
  const sides = [element.positive_button, element.negative_button];
  return html`${sides.map(
    (
      side,
    ) => html`<button type="button" class="btn" disabled=${pending} data-action-id=${element.action_id} data-option-value=${side.value} onClick=${() => void run({ value: side.value })}>
      ${side.text.text}
    </button>`,
  )}${warning}`;
}

type Draw = (props: ElementProps<never>) => VNode | null;

/** Every element the page knows, by type. */
const ELEMENTS: Record<string, Draw> = {
  button: ButtonView,
  workflow_button: ButtonView,
  overflow: OverflowView,
  checkboxes: ChoicesView,
  radio_buttons: ChoicesView,
  image: ImageView,
  icon_button: IconButtonView,
  feedback_buttons: FeedbackView,
  ...INPUTS,
  ...PICKERS,
};

export function ElementView(props: ElementProps<{ type: string }>): VNode {
  const draw = ELEMENTS[props.element.type];
  if (!draw) {
    return html`<span class="unsupported"><${Icon} name="warn" size=${14} /> unsupported element: ${props.element.type}</span>`;
  }
  return html`<${draw} ...${props} />`;
}
