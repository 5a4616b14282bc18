import type { KnownBlock } from '@slack/types';
import { count, systemName, systemNames } from '../../exports/phrases.ts';
import { firstFailure, safetyOf, stepName } from '../../exports/rehearsal.ts';
import type { CheckedSink, CheckFinding, Export } from '../../exports/state.ts';
import type { Shown } from '../../flow/ports.ts';
import { type ButtonLook, bullets, heading } from '../blocks.ts';
import { CARD, REVIEW } from '../limits.ts';
import type { Word, Words } from '../words.ts';
import { awaitedWords } from './people.ts';

const RUN_AGAIN: ButtonLook = {
  action: 'rerun_checks',
  text: 'Run again',
  style: 'primary',
  label: 'Run the failed safety checks again',
};
const OVERRIDE: ButtonLook = {
  action: 'override_checks',
  text: 'Override…',
  label: 'Let it go on although its safety checks failed',
};

/** What can be done while nobody can accept it; null when the checks are not in the way. */
export function safetyLooks(state: Export): readonly ButtonLook[] | null {
  switch (safetyOf(state)) {
    case 'waiting':
      return [];
    case 'failed':
      return [RUN_AGAIN, OVERRIDE];
    case 'none':
    case 'passed':
    case 'overridden':
      return null;
  }
}

function system(sink: string): Word {
  return { said: systemName(sink), max: 40 };
}

/** "read back", and of what where several operations were tried. */
function stepWords({ name }: Pick<CheckFinding, 'name'>): Words {
  const { step, of } = stepName(name);
  return [{ said: step, max: 60 }, ...(of === null ? [] : [' (', { said: of, max: 60 } as const, ')'])];
}

export function failureWords(state: Export): Words {
  const failure = firstFailure(state);
  if (!failure) return [];
  const { sink, finding } = failure;
  const problem: Word = { said: finding.problem ?? '', max: CARD.problem };
  return [system(sink), ', ', ...stepWords(finding), ': ', problem];
}

/** Where the export stands while its safety checks keep people from accepting it; null when they do not. */
export function safetySituation(shown: Shown): { title: Words; lines: readonly Words[] } | null {
  const { state } = shown;
  switch (safetyOf(state)) {
    case 'waiting': {
      const systems: Word = { said: systemNames(state.revision?.policy.staging ?? []), max: 120 };
      const then: Words =
        state.revision?.policy.gate.mode === 'policy'
          ? ['policy accepts it']
          : ['it waits for ', ...awaitedWords(shown)];
      return {
        title: [{ strong: '🟡 Waiting for safety checks' }],
        lines: [
          [
            'A sample write and a test order are tried on ',
            systems,
            '. That takes moments; then ',
            ...then,
            '.',
          ],
        ],
      };
    }
    case 'failed':
      return {
        title: [{ strong: '🟠 Safety checks failed: nobody can accept it yet' }],
        lines: [
          failureWords(state),
          [
            { strong: 'What to do: ' },
            'Put that right and press Run again. Operations or engineering can override it with a reason.',
          ],
        ],
      };
    case 'none':
    case 'passed':
    case 'overridden':
      return null;
  }
}

/** For whoever signs: who let it go on, and why. */
export function overrideLines({ state }: Shown): readonly Words[] {
  const override = safetyOf(state) === 'overridden' ? state.rehearsal?.override : null;
  if (!override) return [];
  const { by, reason, at } = override;
  return [
    [
      { strong: '⚠️ Safety checks overridden' },
      ' by ',
      { name: by, strong: true },
      ', ',
      { at, as: 'minute' },
      ': “',
      { said: reason, max: CARD.reason },
      '”',
    ],
  ];
}

/** Each step once, whatever it was tried with: "sample write ✓ · read back ✗". */
function stepMarks(findings: readonly CheckFinding[]): Words {
  const steps = new Map<string, boolean>();
  for (const { name, problem } of findings) {
    const { step } = stepName(name);
    steps.set(step, (steps.get(step) ?? true) && problem === null);
  }
  const shown = [...steps].slice(0, CARD.checks);
  return shown.flatMap(
    ([step, well], index): Words => [
      ...(index === 0 ? [] : [' · ']),
      { said: step, max: 40 },
      well ? ' ✓' : ' ✗',
    ],
  );
}

function lineOf({ sink, status, findings, at }: CheckedSink, asked_at: number): Words {
  switch (status) {
    case 'waiting':
      return ['⏳ Safety checks on ', system(sink), ': asked ', { at: asked_at, as: 'minute' }];
    case 'passed':
    case 'failed':
      return [
        status === 'passed' ? '✓ ' : '⚠️ ',
        'Safety checks on ',
        system(sink),
        ': ',
        ...stepMarks(findings),
        ...(at === null ? [] : [', ', { at, as: 'minute' } as const]),
      ];
  }
}

/** One grey line for each staging system. */
export function safetyWords({ state }: Shown): readonly Words[] {
  const { rehearsal } = state;
  if (!rehearsal || safetyOf(state) === 'none') return [];
  const shown = rehearsal.sinks.slice(0, CARD.staging);
  const left = rehearsal.sinks.length - shown.length;
  const more: Words[] = left > 0 ? [[`and ${count(left, 'more system')}, in Review`]] : [];
  return [...shown.map((each) => lineOf(each, rehearsal.asked_at)), ...more];
}

function findingWords(finding: CheckFinding): Words {
  const { problem, detail } = finding;
  const said = problem ?? detail;
  return [
    problem === null ? '✓ ' : '✗ ',
    ...stepWords(finding),
    ...(said === null ? [] : [': ', { said, max: REVIEW.value } as const]),
  ];
}

/** Everything that was found, for the review. */
export function safetyFindings(shown: Shown): KnownBlock[] {
  const { state, directory } = shown;
  const { rehearsal } = state;
  if (!rehearsal || safetyOf(state) === 'none') return [];
  return [
    heading('Safety checks', directory),
    ...rehearsal.sinks.slice(0, REVIEW.staging).map((each) => {
      const intro: Words = [system(each.sink), ...(each.at === null ? [] : [', ', { at: each.at } as const])];
      const found = each.findings.slice(0, REVIEW.listed).map(findingWords);
      return bullets(intro, found.length > 0 ? found : [['The answer is awaited.']], directory);
    }),
  ];
}
