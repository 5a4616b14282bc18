import type { KnownBlock, ModalView } from '@slack/types';
import { fromIso, toIso } from '../../clock.ts';
import type { Catalog } from '../../exports/define.ts';
import { Instant, type Json } from '../../exports/envelope.ts';
import { count, systemName } from '../../exports/phrases.ts';
import { mendOf } from '../../exports/review.ts';
import type { Trouble } from '../../exports/state.ts';
import type { Shown } from '../../flow/ports.ts';
import { context, quote } from '../blocks.ts';
import { humanPath } from '../cards/checks.ts';
import { headlineOf } from '../cards/content.ts';
import { INPUT, MODAL, VALUE } from '../ids.ts';
import { CARD, EDIT, LIMIT } from '../limits.ts';
import { raw as visible } from '../text.ts';
import type { Words } from '../words.ts';
import { at, type Field, faulty, mendable, put, type Raw, shownValue, whole } from './faulty-fields.ts';
import { type Fixes, type Submitted, withTyped, withWhole } from './fix.ts';
import { form, lines, momentInput, textInput } from './parts.ts';

const PREFIX = 'edit:';

/** The value that an input of this form is about. */
export function editedPath(block_id: string): string {
  return block_id.startsWith(PREFIX) ? block_id.slice(PREFIX.length) : block_id;
}

type Found = { paths: readonly (readonly string[])[]; left: number };

/** The single values that a pattern stands for, the first entries of each list only. */
function expanded(raw: Raw, pattern: string): Found {
  let paths: (readonly string[])[] = [[]];
  let left = 0;
  for (const step of pattern.split('.')) {
    if (step !== '*') {
      paths = paths.map((path) => [...path, step]);
      continue;
    }
    paths = paths.flatMap((path) => {
      const list = at(raw, path);
      if (!Array.isArray(list)) return [];
      left += Math.max(0, list.length - EDIT.entries);
      return list.slice(0, EDIT.entries).map((_, index) => [...path, String(index)]);
    });
  }
  return { paths: paths.flatMap((path) => scalars(raw, path)), left };
}

/** The value itself, or every value of the object or list that stands there. */
function scalars(raw: Raw, path: readonly string[]): readonly (readonly string[])[] {
  const value = at(raw, path);
  if (typeof value !== 'object' || value === null) return mendable(raw, path) ? [path] : [];
  return Object.keys(value).flatMap((key) => scalars(raw, [...path, key]));
}

/** In the order of the entries, so that what belongs to one line stands together. */
function inOrder(found: readonly Found[]): readonly (readonly string[])[] {
  const keyed = found.flatMap(({ paths }, rank) => paths.map((path) => ({ path, rank, line: lineOf(path) })));
  return keyed.sort((a, b) => a.line - b.line || a.rank - b.rank).map(({ path }) => path);
}

function lineOf(path: readonly string[]): number {
  const [, , index] = path;
  return index !== undefined && path.length > 3 && /^\d+$/.test(index) ? Number(index) : -1;
}

/** `everything` is for whoever asked for the export and was asked to change it. */
function fieldsFor(
  { state }: Shown,
  catalog: Catalog,
  everything: boolean,
): { fields: readonly Field[]; left: number } {
  const { raw, revision } = state;
  const type = revision ? catalog.get(revision.export_type) : undefined;
  const editable = mendOf(state, type)?.paths ?? type?.editable ?? [];
  const patterns = everything && whole(raw) === null ? [...editable, 'payload'] : editable;
  const found = patterns.map((pattern) => expanded(raw, pattern));
  const unique = new Map(inOrder(found).map((path) => [path.join('.'), path]));
  const usable = [...unique].filter(([name]) => PREFIX.length + name.length <= LIMIT.blockId);
  const fields = usable.slice(0, EDIT.fields).map(([name, path]): Field => {
    return { path, block_id: `${PREFIX}${name}`, problems: [], current: at(raw, path) };
  });
  const hidden = Math.max(0, ...found.map(({ left }) => left));
  return { fields, left: hidden };
}

/** True where a decider has something to edit in the review. */
export function isEditable(shown: Shown, catalog: Catalog): boolean {
  return fieldsFor(shown, catalog, false).fields.length > 0;
}

/** "Line 2, new price (MUG-STONE-350)". */
function labelOf(raw: Raw, path: readonly string[]): string {
  const holder = path.length > 3 ? at(raw, path.slice(0, 3)) : undefined;
  const sku: Json | undefined =
    typeof holder === 'object' && holder !== null && !Array.isArray(holder) ? holder['sku'] : undefined;
  const name = humanPath(path.join('.')).replace(/\bline(\d)$/, 'address line $1');
  return typeof sku === 'string' ? `${name} (${visible(sku, 60)})` : name;
}

/** Slack's picker takes instants of ten digits in seconds. */
const PICKABLE = { from: 1e12, before: 1e13 };

