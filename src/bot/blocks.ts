import type {
  ActionsBlock,
  Button,
  ContextBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextBlockElement,
  RichTextSection,
  SectionBlock,
  TableBlock,
} from '@slack/types';
import type { Directory } from '../exports/ownership.ts';
import { type ActionId, encodeTarget, type Target } from './ids.ts';
import { LIMIT } from './limits.ts';
import { escaped, raw } from './text.ts';
import { marked, plainly, rich, type Words } from './words.ts';

/** Our own words or a template of them; whatever it holds is escaped, cut and shows no emoji codes. */
export function plainText(text: string, max: number): PlainTextElement {
  return { type: 'plain_text', text: escaped(text, max), emoji: false };
}

export function richSection(words: Words, directory: Directory): RichTextSection {
  return { type: 'rich_text_section', elements: rich(words, directory) };
}

/** Lines one under the other, close together. */
export function paragraph(lines: readonly Words[], directory: Directory): RichTextBlock {
  const joined = lines.flatMap((line, index) => (index === 0 ? [...line] : ['\n', ...line]));
  return { type: 'rich_text', elements: [richSection(joined, directory)] };
}

/** The first line of a card, bold as a whole: it must be found at a glance. */
export function title(words: Words, directory: Directory): RichTextBlock {
  const elements = rich(words, directory).map((each) => ({ ...each, style: { bold: true } }));
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] };
}

/** A line with points under it. */
export function bullets(intro: Words | null, points: readonly Words[], directory: Directory): RichTextBlock {
  const elements: RichTextBlockElement[] = intro ? [richSection(intro, directory)] : [];
  elements.push({
    type: 'rich_text_list',
    style: 'bullet',
    elements: points.map((point) => richSection(point, directory)),
  });
  return { type: 'rich_text', elements };
}

/** What somebody wrote, set apart from what Meshline says. */
export function quote(intro: Words, said: string, max: number, directory: Directory): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [
      richSection(intro, directory),
      { type: 'rich_text_quote', elements: [{ type: 'text', text: raw(said, max) || '(empty)' }] },
    ],
  };
}

/** Data as it is, in fixed width; `text` must not be empty. */
export function code(text: string): RichTextBlock {
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text }] }],
  };
}

export function heading(text: string, directory: Directory): RichTextBlock {
  return paragraph([[{ strong: text }]], directory);
}

/** Small grey lines, one under the other: elements of their own would flow into each other. */
export function context(lines: readonly Words[], directory: Directory): ContextBlock {
  const text = lines.map((line) => marked(line, directory)).join('\n');
  return { type: 'context', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

/** Characters that stand side by side on a phone. */
const SHORT_CELL = 20;

/** The first row is the head; cells have no markup. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
): TableBlock {
  const cells = (row: readonly string[]) =>
    row.map((text, column) => ({ type: 'raw_text' as const, text: raw(text, widths[column] ?? 60) || '–' }));
  return {
    type: 'table',
    // Figures stay on one line; words wrap, so that a phone shows the whole of them.
    column_settings: head.map((_, column) => ({
      is_wrapped: column === 0 || rows.some((row) => (row[column]?.length ?? 0) > SHORT_CELL),
      align: 'left' as const,
    })),
    rows: [cells(head), ...rows.map(cells)],
  };
}

export type ButtonLook = {
  action: ActionId;
  text: string;
  style?: 'primary' | 'danger';
  /** For screen readers, when the text alone does not say what is acted on. */
  label?: string;
  confirm?: { title: string; text: Words; yes: string; no: string; danger?: boolean };
};

export function button(look: ButtonLook, target: Target, directory: Directory): Button {
  const { confirm } = look;
  return {
    type: 'button',
    action_id: look.action,
    text: plainText(look.text, LIMIT.buttonText),
    value: encodeTarget(target),
    ...(look.style ? { style: look.style } : {}),
    ...(look.label ? { accessibility_label: raw(look.label, LIMIT.buttonText) } : {}),
    ...(confirm
      ? {
          confirm: {
            title: plainText(confirm.title, LIMIT.confirmTitle),
            text: plainText(plainly(confirm.text, directory), LIMIT.confirmText),
            confirm: plainText(confirm.yes, 30),
            deny: plainText(confirm.no, 30),
            style: confirm.danger ? 'danger' : 'primary',
          },
        }
      : {}),
  };
}

export function actions(buttons: readonly Button[]): ActionsBlock {
  return { type: 'actions', elements: [...buttons] };
}

/** Text with one button at its side. */
export function withButton(words: Words, accessory: Button, directory: Directory): SectionBlock {
  return {
    type: 'section',
    text: { type: 'mrkdwn', text: marked(words, directory), verbatim: true },
    accessory,
  };
}

export const divider: KnownBlock = { type: 'divider' };
