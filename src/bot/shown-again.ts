import type { Directory } from '../exports/ownership.ts';
import { context } from './blocks.ts';
import type { Message } from './card.ts';

const WHY = 'The card was deleted; here it is again.';

/** A card that comes a second time says why; whoever it waits for is mentioned on it. */
export function shownAgain(card: Message, directory: Directory): Message {
  return { ...card, text: `${WHY} ${card.text}`, blocks: [context([[WHY]], directory), ...card.blocks] };
}
