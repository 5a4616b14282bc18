import type { KnownBlock, ModalView } from '@slack/types';
import type { Catalog } from '../../exports/define.ts';
import type { Json } from '../../exports/envelope.ts';
import type { Shown } from '../../flow/ports.ts';
import { bullets, context } from '../blocks.ts';
import { humanPath, problemLines } from '../cards/checks.ts';
import { headlineOf } from '../cards/content.ts';
import { INPUT, MODAL } from '../ids.ts';
import { raw as visible } from '../text.ts';
import { type Field, faulty, fields, put, type Raw, shownValue, whole } from './faulty-fields.ts';
import { form, lines, textInput } from './parts.ts';

function fieldInput(raw: Raw, { path, block_id, problems, current }: Field, catalog: Catalog): KnownBlock {
  return textInput({
    block_id,
    label: humanPath(path.join('.')),
    hint: problems.map((problem) => problem.message).join(' '),
    initial: shownValue(current),
    optional: !faulty(put(raw, path, undefined) as Raw, path, catalog),
  });
}

/**
 * Repairs an export in quarantine: one input for each faulty value, named as people say it; the
 * whole export only for what cannot be mended value by value.
 */
export function fixModal(shown: Shown, catalog: Catalog): ModalView {
  const { state, directory } = shown;
  const { single, structural } = fields(shown);
  const text = structural.length > 0 || single.length === 0 ? whole(state.raw) : null;
  const intro = single.length > 0 ? 'Correct the values below. ' : '';
  const blocks: KnownBlock[] = [
    lines(shown, headlineOf(shown, catalog)),
    context(
      [[`${intro}It is read again as a whole; when nothing is wrong any more, it goes to its owner.`]],
      directory,
    ),
    ...single.map((field) => fieldInput(state.raw, field, catalog)),
  ];
  if (structural.length > 0) {
    blocks.push(
      bullets([{ strong: 'These need the whole export' }], problemLines(structural, 10), directory),
    );
  }
  if (text !== null) {
    blocks.push(
      textInput({
        block_id: INPUT.raw,
        label: 'The whole export (JSON)',
        hint: 'Change only what is wrong. Values corrected above are put in after this.',
        initial: text,
        multiline: true,
      }),
    );
  } else if (structural.length > 0) {
    blocks.push(
      lines(shown, [
        'This export is too large to edit in Slack. Reject it and have ',
        { said: state.source.system, max: 80 },
        ' send a corrected one.',
      ]),
    );
  }
  const view = form(MODAL.fix, shown, { title: 'Fix this export', submit: 'Check and continue', blocks });
  if (single.length > 0 || text !== null) return view;
  const { submit: _nothingToSubmit, ...readOnly } = view;
  return readOnly;
}

/** `view.state.values`, as far as it is needed. */
export type Submitted = Readonly<
  Record<
    string,
    Readonly<
      Record<string, { value?: string | null | undefined; selected_date_time?: number | null | undefined }>
    >
  >
>;

/** The repaired export, or what to say under which input. */
export type Fixes = { raw: Raw } | { errors: Record<string, string> };

function typed(values: Submitted, block_id: string): string | undefined {
  const inputs = Object.hasOwn(values, block_id) ? Object.values(values[block_id] ?? {}) : [];
  return inputs.length === 0 ? undefined : (inputs[0]?.value ?? '');
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** What somebody typed may be meant as text, number, truth or JSON: the first that the schema takes. */
function meant(raw: Raw, { path, current }: Field, text: string, catalog: Catalog): Raw {
  const json = parsed(text);
  const readings: (Json | undefined)[] =
    typeof current === 'string' || json === undefined ? [text, json] : [json, text];
  const options = text === '' ? [undefined] : readings.filter((each) => each !== undefined);
  const candidates = options.map((option) => put(raw, path, option) as Raw);
  return candidates.find((candidate) => !faulty(candidate, path, catalog)) ?? candidates[0] ?? raw;
}

/** Puts what was submitted into the export as it stands. Untouched inputs change nothing. */
export function readFixes(shown: Shown, values: Submitted, catalog: Catalog): Fixes {
  const edited = withWhole(shown.state.raw, values);
  if ('errors' in edited) return edited;
  return { raw: withTyped(edited.raw, fields(shown).single, values, catalog) };
}

/** The export as its whole text was edited, if it was. */
export function withWhole(raw: Raw, values: Submitted): Fixes {
  const text = typed(values, INPUT.raw);
  if (text === undefined || text === whole(raw)) return { raw };
  const edited = parsed(text);
  if (typeof edited !== 'object' || edited === null || Array.isArray(edited)) {
    return { errors: { [INPUT.raw]: jsonFault(text) } };
  }
  return { raw: edited };
}

/** The export with those single values that were typed over. */
export function withTyped(before: Raw, some: readonly Field[], values: Submitted, catalog: Catalog): Raw {
  let raw = before;
  for (const field of some) {
    const value = typed(values, field.block_id);
    if (value !== undefined && value !== shownValue(field.current))
      raw = meant(raw, field, value.trim(), catalog);
  }
  return raw;
}

function jsonFault(text: string): string {
  try {
    JSON.parse(text);
    return 'This must be one JSON object: it starts with { and ends with }.';
  } catch (error) {
    const why = error instanceof Error ? visible(error.message, 120) : 'it cannot be read';
    return `This is not valid JSON (${why}). Check quotes and commas near the last change.`;
  }
}
