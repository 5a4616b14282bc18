import type { KnownBlock } from '@slack/types';
import type { Catalog } from '../exports/define.ts';
import type { Shown } from '../flow/ports.ts';
import { actions, context, paragraph, withButton } from './blocks.ts';
import type { Message } from './card.ts';
import { reviewButton } from './cards/buttons.ts';
import { headlineOf, shortId } from './cards/content.ts';
import { situation } from './cards/status.ts';
import { marked, type Words } from './words.ts';

/** One export in a line, with its review. */
export function exportLine(shown: Shown, catalog: Catalog): KnownBlock {
  const words: Words = [
    ...headlineOf(shown, catalog),
    ' · ',
    ...situation(shown).title,
    ` · ${shortId(shown.state.id)}`,
  ];
  return withButton(words, reviewButton(shown), shown.directory);
}

/** Several, under a line that says what they are. */
export function exportList(intro: string, items: readonly Shown[], catalog: Catalog): Message {
  const [first] = items;
  if (!first) return { text: intro, blocks: [] };
  return {
    text: intro,
    blocks: [paragraph([[intro]], first.directory), ...items.map((each) => exportLine(each, catalog))],
  };
}

/** One export: what it is, where it stands, what has happened. */
export function exportAnswer(shown: Shown, catalog: Catalog, history: readonly KnownBlock[]): Message {
  const { title, lines } = situation(shown);
  const headline = headlineOf(shown, catalog);
  return {
    text: marked([...headline, '. ', ...title], shown.directory),
    blocks: [
      paragraph([headline], shown.directory),
      paragraph([title, ...lines], shown.directory),
      ...history,
      context([[`export ${shown.state.id}`]], shown.directory),
      actions([reviewButton(shown)]),
    ],
  };
}
