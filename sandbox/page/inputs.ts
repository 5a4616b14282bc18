/** Block Kit's typed inputs: texts, numbers, dates and times. */
import type {
  Datepicker,
  DateTimepicker,
  EmailInput,
  NumberInput,
  PlainTextInput,
  RichTextInput,
  Timepicker,
  URLInput,
} from '@slack/types';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { ElementProps } from './elements.ts';
import { type FieldValue, useField } from './form.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { useAct, useSurface } from './surface.ts';
import { localFromUnix, unixFromLocal } from './time.ts';
import { useViewer } from './viewer.ts';

type Typed = PlainTextInput | EmailInput | URLInput | NumberInput;

const KEYBOARD: Record<Typed['type'], string> = {
  plain_text_input: 'text',
  email_text_input: 'email',
  url_text_input: 'url',
  number_input: 'text',
};

/** Attributes that every form control of an input block shares. */
function common(
  props: ElementProps<{ action_id?: string; focus_on_load?: boolean }>,
): Record<string, unknown> {
  return {
    id: props.id,
    'aria-label': props.id ? undefined : props.label,
    'aria-invalid': props.invalid ? 'true' : undefined,
    'aria-describedby': props.describedBy,
    'data-action-id': props.element.action_id,
    'data-autofocus': props.element.focus_on_load ? '' : undefined,
  };
}

/** Grows with its text, up to the height that CSS allows. */
function useGrowing(text: string): { current: HTMLTextAreaElement | null } {
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (!box.current) return;
    box.current.style.height = 'auto';
    box.current.style.height = `${box.current.scrollHeight + 2}px`;
  }, [text]);
  return box;
}

function TypedView(props: ElementProps<Typed>): VNode {
  const { element } = props;
  const [value, setValue] = useField(useSurface().form, props.block, element);
  const { run, warning } = useAct(props.block, element);
  const text = (value['value'] as string | null) ?? '';
  const box = useGrowing(text);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  const multiline = element.type === 'plain_text_input' && element.multiline === true;
  const max = element.type === 'plain_text_input' ? element.max_length : undefined;
  const onInput = (event: InputEvent): void => {
    const typed = (event.target as HTMLInputElement).value;
    setValue({ value: typed === '' ? null : typed });
    if (props.live && triggers.includes('on_character_entered')) void run({ value: typed });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && !event.shiftKey && props.live && triggers.includes('on_enter_pressed')) {
      event.preventDefault();
      void run({ value: text });
    }
  };
  const shared = {
    ...common(props),
    class: cls('field', props.invalid && 'invalid'),
    placeholder: element.placeholder?.text,
    maxlength: max,
    value: text,
    onInput,
    onKeyDown,
  };
  return html`<div class="typed">
      ${
        multiline
          ? html`<textarea ref=${box} rows="3" ...${shared}></textarea>`
          : html`<input type=${KEYBOARD[element.type]} inputmode=${element.type === 'number_input' ? 'decimal' : undefined} autocomplete="off" ...${shared} />`
      }
      ${max !== undefined && text.length > max * 0.8 ? html`<span class="left-over">${max - text.length}</span>` : null}
    </div>
    ${warning}`;
}

function RichTextInputView(props: ElementProps<RichTextInput>): VNode {
  const [value, setValue] = useField(useSurface().form, props.block, props.element);
  const text = plainOf(value['rich_text_value']);
  const box = useGrowing(text);
  const onInput = (event: InputEvent): void => {
    const typed = (event.target as HTMLTextAreaElement).value;
    const section = { type: 'rich_text_section', elements: [{ type: 'text', text: typed }] };
    setValue({ rich_text_value: typed ? { type: 'rich_text', elements: [section] } : null });
  };
  return html`<textarea rows="3" ref=${box} class="field" placeholder=${props.element.placeholder?.text} value=${text} onInput=${onInput} ...${common(props)}></textarea>`;
}

/** The texts inside a rich_text block, one line a section. */
function plainOf(block: unknown): string {
  const sections = (block as { elements?: { elements?: { text?: string }[] }[] } | null)?.elements ?? [];
  return sections.map((section) => section.elements?.map((one) => one.text ?? '').join('') ?? '').join('\n');
}

type Moment = Datepicker | Timepicker | DateTimepicker;
const NATIVE: Record<Moment['type'], string> = {
  datepicker: 'date',
  timepicker: 'time',
  datetimepicker: 'datetime-local',
};

/** A time picker can be about another zone than the reader's own. */
function zoneTitle(element: Moment, own: string): string {
  const zone = element.type === 'timepicker' ? element.timezone : undefined;
  return zone === undefined || zone === own ? `In your time zone, ${own}` : `In the time zone ${zone}`;
}

function MomentView(props: ElementProps<Moment>): VNode {
  const { element } = props;
  const { tz } = useViewer();
  const [value, setValue] = useField(useSurface().form, props.block, element);
  const { run, pending, warning } = useAct(props.block, element);
  const shown =
    element.type === 'datetimepicker'
      ? typeof value['selected_date_time'] === 'number'
        ? localFromUnix(value['selected_date_time'], tz)
        : ''
      : ((value[element.type === 'datepicker' ? 'selected_date' : 'selected_time'] as string | null) ?? '');
  const onChange = async (event: Event): Promise<void> => {
    const picked = (event.target as HTMLInputElement).value;
    const next: FieldValue =
      element.type === 'datetimepicker'
        ? { selected_date_time: unixFromLocal(picked, tz) }
        : { [element.type === 'datepicker' ? 'selected_date' : 'selected_time']: picked || null };
    setValue(next);
    if (props.live && picked && !(await run(next))) setValue(value);
  };
  return html`<input
      type=${NATIVE[element.type]}
      class=${cls('field moment', props.invalid && 'invalid')}
      value=${shown}
      disabled=${pending}
      title=${element.type === 'datepicker' ? undefined : zoneTitle(element, tz)}
      onChange=${onChange}
      ...${common(props)}
    />
    ${warning}`;
}

function FileInputView(props: ElementProps<{ action_id?: string }>): VNode {
  return html`<p class="unsupported" data-action-id=${props.element.action_id}>
    <${Icon} name="file" size=${14} /> Files cannot be added in the sandbox.
  </p>`;
}

export const ELEMENTS: Record<string, (props: ElementProps<never>) => VNode | null> = {
  plain_text_input: TypedView,
  email_text_input: TypedView,
  url_text_input: TypedView,
  number_input: TypedView,
  rich_text_input: RichTextInputView,
  datepicker: MomentView,
  timepicker: MomentView,
  datetimepicker: MomentView,
  file_input: FileInputView,
};
