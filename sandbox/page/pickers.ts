/** Block Kit's select menus: static, people, conversations; single and multi. */
import type { Confirm, Option, OptionGroup, PlainTextElement } from '@slack/types';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { api } from './api.ts';
import { Avatar } from './avatar.ts';
import type { ElementProps } from './elements.ts';
import { emojiOf } from './emoji.ts';
import { type FieldValue, useField } from './form.ts';
import { html } from './html.ts';
import { parsePlain } from './mrkdwn.ts';
import { type Choice, type ChoiceGroup, Select } from './select.ts';
import { findPerson, otherIn } from './store.ts';
import { useAct, useSurface } from './surface.ts';
import { useViewer, type Viewer } from './viewer.ts';

type Picker = {
  type: string;
  action_id?: string;
  confirm?: Confirm;
  placeholder?: PlainTextElement;
  focus_on_load?: boolean;
  max_selected_items?: number;
  min_query_length?: number;
  options?: Option[];
  option_groups?: OptionGroup[];
  filter?: { include?: string[]; exclude_bot_users?: boolean };
};

type Offer = { options?: Option[]; option_groups?: OptionGroup[] };

/** A plain text as one string, emoji as characters. */
export function flat(text: string): string {
  return parsePlain(text, true)
    .map((node) =>
      node.kind === 'text'
        ? node.text
        : node.kind === 'emoji'
          ? (emojiOf(node.name) ?? `:${node.name}:`)
          : ' ',
    )
    .join('');
}

function optionChoice(option: Option): Choice {
  return {
    value: option.value ?? '',
    text: flat(option.text.text),
    detail: option.description ? flat(option.description.text) : undefined,
  };
}

function staticGroups(element: Offer): ChoiceGroup[] {
  if (element.option_groups) {
    return element.option_groups.map((group) => ({
      label: flat(group.label.text),
      choices: group.options.map(optionChoice),
    }));
  }
  return [{ label: null, choices: (element.options ?? []).map(optionChoice) }];
}

function peopleGroups(_element: Picker, viewer: Viewer): ChoiceGroup[] {
  const choices = viewer.boot.people
    .filter((person) => !person.deleted && !person.is_bot)
    .map((person) => ({
      value: person.id,
      text: person.real_name,
      detail: person.title,
      view: html`<span class="with-avatar"><${Avatar} id=${person.id} size=${20} />${person.real_name}</span>`,
    }));
  return [{ label: null, choices }];
}

function channelGroups(element: Picker, viewer: Viewer): ChoiceGroup[] {
  const wanted =
    element.filter?.include ?? (element.type.includes('channels') ? ['public'] : ['public', 'private', 'im']);
  const choices = viewer.boot.channels
    .filter((channel) => !channel.archived && wanted.includes(channel.kind))
    .filter(
      (channel) =>
        channel.kind === 'public' ||
        channel.members.includes(viewer.user) ||
        channel.with?.includes(viewer.user),
    )
    .map((channel) => ({
      value: channel.id,
      text:
        channel.kind === 'im'
          ? (findPerson(viewer.boot, otherIn(channel, viewer.user))?.real_name ?? channel.name)
          : `# ${channel.name}`,
    }));
  return [{ label: null, choices }];
}

/** An external select offers nothing of its own: the app is asked while one types. */
const externalGroups = (): ChoiceGroup[] => [];

type Kind = {
  key: string;
  multi: boolean;
  option: boolean;
  groups: (element: Picker, viewer: Viewer) => ChoiceGroup[];
  empty: string;
};

