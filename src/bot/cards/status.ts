import { withoutOvertaken } from '../../exports/alternates.ts';
import { standing } from '../../exports/gates.ts';
import { mappingTrouble } from '../../exports/mapping.ts';
import { count, spoken, systemName } from '../../exports/phrases.ts';
import { scheduledFor } from '../../exports/scheduled.ts';
import { shortfallOf } from '../../exports/shortfall.ts';
import type { Export, Returned } from '../../exports/state.ts';
import type { Shown } from '../../flow/ports.ts';
import { CARD } from '../limits.ts';
import type { Word, Words } from '../words.ts';
import { deliveryCount, deliveryLines } from './deliveries.ts';
import { askedWords, eitherWay, hasTurns, tryLine } from './failover.ts';
import { dueAt, nextWords } from './next.ts';
import { awaitedWords, signatures } from './people.ts';
import { rolloutSituation, takenBackWords, untoldPushes } from './rollout.ts';
import { overrideLines, safetySituation } from './safety.ts';
import { shortLines } from './shortfall.ts';
import { standInLines } from './stand-in.ts';
import { undoWords } from './undo.ts';

/** Where the export stands, in one bold line, with what follows from it. */
export type Situation = { title: Words; lines: readonly Words[] };

function byWhom({ state }: Shown): Words {
  const by = state.ending?.by ?? null;
  const at: Word[] = state.ending ? [', ', { at: state.ending.at }] : [];
  return by === null ? at : [' by ', { name: by, strong: true }, ...at];
}

function reason({ state }: Shown): readonly Words[] {
  const said = state.ending?.reason ?? null;
  return said === null ? [] : [['Reason: “', { said, max: CARD.reason }, '”']];
}

function accepted(shown: Shown): readonly Words[] {
  const signed = signatures(shown);
  return signed.length === 0 ? [] : [['Accepted by ', ...signed, '.']];
}

/** Everything the clock will do, in one line; nothing when it will do nothing. */
function clock(shown: Shown): readonly Words[] {
  const next = nextWords(shown);
  const due = dueAt(shown);
  const late = due !== null && due <= shown.now;
  const parts: Words[] = [];
  if (due !== null) parts.push(late ? ['Was due ', { at: due }] : ['Due ', { at: due }]);
  if (next) parts.push(next);
  return parts.length === 0 ? [] : [parts.flatMap((part, index) => (index === 0 ? part : [' · ', ...part]))];
}

/** Who has it open, and who of on-call has taken it on. */
export function hands({ state }: Shown): readonly Words[] {
  const { lock, ack } = state;
  return [
    ...(lock
      ? [
          [
            '🔒 ',
            { name: lock.by, strong: true },
            ' is reviewing until ',
            { at: lock.until, as: 'minute' },
            '.',
          ] satisfies Words,
        ]
      : []),
    ...(ack
      ? [
          [
            '🙋 ',
            { name: ack.by, strong: true },
            ' is on it. Without a decision it is open again at ',
            { at: ack.until, as: 'minute' },
            '.',
          ] satisfies Words,
        ]
      : []),
  ];
}

function sentBack(shown: Shown, { by, reason }: Returned): Situation {
  const { requester, source } = shown.state;
  const whose: Words =
    requester === null
      ? ['Waits for a newer export from ', { said: source.system, max: CARD.reference }, '.']
      : ['Waits for ', { mention: requester }, ' to change and resubmit it.'];
  return {
    title: [{ strong: '🟣 Sent back' }, ' by ', { name: by, strong: true }],
    lines: [['Reason: “', { said: reason, max: CARD.reason }, '”'], whose, ...hands(shown), ...clock(shown)],
  };
}

function pending(shown: Shown): Situation {
  const { state } = shown;
  if (state.returned) return sentBack(shown, state.returned);
  const unchecked = safetySituation(shown);
  if (unchecked) {
    const { title, lines } = unchecked;
    return { title, lines: [...lines, ...hands(shown), ...clock(shown)] };
  }
  const wanted = state.revision?.policy.gate.steps.length ?? 1;
  const have = standing(state).length;
  const title =
    wanted > 1
      ? `🟡 Waiting for ${have === 0 ? 'two acceptances' : 'the second acceptance'} (${have} of ${wanted})`
      : '🟡 Waiting for acceptance';
  const again = (state.revision?.number ?? 1) > 1 && have === 0;
  return {
    title: [{ strong: title }],
    lines: [
      ...(have > 0 ? accepted(shown) : []),
      ...overrideLines(shown),
      ['Waits for ', ...awaitedWords(shown), '.'],
      ...standInLines(shown),
      ...(again
        ? [['Earlier acceptances no longer count: these are new values or a new try.'] satisfies Words]
        : []),
      ...hands(shown),
      ...clock(shown),
    ],
  };
}