/** The instant that a value is, in ms; null for any other value, and where Slack's picker cannot show it. */
function momentOf(current: Json | undefined): number | null {
  const { data } = Instant.safeParse(current);
  const moment = data === undefined ? Number.NaN : fromIso(data);
  return moment >= PICKABLE.from && moment < PICKABLE.before ? moment : null;
}

/** Reading a large payload takes its time, and a form must open within three seconds. */
const ASKED_AT_MOST = 8;

/** Whether a value may be left out; asked once for all entries of a list, and taken as given where nobody asked. */
function emptiable(raw: Raw, catalog: Catalog): (path: readonly string[]) => boolean {
  const known = new Map<string, boolean>();
  return (path) => {
    const pattern = path.map((step) => (/^\d+$/.test(step) ? '*' : step)).join('.');
    const asked = known.size < ASKED_AT_MOST;
    const may = known.get(pattern) ?? (!asked || !faulty(put(raw, path, undefined) as Raw, path, catalog));
    known.set(pattern, may);
    return may;
  };
}

function fieldInput(raw: Raw, { path, block_id, current }: Field, optional: boolean): KnownBlock {
  const label = labelOf(raw, path);
  const moment = momentOf(current);
  if (moment !== null) return momentInput({ block_id, label, initial: moment, optional });
  const initial = shownValue(current);
  const multiline = initial.length > 80 || initial.includes('\n');
  return textInput({ block_id, label, initial, optional, multiline });
}

/** A chosen moment as text like every other value; one that was left as it is stays to the millisecond. */
function asText(fields: readonly Field[], values: Submitted): Submitted {
  const moments = fields.flatMap(({ block_id, current }) => {
    const [input] = Object.values(values[block_id] ?? {});
    const moment = momentOf(current);
    if (moment === null || !input) return [];
    const chosen = input.selected_date_time ?? null;
    const same = chosen === Math.floor(moment / 1000);
    const value = same ? shownValue(current) : chosen === null ? '' : toIso(chosen * 1000);
    return [[block_id, { [VALUE]: { value } }]];
  });
  return { ...values, ...Object.fromEntries(moments) };
}

/** Who said what was wrong: the reader mends just that. */
function mendingWords({ sink }: Trouble): Words {
  return sink === null
    ? [{ strong: 'What is wrong' }]
    : [{ said: systemName(sink), max: 40, strong: true }, ' says:'];
}

/**
 * New values for an export that waits. Deciders edit what its type lets them; whoever asked for it and
 * was asked for changes may change anything that Slack's inputs can hold.
 */
export function editModal(shown: Shown, catalog: Catalog, everything: boolean): ModalView {
  const { state, directory } = shown;
  const { fields, left } = fieldsFor(shown, catalog, everything);
  const mending = state.status === 'paused' ? state.trouble : null;
  const text = everything ? whole(state.raw) : null;
  const may = emptiable(state.raw, catalog);
  const notes: Words[] = [
    [
      'What you change makes a new revision: earlier acceptances no longer count, and everybody is asked anew.',
    ],
    ...(left > 0
      ? [
          [
            `The first ${EDIT.entries} entries are here; ${count(left, 'more is', 'more are')} not. For those `,
            ...(everything
              ? ['have ', { said: state.source.system, max: 80 }, ' send it again.']
              : ['request changes.']),
          ] satisfies Words,
        ]
      : []),
  ];
  const { returned } = state;
  const blocks: KnownBlock[] = [
    lines(shown, headlineOf(shown, catalog)),
    ...(mending ? [quote(mendingWords(mending), mending.message, CARD.reason, directory)] : []),
    ...(everything && returned
      ? [quote([{ name: returned.by, strong: true }, ' asked:'], returned.reason, CARD.reason, directory)]
      : []),
    context(notes, directory),
    ...fields.map((field) => fieldInput(state.raw, field, may(field.path))),
  ];
  if (text !== null) {
    blocks.push(
      textInput({
        block_id: INPUT.raw,
        label: 'The whole export (JSON)',
        hint: 'For anything that has no field above. Values changed above are put in after this.',
        initial: text,
        multiline: true,
      }),
    );
  }
  const view = form(mending ? MODAL.mend : everything ? MODAL.resubmit : MODAL.edit, shown, {
    title: mending ? (mending.mend ?? 'Edit') : everything ? 'Change and resubmit' : 'Edit',
    submit: mending ? 'Save and go on' : everything ? 'Resubmit' : 'Save',
    blocks,
  });
  if (fields.length > 0 || text !== null) return view;
  const { submit: _nothingToSubmit, ...readOnly } = view;
  return readOnly;
}

/** Puts what was submitted into the export as it stands. Untouched inputs change nothing. */
export function readEdits(shown: Shown, values: Submitted, catalog: Catalog, everything: boolean): Fixes {
  const edited = everything ? withWhole(shown.state.raw, values) : { raw: shown.state.raw };
  if ('errors' in edited) return edited;
  const { fields } = fieldsFor(shown, catalog, everything);
  return { raw: withTyped(edited.raw, fields, asText(fields, values), catalog) };
}
