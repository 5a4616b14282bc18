import type { KnownBlock } from '@slack/types';
import type { Catalog } from '../../exports/define.ts';
import type { Event } from '../../exports/events.ts';
import { count, figure, short, spoken, systemName } from '../../exports/phrases.ts';
import { type Short, type Shortfall, shortfallOf, withoutShort } from '../../exports/shortfall.ts';
import type { Trouble } from '../../exports/state.ts';
import type { Shown } from '../../flow/ports.ts';
import { type ButtonLook, bullets, context, table } from '../blocks.ts';
import { CARD, LIMIT, REVIEW } from '../limits.ts';
import type { Word, Words } from '../words.ts';

/** Of a list in a sentence. */
const NAMED = 3;

const SKU = 80;

function units(n: number | null): string {
  return n === null ? '' : figure(n);
}

/** "STRAW-HAT-01, SANDAL-TAN-39 and 4 more". */
function named(lines: readonly { sku: string }[]): Words {
  const shown = lines.length > NAMED + 1 ? lines.slice(0, NAMED) : lines;
  const left = lines.length - shown.length;
  return shown.flatMap(({ sku }, n): Word[] => {
    const last = left === 0 && n === shown.length - 1;
    const joint = n === 0 ? '' : last ? ' and ' : ', ';
    return [
      joint,
      { said: sku, max: SKU },
      ...(left > 0 && n === shown.length - 1 ? [` and ${left} more`] : []),
    ];
  });
}

/** "3 SKUs are short by 107 units". */
export function shortWords({ lines, by }: Shortfall): string {
  const many = `${count(lines.length, 'SKU is', 'SKUs are')} short`;
  return by > 0 ? `${many} by ${count(by, 'unit')}` : many;
}

function totals({ lines, needed, there, by }: Shortfall, whole: boolean): string {
  const sum = `${count(lines.length, 'SKU')}: ${figure(needed)} needed, ${figure(there)} there, short by ${figure(by)}`;
  const left = lines.length - CARD.changes;
  return `${by > 0 ? sum : count(lines.length, 'SKU')}${!whole && left > 0 ? ` · and ${figure(left)} more, in Review` : ''}`;
}

const WIDTHS = [CARD.change.item, 12, 12, 12];

function rows(lines: readonly Short[]): string[][] {
  return lines.map(({ sku, title, needed, there, by }) => [
    title === null ? sku : `${sku} ${title}`,
    units(needed),
    units(there),
    units(by),
  ]);
}

const HEAD = ['SKU', 'Needed', 'There', 'Short by'];

/** "Restock 62 units of STRAW-HAT-01 Straw hat, 40 of SANDAL-TAN-39 and 1 more". */
function restock({ lines, sink }: Shortfall): Words {
  const [most, ...others] = lines.toSorted((a, b) => (b.by ?? 0) - (a.by ?? 0));
  if (!most) return [];
  const what = (line: Short, unit: boolean): Words =>
    line.by === null
      ? [{ said: line.sku, max: SKU }]
      : [`${unit ? count(line.by, 'unit') : figure(line.by)} of `, { said: line.sku, max: SKU }];
  const shown = others.slice(0, NAMED - 1);
  const left = others.length - shown.length;
  const where: Word[] = sink === null ? [] : [' at ', { said: systemName(sink), max: 40 }];
  return [
    { strong: 'Restock' },
    ...where,
    ': ',
    ...what(most, true),
    ...shown.flatMap((line): Words => [', ', ...what(line, false)]),
    left > 0 ? ` and ${left} more.` : '.',
  ];
}

/** What would end the shortage, one line a way. */
function ways(found: Shortfall, shown: Shown, catalog: Catalog): readonly Words[] {
  const out = withoutShort(shown.state, catalog);
  const taken: Words[] =
    out === null
      ? []
      : 'why' in out
        ? [[{ strong: 'They cannot be taken out: ' }, { said: out.why, max: CARD.cause }]]
        : [
            [
              { strong: 'Or take them out: ' },
              `it goes on with the other ${count(out.left, 'SKU')}, and its owners accept it again.`,
            ],
          ];
  return [
    restock(found),
    [{ strong: 'Or move stock' }, ' there from where there is more.'],
    ...taken,
    [
      'Once the stock is there, press ',
      { strong: 'Resume' },
      ' and say what was done: its owners accept it again.',
    ],
  ];
}

