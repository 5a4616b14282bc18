import type { KnownBlock } from '@slack/types';
import type { Catalog } from '../exports/define.ts';
import { count } from '../exports/phrases.ts';
import type { OnCallBoard, Shown } from '../flow/ports.ts';
import { actions, button, context, paragraph } from './blocks.ts';
import type { Message } from './card.ts';
import { reviewButton, targetOf } from './cards/buttons.ts';
import { headlineOf, shortId } from './cards/content.ts';
import { situation } from './cards/status.ts';
import { marked, type Word, type Words } from './words.ts';

/** More than one message holds. */
const LISTED = 10;

/** Who is paged now, and what they were paged for and nobody has settled, the oldest first. */
export function onCallAnswer({ directory, incidents }: OnCallBoard, catalog: Catalog): Message {
  const { people, user_group, channel } = directory.on_call;
  const between = (index: number) => (index === 0 ? '' : index === people.length - 1 ? ' and ' : ', ');
  const who: Words = people.flatMap((id, index): Word[] => [between(index), { name: id, strong: true }]);
  const group: Words = user_group === null ? ['Nobody'] : [{ user_group }];
  const on: Words = [
    ...(who.length > 0 ? who : group),
    people.length === 1 ? ' is on call. Pages go to ' : ' are on call. Pages go to ',
    { channel },
    '.',
  ];
  const unheard = incidents.filter(({ state }) => state.ack === null).length;
  const open: Words =
    incidents.length === 0
      ? ['✅ Nothing that was paged is open.']
      : [
          {
            strong: `🚨 ${count(incidents.length, 'page is', 'pages are')} open${unheard === 0 ? ', all of them taken on' : `, ${unheard} without an answer`}.`,
          },
        ];
  return {
    text: marked([...on, ' ', ...open], directory),
    blocks: [
      paragraph([on, open], directory),
      ...incidents.slice(0, LISTED).flatMap((each) => incident(each, catalog)),
    ],
  };
}

function incident(shown: Shown, catalog: Catalog): KnownBlock[] {
  const { state, directory } = shown;
  const { ack } = state;
  const taken: Words =
    ack === null
      ? ['🔴 nobody has answered']
      : [{ name: ack.by }, ' is on it until ', { at: ack.until, as: 'minute' }];
  return [
    paragraph([[{ strong: '• ' }, ...headlineOf(shown, catalog)]], directory),
    context(
      [
        [
          ...situation(shown).title,
          ' · ',
          ...taken,
          ` · paged ${state.pages === 1 ? 'once' : count(state.pages, 'time')} · waiting since `,
          { at: state.waiting_since ?? state.received_at },
          ` · ${shortId(state.id)}`,
        ],
      ],
      directory,
    ),
    actions([
      ...(ack === null
        ? [button({ action: 'acknowledge', text: 'I’m on it', style: 'primary' }, targetOf(state), directory)]
        : []),
      reviewButton(shown),
    ]),
  ];
}
