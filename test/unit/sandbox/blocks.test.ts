import { describe, expect, it } from 'vitest';
import { checkMessage } from '../../../sandbox/blocks/index.ts';
import { checkView } from '../../../sandbox/blocks/view.ts';
import { SlackError } from '../../../sandbox/slack-error.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const button = (more: Record<string, unknown> = {}) => ({
  type: 'button',
  action_id: 'a',
  text: plain('Go'),
  ...more,
});
const actions = (...elements: unknown[]) => ({ type: 'actions', elements });
const input = (element: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: 'input',
  label: plain('Label'),
  element,
  ...more,
});
const options = (n: number, length = 5) =>
  Array.from({ length: n }, (_, i) => ({ text: plain('x'.repeat(length)), value: `v${i}` }));
const modal = (more: Record<string, unknown> = {}) => ({
  type: 'modal',
  title: plain('Title'),
  blocks: [section('Hi')],
  ...more,
});

const times = (n: number, value: unknown): unknown[] => Array.from({ length: n }, () => value);

function refusal(run: () => unknown): { code: string; messages: string[] } {
  try {
    run();
  } catch (error) {
    if (error instanceof SlackError) return { code: error.code, messages: error.messages };
    throw error;
  }
  return { code: 'none', messages: [] };
}

const refuseBlocks = (...blocks: unknown[]) => refusal(() => checkMessage('text', blocks, new Map()));
const refuseView = (view: unknown, surface: 'modal' | 'home' = 'modal') =>
  refusal(() => checkView(view, surface, new Map()));

describe('blocks of a message', () => {
  it('names the place of a fault as Slack does', () => {
    const { code, messages } = refuseBlocks({ type: 'header', text: plain('x'.repeat(151)) });
    expect(code).toBe('invalid_blocks');
    expect(messages).toEqual(['[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]']);
  });

  it.each([
    ['an unknown block', { type: 'sparkle' }, 'unsupported type: sparkle'],
    ['an unknown property', { ...section('a'), colour: 'red' }, 'invalid additional property: colour'],
    ['empty text', section(''), 'must be more than 0 characters'],
    ['section text of 3001', section('x'.repeat(3001)), 'must be less than 3001 characters'],
    ['a section of nothing', { type: 'section' }, 'missing required field: text or fields'],
    ['eleven fields', { type: 'section', fields: times(11, plain('a')) }, 'no more than 10 items allowed'],
    ['a field of 2001', { type: 'section', fields: [plain('x'.repeat(2001))] }, 'must be less than 2001'],
    [
      'mrkdwn in a header',
      { type: 'header', text: { type: 'mrkdwn', text: 'a' } },
      'unsupported type: mrkdwn',
    ],
    [
      'button text of 76',
      actions(button({ text: plain('x'.repeat(76)) })),
      'must be less than 76 characters',
    ],
    [
      'mrkdwn on a button',
      actions(button({ text: { type: 'mrkdwn', text: 'a' } })),
      'unsupported type: mrkdwn',
    ],
    ['a button value of 2001', actions(button({ value: 'x'.repeat(2001) })), 'must be less than 2001'],
    [
      'a button URL of 3001',
      actions(button({ url: `https://${'x'.repeat(3000)}` })),
      'must be less than 3001',
    ],
    ['an unknown style', actions(button({ style: 'loud' })), 'must be one of: primary, danger'],
    ['an action id of 256', actions(button({ action_id: 'x'.repeat(256) })), 'must be less than 256'],
    ['an action id twice', actions(button(), button()), 'action_id "a" already exists'],
    [
      '26 elements',
      actions(...Array.from({ length: 26 }, (_, i) => button({ action_id: `a${i}` }))),
      'no more than 25',
    ],
    ['no elements', actions(), 'no fewer than 1 items'],
    [
      'an input element in actions',
      actions({ type: 'plain_text_input', action_id: 'a' }),
      'unsupported type',
    ],
    ['eleven context elements', { type: 'context', elements: times(11, plain('a')) }, 'no more than 10'],
    [
      'an image without alt text',
      { type: 'image', image_url: 'https://a.b/c.png' },
      'missing required field: alt_text',
    ],
    [
      'an image without a source',
      { type: 'image', alt_text: 'a' },
      'exactly one of image_url and slack_file',
    ],
    [
      'a file never uploaded',
      { type: 'image', alt_text: 'a', slack_file: { id: 'F01' } },
      'invalid slack file',
    ],
    ['a block id of 256', { ...section('a'), block_id: 'x'.repeat(256) }, 'must be less than 256'],
    [
      '101 options',
      actions({ type: 'static_select', action_id: 's', options: options(101) }),
      'no more than 100',
    ],
    [
      'option text of 76',
      actions({ type: 'static_select', action_id: 's', options: options(1, 76) }),
      'must be less than 76',
    ],
    [
      'eleven checkboxes',
      actions({ type: 'checkboxes', action_id: 's', options: options(11) }),
      'no more than 10',
    ],
    [
      'an initial option that is not offered',
      actions({
        type: 'static_select',
        options: options(1),
        initial_option: { text: plain('b'), value: 'b' },
      }),
      'initial option is not among the options',
    ],
    [
      'a confirm without its buttons',
      actions(button({ confirm: { title: plain('Sure?'), text: plain('Really') } })),
      'missing required field: confirm',
    ],
    [
      'a confirm title of 101',
      actions(
        button({
          confirm: { title: plain('x'.repeat(101)), text: plain('a'), confirm: plain('b'), deny: plain('c') },
        }),
      ),
      'must be less than 101',
    ],
    [
      '101 rows',
      { type: 'table', rows: times(101, [{ type: 'raw_text', text: 'a' }]) },
      'no more than 100 items allowed',
    ],
    [
      '21 columns',
      { type: 'table', rows: [times(21, { type: 'raw_text', text: 'a' })] },
      'no more than 20 items allowed',
    ],
  ])('refuse %s', (_name, block, says) => {
    const { code, messages } = refuseBlocks(block);
    expect(code).toBe('invalid_blocks');
    expect(messages.join('\n')).toContain(says);
  });

  it('are at most fifty, with unique ids, one table, and 13,000 characters of text', () => {
    expect(refuseBlocks(...times(51, { type: 'divider' })).messages[0]).toContain('no more than 50 items');
    const twin = { type: 'divider', block_id: 'same' };
    expect(refuseBlocks(twin, twin).messages[0]).toContain('"same" already exists');
    const table = { type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] };
    expect(refuseBlocks(table, table).messages[0]).toContain('only one table');
    expect(refuseBlocks(...times(5, section('x'.repeat(2700)))).code).toBe('msg_blocks_too_long');
  });

  it('need text when there are none, and text of at most 40,000', () => {
    expect(refusal(() => checkMessage(undefined, undefined, new Map())).code).toBe('no_text');
    expect(refusal(() => checkMessage('x'.repeat(40_001), undefined, new Map())).code).toBe('msg_too_long');
    expect(refusal(() => checkMessage('a', { type: 'section' }, new Map())).code).toBe(
      'invalid_blocks_format',
    );
  });

  it('pass when they are right', () => {
    const confirm = {
      title: plain('Sure?'),
      text: plain('It goes live.'),
      confirm: plain('Go'),
      deny: plain('Stay'),
    };
    const select = {
      type: 'static_select',
      action_id: 's',
      options: options(100, 75),
      initial_option: options(1, 75)[0],
    };
    const menu = { type: 'overflow', action_id: 'o', options: options(5) };
    const rich = {
      type: 'rich_text',
      elements: [
        { type: 'rich_text_section', elements: [{ type: 'text', text: 'a', style: { bold: true } }] },
      ],
    };
    const good = [
      { type: 'header', text: plain('x'.repeat(150)) },
      { ...section('x'.repeat(3000)), accessory: menu },
      { type: 'section', fields: times(10, { type: 'mrkdwn', text: 'a' }) },
      {
        type: 'context',
        elements: [plain('a'), { type: 'image', image_url: 'https://a.b/c.png', alt_text: 'a' }],
      },
      actions(button({ confirm, style: 'danger', value: 'x'.repeat(2000) }), select),
      input({ type: 'plain_text_input', action_id: 'a', multiline: true }),
      {
        type: 'table',
        rows: [[{ type: 'raw_text', text: 'a' }, rich]],
        column_settings: [{ align: 'right' }],
      },
      rich,
      { type: 'divider' },
    ];
    expect(refuseBlocks(...good)).toEqual({ code: 'none', messages: [] });
  });
});