/** For the supply chain: what is short, by how much, and what would resolve it. */
export function shortfallBlocks(found: Shortfall, shown: Shown, catalog: Catalog): KnownBlock[] {
  const { directory } = shown;
  return [
    table(HEAD, rows(found.lines.slice(0, CARD.changes)), WIDTHS),
    context([[{ said: totals(found, false), max: CARD.totals }]], directory),
    bullets([{ strong: 'What resolves it' }], ways(found, shown, catalog), directory),
  ];
}

/** "STRAW-HAT-01 Straw hat: 38 of 100 there, short by 62". */
function shortLine({ sku, title, needed, there, by }: Short): Words {
  const item: Word = { said: title === null ? sku : `${sku} ${title}`, max: CARD.change.item, strong: true };
  if (by === null) return [item];
  return [item, `: ${units(there)} of ${units(needed)} there, short by ${units(by)}`];
}

/** The SKUs that are short, as far as a review can list them; a modal takes no tables. */
export function shortfallReview(shown: Shown): KnownBlock[] {
  const found = shortfallOf(shown.state);
  if (!found) return [];
  const some = found.lines.slice(0, REVIEW.listed).map(shortLine);
  const left = found.lines.length - some.length;
  const more: Words[] =
    left > 0 ? [[`and ${left} more. GET /v1/exports/${shown.state.id} has them all.`]] : [];
  return [bullets([{ strong: totals(found, true) }], [...some, ...more], shown.directory)];
}

/**
 * Under the bold line of an export that waits for stock. `resolving`: where those stand who can find
 * more of it; elsewhere, who has it in hand and what comes after.
 */
export function shortLines(
  found: Shortfall,
  trouble: Trouble,
  { state }: Shown,
  resolving: boolean,
): readonly Words[] {
  const role = spoken(trouble.role);
  const who: Words = trouble.owner === null ? [role] : [{ mention: trouble.owner }, ` (${role})`];
  const sink: Word[] = trouble.sink === null ? [] : [{ said: systemName(trouble.sink), max: 40 }, ': '];
  const said: Words = [...sink, { said: trouble.message, max: CARD.reason }];
  const { owner, channel } = state.route;
  const elsewhere = trouble.channel !== undefined && trouble.channel !== channel;
  if (resolving) {
    const asked: Words = elsewhere
      ? [' It is decided by ', { name: owner, strong: true }, ' in ', { channel }, '.']
      : [];
    return [said, ['Waits for ', ...who, '.', ...asked]];
  }
  const where: Words = elsewhere ? [' in ', { channel: trouble.channel ?? '' }] : [];
  return [
    said,
    [{ strong: `${shortWords(found)}: ` }, ...named(found.lines), '.'],
    [...who, ' has it', ...where, '. Once it is resolved, this asks for acceptance again.'],
  ];
}

/** For the thread: who let it go on without what. */
export function takenOutWords({ by, changes, revision }: Extract<Event, { type: 'edited' }>): Words {
  const skus = changes.map(({ before }) => ({ sku: before }));
  return [
    { name: by, strong: true },
    ' took out what is short: ',
    ...named(skus),
    `. This is revision ${revision?.number ?? 0}, and earlier acceptances no longer count.`,
  ];
}

/** Names the effect, because it changes what was accepted. Not offered where nothing can be taken out. */
export function takeOutLooks({ state }: Pick<Shown, 'state'>, catalog: Catalog): readonly ButtonLook[] {
  const out = withoutShort(state, catalog);
  if (out === null || 'why' in out) return [];
  const [first = '', ...others] = out.skus;
  const more = others.length > 0 ? ` and ${count(others.length, 'more', 'more')}` : '';
  const text: Words = [
    { said: short(first, 60), max: 60 },
    `${more} ${others.length > 0 ? 'are' : 'is'} taken out; ${count(out.left, 'SKU')} ${out.left === 1 ? 'stays' : 'stay'}. It is a new revision, and its owners accept it again.`,
  ];
  const title = short(`Take ${count(out.skus.length, 'SKU')} out?`, LIMIT.confirmTitle);
  const confirm = { title, text, yes: 'Take them out', no: 'Leave them in' };
  return [{ action: 'take_out', text: 'Take them out…', label: 'Take the short SKUs out', confirm }];
}
