import type { Shown } from '../flow/ports.ts';
import type { OutboxRow } from '../store/port.ts';
import { context } from './blocks.ts';
import type { Message } from './card.ts';

const WHY = 'The card was deleted; here it is again.';

/** A card that comes a second time says why; whoever it waits for is mentioned on it. */
export function shownAgain(card: Message, { row, shown }: { row: OutboxRow; shown: Shown }): Message {
  const { effect } = row;
  if (effect.kind !== 'card' || effect.again !== true) return card;
  return {
    ...card,
    text: `${WHY} ${card.text}`,
    blocks: [context([[WHY]], shown.directory), ...card.blocks],
  };
}