describe('views', () => {
  it.each([
    [
      'a title of 25',
      modal({ title: plain('x'.repeat(25)) }),
      'must be less than 25 characters [json-pointer:/view/title/text]',
    ],
    ['no title', { type: 'modal', blocks: [section('a')] }, 'missing required field: title'],
    ['a submit of 25', modal({ submit: plain('x'.repeat(25)) }), 'must be less than 25'],
    ['private_metadata of 3001', modal({ private_metadata: 'x'.repeat(3001) }), 'must be less than 3001'],
    [
      'inputs without submit',
      modal({ blocks: [input({ type: 'plain_text_input' })] }),
      'missing required field: submit',
    ],
    ['101 blocks', modal({ blocks: times(101, { type: 'divider' }) }), 'no more than 100 items'],
    ['no blocks', modal({ blocks: [] }), 'no fewer than 1 items'],
    [
      'a table',
      modal({ blocks: [{ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] }] }),
      'only allowed in messages',
    ],
    ['a home as a modal', { type: 'home', blocks: [section('a')] }, 'must be one of: modal'],
  ])('refuse %s', (_name, view, says) => {
    const { code, messages } = refuseView(view);
    expect(code).toBe('invalid_arguments');
    expect(messages.join('\n')).toContain(says);
  });

  it('are at most 250 kB', () => {
    expect(refuseView(modal({ private_metadata: 'x'.repeat(250_001) })).code).toBe('view_too_large');
  });

  it('pass when they are right', () => {
    const blocks = [
      ...times(99, { type: 'divider' }),
      input({ type: 'datepicker', initial_date: '2026-11-24' }),
    ];
    expect(refuseView(modal({ blocks, submit: plain('Send'), callback_id: 'c' })).code).toBe('none');
    expect(refuseView({ type: 'home', blocks: [section('a')] }, 'home').code).toBe('none');
  });
});
