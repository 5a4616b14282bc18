import { imageElement, url } from './image.ts';
import {
  all,
  array,
  boolean,
  type Check,
  type Fields,
  integer,
  isRecord,
  matching,
  object,
  oneOf,
  string,
} from './issues.ts';
import { richText } from './rich-text.ts';
import { choice, confirm, menuItem, option, optionGroup, plain } from './text.ts';

const actionId: Check = all(string(255), (value, at, issues) => {
  if (typeof value !== 'string') return;
  if (issues.actionIds.has(value)) issues.say(`action_id "${value}" already exists in this block`, at);
  issues.actionIds.add(value);
});

const focus: Check = (value, at, issues) => {
  boolean(value, at, issues);
  if (value !== true) return;
  issues.focused += 1;
  if (issues.surface === 'message') issues.say('focus_on_load is not allowed in messages', at);
  else if (issues.focused > 1) issues.say('only one element may have focus_on_load', at);
};

const style = oneOf('primary', 'danger');
const dispatch = object(
  {},
  { trigger_actions_on: array(oneOf('on_enter_pressed', 'on_character_entered'), 1, 2) },
);

const actionable = { action_id: actionId };
const confirmable = { ...actionable, confirm };
const focusable = { ...actionable, focus_on_load: focus };
const placeheld = { ...focusable, placeholder: plain(150) };
const chosen = { ...placeheld, confirm };
const typed = { ...placeheld, dispatch_action_config: dispatch };
const several = { ...chosen, max_selected_items: integer(1, 1000) };
const personId = matching(/^[UW][A-Z0-9]+$/, 'a user id');
const conversationId = matching(/^[CDGUW][A-Z0-9]+$/, 'a conversation id');
const filter = object(
  {},
  {
    include: array(oneOf('im', 'mpim', 'private', 'public'), 1, 4),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
);

function element(type: string, required: Fields, optional: Fields): Check {
  return object({ type: oneOf(type), ...required }, optional);
}

/** Options or groups, never both; what is chosen at first must be among them. */
const optionSource: Check = (value, at, issues) => {
  if (!isRecord(value)) return;
  if ((value.options === undefined) === (value.option_groups === undefined)) {
    issues.say('exactly one of options and option_groups is required', at);
  }
};

const initialAmongOptions: Check = (value, at, issues) => {
  if (!isRecord(value)) return;
  const known = new Set(optionsOf(value).map((o) => JSON.stringify(o)));
  const single = value.initial_option === undefined ? [] : [value.initial_option];
  const many: unknown[] = Array.isArray(value.initial_options) ? value.initial_options : [];
  for (const initial of [...single, ...many]) {
    if (!known.has(JSON.stringify(initial))) issues.say('initial option is not among the options', at);
  }
};

/** All options of an element, through its groups. */
export function optionsOf(element_: Record<string, unknown>): unknown[] {
  const own: unknown[] = Array.isArray(element_.options) ? element_.options : [];
  const groups: unknown[] = Array.isArray(element_.option_groups) ? element_.option_groups : [];
  return [...own, ...groups.flatMap((g) => (isRecord(g) && Array.isArray(g.options) ? g.options : []))];
}

const options = { options: array(option, 1, 100), option_groups: array(optionGroup, 1, 100) };
const minQuery = { min_query_length: integer(0, 100) };

const button = element(
  'button',
  { text: plain(75) },
  { ...confirmable, value: string(2000, 0), url, style, accessibility_label: string(75) },
);

const checkboxes = all(
  element(
    'checkboxes',
    { options: array(choice, 1, 10) },
    { ...focusable, confirm, initial_options: array(choice, 1, 10) },
  ),
  initialAmongOptions,
);

const radio = all(
  element(
    'radio_buttons',
    { options: array(choice, 1, 10) },
    { ...focusable, confirm, initial_option: choice },
  ),
  initialAmongOptions,
);

const staticSelect = all(
  element('static_select', {}, { ...chosen, ...options, initial_option: option }),
  optionSource,
  initialAmongOptions,
);

const multiStatic = all(
  element('multi_static_select', {}, { ...several, ...options, initial_options: array(option, 1, 100) }),
  optionSource,
  initialAmongOptions,
);

const pickers: Fields = {
  datepicker: element('datepicker', {}, { ...chosen, initial_date: matching(/^\d{4}-\d\d-\d\d$/, 'a date') }),
  timepicker: element(
    'timepicker',
    {},
    { ...chosen, initial_time: matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time'), timezone: string(100) },
  ),
  datetimepicker: element(
    'datetimepicker',
    {},
    { ...focusable, confirm, initial_date_time: integer(1_000_000_000, 9_999_999_999) },
  ),
};

const selects: Fields = {
  static_select: staticSelect,
  external_select: element('external_select', {}, { ...chosen, ...minQuery, initial_option: option }),
  users_select: element('users_select', {}, { ...chosen, initial_user: personId }),
  conversations_select: element(
    'conversations_select',
    {},
    {
      ...chosen,
      filter,
      initial_conversation: conversationId,
      default_to_current_conversation: boolean,
      response_url_enabled: boolean,
    },
  ),
  channels_select: element(
    'channels_select',
    {},
    { ...chosen, initial_channel: conversationId, response_url_enabled: boolean },
  ),
};

const multiSelects: Fields = {
  multi_static_select: multiStatic,
  multi_external_select: element(
    'multi_external_select',
    {},
    { ...several, ...minQuery, initial_options: array(option, 1, 100) },
  ),
  multi_users_select: element(
    'multi_users_select',
    {},
    { ...several, initial_users: array(personId, 1, 100) },
  ),
  multi_conversations_select: element(
    'multi_conversations_select',
    {},
    {
      ...several,
      filter,
      initial_conversations: array(conversationId, 1, 100),
      default_to_current_conversation: boolean,
    },
  ),
  multi_channels_select: element(
    'multi_channels_select',
    {},
    { ...several, initial_channels: array(conversationId, 1, 100) },
  ),
};

const inModal: Check = (_value, at, issues) => {
  if (issues.surface !== 'modal') issues.say('file_input is only allowed in modals', at);
};

const numeral = matching(/^-?\d+(\.\d+)?$/, 'a number');

const typedInputs: Fields = {
  plain_text_input: element(
    'plain_text_input',
    {},
    {
      ...typed,
      initial_value: string(3000, 0),
      multiline: boolean,
      min_length: integer(0, 3000),
      max_length: integer(1, 3000),
    },
  ),
  email_text_input: element('email_text_input', {}, { ...typed, initial_value: string(3000) }),
  url_text_input: element('url_text_input', {}, { ...typed, initial_value: url }),
  number_input: element(
    'number_input',
    { is_decimal_allowed: boolean },
    { ...typed, initial_value: numeral, min_value: numeral, max_value: numeral },
  ),
  rich_text_input: element(
    'rich_text_input',
    {},
    { ...typed, initial_value: richText, min_lines: integer(1, 100), max_lines: integer(1, 100) },
  ),
  file_input: all(
    element(
      'file_input',
      {},
      { ...actionable, filetypes: array(string(20), 1, 100), max_files: integer(1, 10) },
    ),
    inModal,
  ),
};

const overflow = element('overflow', { options: array(menuItem, 1, 5) }, confirmable);
const common: Fields = { checkboxes, radio_buttons: radio, ...pickers, ...selects, ...multiSelects };

/** What each place may hold. */
export const inActions: Fields = { button, overflow, ...common };
export const inInput: Fields = { ...common, ...typedInputs };
export const inSection: Fields = { button, overflow, image: imageElement, ...common };

const iconButton = element(
  'icon_button',
  { icon: oneOf('trash'), text: plain(75) },
  {
    ...confirmable,
    value: string(2000),
    accessibility_label: string(75),
    visible_to_user_ids: array(personId, 1, 100),
  },
);

const feedbackChoice = object({ text: plain(75), value: string(2000) }, { accessibility_label: string(75) });

export const inContextActions: Fields = {
  icon_button: iconButton,
  feedback_buttons: element(
    'feedback_buttons',
    { positive_button: feedbackChoice, negative_button: feedbackChoice },
    actionable,
  ),
};
