import { SlackError } from '../slack-error.ts';
import type { StoredFile } from '../state/channel.ts';
import type { Block } from '../ui-contract.ts';
import { blocks } from './catalog.ts';
import { byType, Issues, isRecord, type Surface } from './issues.ts';

const TEXT_LIMIT = 40_000;
const BLOCK_TEXT_LIMIT = 13_000;
const MOST = { message: 50, modal: 100, home: 100 } as const;

const anyBlock = byType(blocks);

/** Checks a list of blocks; `at` is the JSON pointer of the list, e.g. `/view/blocks`. */
export function checkBlocks(raw: unknown, at: string, issues: Issues): Block[] {
  if (!Array.isArray(raw)) {
    issues.say('must be an array', at);
    return [];
  }
  const most = MOST[issues.surface];
  if (raw.length > most) issues.say(`no more than ${most} items allowed`, at);
  const found: Block[] = [];
  raw.forEach((block: unknown, i) => {
    issues.actionIds = new Set();
    anyBlock(block, `${at}/${i}`, issues);
    if (isBlock(block)) found.push(block);
  });
  return found;
}

export function issuesFor(surface: Surface, files: ReadonlyMap<string, StoredFile>): Issues {
  return new Issues(surface, files);
}

/**
 * The content of a message. An empty list of blocks is none.
 * @throws SlackError `no_text`, `msg_too_long`, `invalid_blocks_format`, `invalid_blocks`, `msg_blocks_too_long`.
 */
export function checkMessage(
  text: string | undefined,
  rawBlocks: unknown,
  files: ReadonlyMap<string, StoredFile>,
): { text: string; blocks: Block[] | null } {
  if (text !== undefined && text.length > TEXT_LIMIT) throw new SlackError('msg_too_long');
  const none = rawBlocks === undefined || rawBlocks === null;
  if (!none && !Array.isArray(rawBlocks)) throw new SlackError('invalid_blocks_format');
  if (none || rawBlocks.length === 0) {
    if (text === undefined || text.trim() === '') throw new SlackError('no_text');
    return { text, blocks: null };
  }
  const issues = issuesFor('message', files);
  const blocks_ = checkBlocks(rawBlocks, '/blocks', issues);
  if (issues.messages.length > 0) throw new SlackError('invalid_blocks', { messages: issues.messages });
  if (issues.textLength > BLOCK_TEXT_LIMIT) throw new SlackError('msg_blocks_too_long');
  return { text: text ?? fallback(blocks_), blocks: blocks_ };
}

/** What Slack builds for screen readers from blocks that came without text. */
function fallback(list: Block[]): string {
  const texts = list.map((b) => (isRecord(b.text) && typeof b.text.text === 'string' ? b.text.text : ''));
  return texts.filter((t) => t !== '').join(' ') || 'This content can’t be displayed.';
}

function isBlock(value: unknown): value is Block {
  return isRecord(value) && typeof value.type === 'string';
}