function quarantined(shown: Shown): Situation {
  const { state, directory } = shown;
  const errors = state.problems.filter((problem) => problem.severity === 'error');
  const ownerless = errors.length > 0 && errors.every((problem) => problem.code === 'no_owner');
  const members = directory.roles.get('remediation')?.members ?? [];
  const who: Word[] = [
    { mention: state.route.owner },
    ...(members.length > 1 ? [' or anyone in remediation'] : []),
  ];
  return {
    title: [
      {
        strong: ownerless
          ? '🟠 No owner: nobody can decide this yet'
          : `🟠 In quarantine: ${count(errors.length, 'problem')} to fix`,
      },
    ],
    lines: [
      [ownerless ? 'An owner can be assigned by ' : 'Can be repaired by ', ...who, '. Nothing is lost.'],
      ...clock(shown),
      ...hands(shown),
    ],
  };
}

function trouble(shown: Shown, resolving: boolean): readonly Words[] {
  const { trouble: found, alternate } = shown.state;
  if (!found) return [];
  const short = shortfallOf(shown.state);
  if (short) return shortLines(short, found, shown, resolving);
  const role = spoken(found.role);
  const owner: Words = found.owner === null ? [role] : [{ mention: found.owner }, ` (${role})`];
  const sink: Word[] = found.sink === null ? [] : [{ said: systemName(found.sink), max: 40 }, ': '];
  return [
    ...(alternate ? askedWords(alternate) : [[...sink, { said: found.message, max: CARD.reason }]]),
    [{ strong: 'What to do: ' }, { said: found.remedy, max: CARD.cause }],
    ['Owned by ', ...owner, '.'],
  ];
}

/** What follows once a pause is over; a shortage has said that already. */
function afterwards(state: Export): readonly Words[] {
  if (state.alternate) return [eitherWay(state.alternate)];
  if (shortfallOf(state)) return [];
  return mappingTrouble(state)
    ? [['Once the SKUs are mapped, it goes on with the values that were accepted.']]
    : [['Once resumed, it asks for acceptance again.']];
}

/**
 * One sentence for each state; the compiler asks for a new one. `resolving`: among those who settle its
 * trouble, where that is not where it is decided.
 */
export function situation(shown: Shown, resolving = false): Situation {
  const { state } = shown;
  // The failure that stopped it is told as its trouble already.
  const others = untoldPushes(state).filter(
    (push) => state.trouble === null || push.detail !== state.trouble.message,
  );
  const turns = hasTurns(state);
  // A pause that is about all of them has said what each of them answered.
  const told = state.status === 'paused' && turns && state.trouble?.sink === null;
  const pushes = told
    ? []
    : turns
      ? [tryLine(state)]
      : deliveryLines(others, CARD.pushes, state.status === 'paused');
  const counted = withoutOvertaken(state).pushes;
  switch (state.status) {
    case 'quarantined':
      return quarantined(shown);
    case 'pending':
      return pending(shown);
    case 'accepted':
      return {
        title: [{ strong: '🟢 Accepted' }, ': ', ...undoWords(shown)],
        lines: [
          ...accepted(shown),
          [
            'Nothing has left yet. Until then it can be undone',
            ...(state.requester === null
              ? []
              : [', and ', { name: state.requester } as const, ' can withdraw it']),
            '.',
          ],
        ],
      };
    case 'delivering': {
      const staged = rolloutSituation(shown);
      const later = scheduledFor(state, shown.now);
      if (later !== null) {
        return {
          title: [{ strong: '🗓️ Accepted, goes out ' }, { at: later }],
          lines: [['Nothing has left yet. Until then it can be rejected.'], ...accepted(shown)],
        };
      }
      if (staged) return { ...staged, lines: [...staged.lines, ...pushes, ...accepted(shown)] };
      return {
        title: [{ strong: `🔵 Going out: ${deliveryCount(counted)}` }],
        lines: [...pushes, ...accepted(shown)],
      };
    }
    case 'paused':
      return {
        title: [{ strong: `🟠 Paused: ${spoken(state.trouble?.code ?? 'trouble')}` }],
        lines: [
          ...trouble(shown, resolving),
          ...afterwards(state),
          ...hands(shown),
          ...pushes,
          ...clock(shown),
        ],
      };
    case 'failed':
      return {
        title: [{ strong: `🔴 Failed: ${deliveryCount(counted)}` }],
        lines: [...trouble(shown, resolving), ...hands(shown), ...pushes],
      };
    case 'delivered':
      return {
        title: [{ strong: '✅ Delivered' }, ...byWhom(shown)],
        lines: [...accepted(shown), ...pushes],
      };
    case 'rejected':
      return { title: [{ strong: '⛔ Rejected' }, ...byWhom(shown)], lines: reason(shown) };
    case 'withdrawn':
      return { title: [{ strong: '↩️ Withdrawn' }, ...byWhom(shown)], lines: reason(shown) };
    case 'expired':
      return {
        title: [{ strong: '⌛ Expired' }, ...byWhom(shown)],
        lines: [['Nobody decided in time, so nothing was sent. The sender can send it again.']],
      };
    case 'superseded':
      return {
        title: [{ strong: '⏭️ Superseded' }, ...byWhom(shown)],
        lines: [
          ['A newer export of the same thing has taken its place, so this one can no longer be decided.'],
        ],
      };
    case 'rolled_back':
      return {
        title: [{ strong: '⏪ Rolled back' }, ...byWhom(shown)],
        lines: [takenBackWords(state), ...accepted(shown)],
      };
  }
}
