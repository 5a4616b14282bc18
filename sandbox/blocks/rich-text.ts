import {
  anyNumber,
  array,
  boolean,
  byType,
  type Check,
  type Fields,
  integer,
  isRecord,
  object,
  oneOf,
  string,
} from './issues.ts';

const style = object(
  {},
  { bold: boolean, code: boolean, italic: boolean, strike: boolean, underline: boolean },
);

function part(type: string, required: Fields, optional: Fields = {}): Check {
  return object({ type: oneOf(type), ...required }, { style, ...optional });
}

const words: Check = (value, at, issues) => {
  if (isRecord(value) && typeof value.text === 'string') issues.textLength += value.text.length;
  part('text', { text: string(3000) })(value, at, issues);
};

const link = part('link', { url: string(3000) }, { text: string(3000), unsafe: boolean });

const parts = byType({
  text: words,
  link,
  broadcast: part('broadcast', { range: oneOf('here', 'channel', 'everyone') }),
  channel: part('channel', { channel_id: string(255) }),
  color: part('color', { value: string(20) }),
  date: part(
    'date',
    { timestamp: anyNumber, format: string(255) },
    { url: string(3000), fallback: string(255) },
  ),
  emoji: part('emoji', { name: string(255) }, { unicode: string(255), url: string(3000) }),
  team: part('team', { team_id: string(255) }),
  user: part('user', { user_id: string(255) }),
  usergroup: part('usergroup', { usergroup_id: string(255) }),
});

const border = { border: oneOf(0, 1) };
const section = object({ type: oneOf('rich_text_section'), elements: array(parts, 1, 500) });

const elements = array(
  byType({
    rich_text_section: section,
    rich_text_list: object(
      {
        type: oneOf('rich_text_list'),
        elements: array(byType({ rich_text_section: section }), 1, 500),
        style: oneOf('bullet', 'ordered'),
      },
      { ...border, indent: integer(0, 8), offset: integer(0, 1000) },
    ),
    rich_text_quote: object({ type: oneOf('rich_text_quote'), elements: array(parts, 1, 500) }, border),
    rich_text_preformatted: object(
      { type: oneOf('rich_text_preformatted'), elements: array(byType({ text: words, link }), 1, 500) },
      border,
    ),
  }),
  1,
  500,
);

/** A `rich_text` object, as a block, a table cell or an initial value. */
export const richText: Check = object({ type: oneOf('rich_text'), elements }, { block_id: string(255) });
