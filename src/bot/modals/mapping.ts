import type { ModalView } from '@slack/types';
import { hashOf } from '../../exports/hash.ts';
import type { Unmapped } from '../../exports/mapping.ts';
import { count, systemName } from '../../exports/phrases.ts';
import type { MappingPage } from '../../flow/ports.ts';
import { MODAL } from '../ids.ts';
import { CARD } from '../limits.ts';
import { raw } from '../text.ts';
import type { Words } from '../words.ts';
import { aboutBlock } from './forms.ts';
import { form, lines, textInput } from './parts.ts';

/** Longer names are no SKU anywhere. */
const ALIAS_MOST = 255;
const SHOWN_MOST = 80;

/** The block in which a SKU's name is typed: short and plain whatever the SKU looks like. */
export function blockOf(sku: string): string {
  return `map:${hashOf(sku).slice(0, 24)}`;
}

function hintFor({ alias, suggestion }: Unmapped, system: string): string {
  if (suggestion !== null) return `${system} itself proposes this one. Check it.`;
  return alias === null ? '' : `Until now ${raw(alias, SHOWN_MOST)}, which ${system} does not know.`;
}

/** What a system calls each of the SKUs that it could not place. */
export function mappingModal({ shown, system, page, more }: MappingPage): ModalView {
  const name = systemName(system);
  const rest: readonly Words[] =
    more === 0 ? [] : [[`${count(more, 'more SKU')} ${more === 1 ? 'comes' : 'come'} after these.`]];
  return form(MODAL.mapSkus, shown, {
    title: 'Map SKUs',
    submit: more === 0 ? 'Map and continue' : 'Map, then the next',
    blocks: [
      aboutBlock(shown),
      lines(shown, [
        { said: name, max: CARD.name, strong: true },
        ' does not know these SKUs. What are they there?',
      ]),
      ...page.map((each, index) =>
        textInput({
          block_id: blockOf(each.sku),
          label: raw(each.sku, SHOWN_MOST),
          hint: hintFor(each, name),
          most: ALIAS_MOST,
          ...(each.suggestion === null ? {} : { initial: each.suggestion }),
          ...(index === 0 && each.suggestion === null ? { focus: true } : {}),
        }),
      ),
      lines(shown, ...rest, [
        'It then goes on with the values that were accepted, so nobody signs again. The names are kept for later.',
      ]),
    ],
  });
}
