import { inActions, inContextActions, inInput, inSection } from './elements.ts';
import { imageElement, imageFields, oneSource } from './image.ts';
import {
  all,
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
import { richText } from './rich-text.ts';
import { anyText, plain } from './text.ts';

const blockId: Check = all(string(255), (value, at, issues) => {
  if (typeof value !== 'string') return;
  if (issues.blockIds.has(value)) issues.say(`block_id "${value}" already exists`, at);
  issues.blockIds.add(value);
});

function block(type: string, required: Fields, optional: Fields = {}): Check {
  return object({ type: oneOf(type), ...required }, { block_id: blockId, ...optional });
}

const messagesOnly: Check = (value, at, issues) => {
  if (issues.surface !== 'message' && isRecord(value)) {
    issues.say(`${String(value.type)} blocks are only allowed in messages`, at);
  }
};

const textOrFields: Check = (value, at, issues) => {
  if (isRecord(value) && value.text === undefined && value.fields === undefined) {
    issues.say('missing required field: text or fields', at);
  }
};

const countInput: Check = (_value, _at, issues) => {
  issues.inputs += 1;
};

const oneTable: Check = (_value, at, issues) => {
  issues.tables += 1;
  if (issues.tables > 1) issues.say('only one table is allowed in a message', at);
};

const rawText: Check = (value, at, issues) => {
  if (isRecord(value) && typeof value.text === 'string') issues.textLength += value.text.length;
  object({ type: oneOf('raw_text'), text: string(3000) })(value, at, issues);
};

const cell = byType({
  raw_text: rawText,
  raw_number: object({ type: oneOf('raw_number'), value: anyNumber, text: string(255) }),
  rich_text: richText,
});
const rows = array(array(cell, 1, 20), 1, 100);

/** Slack refuses rows of different widths. */
const evenRows: Check = (value, at, issues) => {
  if (!isRecord(value) || !Array.isArray(value.rows)) return;
  const widths = new Set(value.rows.map((row: unknown) => (Array.isArray(row) ? row.length : 0)));
  if (widths.size > 1) issues.say('all rows must have the same number of cells', `${at}/rows`);
};

const column = object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean });

/** The blocks this Slack draws; every other type is refused. */
export const blocks: Fields = {
  section: all(
    block(
      'section',
      {},
      {
        text: anyText(3000),
        fields: array(anyText(2000), 1, 10),
        accessory: byType(inSection),
        expand: boolean,
      },
    ),
    textOrFields,
  ),
  header: block('header', { text: plain(150) }),
  divider: block('divider', {}),
  image: all(block('image', { alt_text: string(2000) }, { ...imageFields, title: plain(2000) }), oneSource),
  context: block('context', {
    elements: array(contextElement(), 1, 10),
  }),
  actions: block('actions', { elements: array(byType(inActions), 1, 25) }),
  input: all(
    block(
      'input',
      { label: plain(2000), element: byType(inInput) },
      { hint: plain(2000), optional: boolean, dispatch_action: boolean },
    ),
    countInput,
  ),
  rich_text: all(richText, uniqueRichTextId()),
  markdown: all(block('markdown', { text: string(12_000) }), messagesOnly),
  table: all(
    block('table', { rows }, { column_settings: array(column, 1, 20) }),
    evenRows,
    oneTable,
    messagesOnly,
  ),
  data_table: all(
    block(
      'data_table',
      { rows, caption: string(2000) },
      { page_size: integer(1, 100), row_header_column_index: integer(0, 19) },
    ),
    evenRows,
    oneTable,
    messagesOnly,
  ),
  context_actions: all(
    block('context_actions', { elements: array(byType(inContextActions), 1, 5) }),
    messagesOnly,
  ),
};

function contextElement(): Check {
  const text = anyText(3000);
  return byType({ image: imageElement, plain_text: text, mrkdwn: text });
}

function uniqueRichTextId(): Check {
  return (value, at, issues) => {
    if (isRecord(value) && value.block_id !== undefined) blockId(value.block_id, `${at}/block_id`, issues);
  };
}