const KINDS: Record<string, Kind> = {
  static_select: {
    key: 'selected_option',
    multi: false,
    option: true,
    groups: staticGroups,
    empty: 'Select an item',
  },
  multi_static_select: {
    key: 'selected_options',
    multi: true,
    option: true,
    groups: staticGroups,
    empty: 'Select items',
  },
  external_select: {
    key: 'selected_option',
    multi: false,
    option: true,
    groups: externalGroups,
    empty: 'Select an item',
  },
  multi_external_select: {
    key: 'selected_options',
    multi: true,
    option: true,
    groups: externalGroups,
    empty: 'Select items',
  },
  users_select: {
    key: 'selected_user',
    multi: false,
    option: false,
    groups: peopleGroups,
    empty: 'Select a user',
  },
  multi_users_select: {
    key: 'selected_users',
    multi: true,
    option: false,
    groups: peopleGroups,
    empty: 'Select users',
  },
  conversations_select: {
    key: 'selected_conversation',
    multi: false,
    option: false,
    groups: channelGroups,
    empty: 'Select a conversation',
  },
  multi_conversations_select: {
    key: 'selected_conversations',
    multi: true,
    option: false,
    groups: channelGroups,
    empty: 'Select conversations',
  },
  channels_select: {
    key: 'selected_channel',
    multi: false,
    option: false,
    groups: channelGroups,
    empty: 'Select a channel',
  },
  multi_channels_select: {
    key: 'selected_channels',
    multi: true,
    option: false,
    groups: channelGroups,
    empty: 'Select channels',
  },
};

const optionsOf = (offer: Offer): Option[] =>
  offer.options ?? offer.option_groups?.flatMap((group) => group.options) ?? [];

function PickerView(props: ElementProps<Picker> & { kind: Kind }): VNode {
  const { element, kind } = props;
  const viewer = useViewer();
  const surface = useSurface();
  const [value, setValue] = useField(surface.form, props.block, element);
  const { run, pending, warning } = useAct(props.block, element);
  const sent = useRef(JSON.stringify(value));
  const current = value[kind.key];
  const chosen = [current]
    .flat()
    .filter((one) => one !== null && one !== undefined)
    .map((one) => (kind.option ? ((one as Option).value ?? '') : (one as string)));
  const external = kind.groups === externalGroups;
  const known = kind.option
    ? ([current].flat() as (Option | null)[]).filter((option) => option !== null)
    : [];
  // Options go back whole, as the app sent them.
  const offered = useRef<Option[]>([]);
  const optionOf = (wanted: string): Option | null => {
    const all = [...optionsOf(element), ...offered.current, ...known];
    return all.find((option) => option.value === wanted) ?? null;
  };
  const load = async (query: string): Promise<ChoiceGroup[]> => {
    const least = element.min_query_length ?? 3;
    if (query.length < least) throw new Error(`Type ${least} ${least === 1 ? 'letter' : 'letters'} or more`);
    const where = {
      user: viewer.user,
      container: surface.container,
      block_id: props.block,
      action_id: element.action_id ?? '',
    };
    const offer = await api.options({ ...where, query });
    offered.current = optionsOf(offer);
    return staticGroups(offer);
  };
  const valueOf = (values: string[]): FieldValue => {
    const parts = values.map((one) => (kind.option ? optionOf(one) : one));
    return { [kind.key]: kind.multi ? parts : (parts[0] ?? null) };
  };
  const send = async (next: FieldValue): Promise<void> => {
    const before = JSON.parse(sent.current) as FieldValue;
    if (!props.live || JSON.stringify(next) === sent.current) return;
    sent.current = JSON.stringify(next);
    if (await run(next)) return;
    sent.current = JSON.stringify(before);
    setValue(before);
  };
  const latest = useRef(value);
  latest.current = value;
  const onChange = (values: string[]): void => {
    const next = valueOf(values);
    latest.current = next;
    setValue(next);
    if (!kind.multi) void send(next);
  };
  return html`<${Select}
      id=${props.id}
      label=${props.label}
      actionId=${element.action_id ?? ''}
      groups=${external ? [{ label: null, choices: known.map(optionChoice) }] : kind.groups(element, viewer)}
      load=${external ? load : undefined}
      chosen=${chosen}
      placeholder=${element.placeholder ? flat(element.placeholder.text) : kind.empty}
      multi=${kind.multi}
      max=${element.max_selected_items}
      pending=${pending}
      autofocus=${element.focus_on_load}
      invalid=${props.invalid}
      describedBy=${props.describedBy}
      onChange=${onChange}
      onClosed=${() => void (kind.multi && send(latest.current))}
    />
    ${warning}`;
}

export const PICKERS: Record<string, (props: ElementProps<never>) => VNode | null> = Object.fromEntries(
  Object.entries(KINDS).map(([type, kind]) => [
    type,
    (props: ElementProps<Picker>) => html`<${PickerView} ...${props} kind=${kind} />`,
  ]),
);
