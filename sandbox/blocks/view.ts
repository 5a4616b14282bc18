import { z } from 'zod';
import { SlackError } from '../slack-error.ts';
import type { StoredFile } from '../state/channel.ts';
import type { ViewDefinition } from '../state/views.ts';
import { checkBlocks, issuesFor } from './index.ts';
import { boolean, type Check, type Fields, object, oneOf, string } from './issues.ts';
import { plain } from './text.ts';

const VIEW_BYTES = 250_000;
const anything: Check = () => undefined;

const shared: Fields = {
  private_metadata: string(3000, 0),
  callback_id: string(255, 0),
  external_id: string(255, 0),
};

const shapes = {
  modal: object(
    { type: oneOf('modal'), title: plain(24), blocks: anything },
    { ...shared, submit: plain(24), close: plain(24), clear_on_close: boolean, notify_on_close: boolean },
  ),
  home: object({ type: oneOf('home'), blocks: anything }, shared),
};

const PlainText = z.object({
  type: z.literal('plain_text'),
  text: z.string(),
  emoji: z.boolean().default(true),
});

const ViewShape = z.object({
  type: z.enum(['modal', 'home']),
  title: PlainText.nullable().default(null),
  submit: PlainText.nullable().default(null),
  close: PlainText.nullable().default(null),
  blocks: z.unknown(),
  callback_id: z.string().default(''),
  private_metadata: z.string().default(''),
  external_id: z.string().default(''),
  clear_on_close: z.boolean().default(false),
  notify_on_close: z.boolean().default(false),
});

/** @throws SlackError `invalid_arguments` naming each fault, or `view_too_large`. */
export function checkView(
  raw: unknown,
  surface: 'modal' | 'home',
  files: ReadonlyMap<string, StoredFile>,
): ViewDefinition {
  if (JSON.stringify(raw).length > VIEW_BYTES) throw new SlackError('view_too_large');
  const issues = issuesFor(surface, files);
  shapes[surface](raw, '/view', issues);
  const shape = ViewShape.safeParse(raw);
  const blocks = shape.success ? checkBlocks(shape.data.blocks, '/view/blocks', issues) : [];
  if (shape.success && blocks.length === 0) issues.say('no fewer than 1 items required', '/view/blocks');
  if (shape.success && issues.inputs > 0 && surface === 'modal' && !shape.data.submit) {
    issues.say('missing required field: submit', '/view');
  }
  if (!shape.success || issues.messages.length > 0) {
    throw new SlackError('invalid_arguments', { messages: issues.messages });
  }
  return { ...shape.data, blocks };
}
