import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decision, decide } from '../../../src/exports/decide.ts';
import {
  type DirectoryEvent,
  directoryAt,
  directoryDue,
  EMPTY_OVERLAY,
  evolveDirectory,
  nextBoundary,
  type Overlay,
  replayDirectory,
} from '../../../src/exports/directory.ts';
import { mayChangePerson, mayChangeRole } from '../../../src/exports/directory-authority.ts';
import { type DirectoryCommand, decideDirectory } from '../../../src/exports/directory-decide.ts';
import { backupOf, routeFor, standIns } from '../../../src/exports/ownership.ts';
import { isRefusal, type RefusalCode, sentence } from '../../../src/exports/refusals.ts';
import { DAY_MS, HOUR_MS } from '../../../src/exports/words.ts';
import {
  ALICE,
  BOB,
  CAROL,
  context,
  DAN,
  directory,
  fold as foldExport,
  GONE,
  guid,
  MAYA,
  ONCALL,
  REM,
  received,
  SAM,
} from '../../support/core.ts';
import { T0 } from '../../support/manual-clock.ts';

const fold = (events: readonly DirectoryEvent[], from: Overlay = EMPTY_OVERLAY, at = T0) =>
  events.reduce((overlay, event) => evolveDirectory(overlay, event, at), from);

/** The overlay after commands that must all be granted. */
function after(commands: readonly DirectoryCommand[], now = T0): Overlay {
  return commands.reduce((overlay, command) => {
    const decision = decideDirectory(overlay, command, directory, now);
    if (isRefusal(decision)) throw new Error(`${command.do}: ${sentence(decision)}`);
    return fold(decision.events, overlay, now);
  }, EMPTY_OVERLAY);
}

function events(decision: Decision) {
  if (isRefusal(decision)) throw new Error(sentence(decision));
  return decision.events;
}

function refused(command: DirectoryCommand, overlay = EMPTY_OVERLAY, now = T0): RefusalCode | null {
  const decision = decideDirectory(overlay, command, directory, now);
  if (!isRefusal(decision)) return null;
  expect(sentence(decision)).not.toMatch(/\{\w+\}/);
  return decision.refused;
}

const out = (person: string, by = person, until: number | null = T0 + DAY_MS): DirectoryCommand => ({
  do: 'go_out',
  by,
  person,
  from: T0,
  until,
  note: null,
});
const cover = (whom: string, by: string, from = T0, until = T0 + DAY_MS): DirectoryCommand => ({
  do: 'set_cover',
  by: whom,
  for: whom,
  cover: by,
  from,
  until,
});

describe('who may change the directory', () => {
  it('everybody for themselves, the default owner of their role, and operators', () => {
    expect(refused(out(BOB))).toBeNull();
    expect(refused(out(BOB, ALICE))).toBeNull();
    expect(refused(out(BOB, CAROL))).toBeNull();
    expect(refused(out(BOB, SAM))).toBe('not_yours_to_change');
    expect(refused(out(BOB, GONE))).toBe('inactive_person');
    expect(refused(out(BOB, guid(404)))).toBe('unknown_person');
    expect(mayChangePerson(directory, BOB)).toEqual([BOB, ALICE, CAROL]);
  });

  it('a role, only its default owner and operators', () => {
    const owner = (by: string): DirectoryCommand => ({
      do: 'set_default_owner',
      by,
      role: 'marketing_ops',
      person: BOB,
    });
    expect(refused(owner(ALICE))).toBeNull();
    expect(refused(owner(CAROL))).toBeNull();
    expect(refused(owner(BOB))).toBe('not_yours_to_change');
    expect(mayChangeRole(directory, 'marketing_ops')).toEqual([ALICE, CAROL]);
  });

  it('gives each of the wrong a reason', () => {
    const cases: [DirectoryCommand, RefusalCode][] = [
      [out(ALICE, ALICE, T0), 'bad_period'],
      [{ ...out(ALICE), from: T0 + 2 * DAY_MS } as DirectoryCommand, 'bad_period'],
      [out(ALICE, ALICE, T0 + 500 * DAY_MS), 'bad_period'],
      [{ do: 'come_back', by: ALICE, person: ALICE }, 'nothing_to_change'],
      [{ do: 'end_cover', by: ALICE, for: ALICE }, 'nothing_to_change'],
      [cover(ALICE, ALICE), 'cannot_cover'],
      [cover(ALICE, BOB), 'cannot_cover'],
      [cover(ALICE, GONE), 'cannot_cover'],
      [cover(ALICE, guid(404)), 'cannot_cover'],
      [{ do: 'set_backup', by: ALICE, person: ALICE, backup: ALICE }, 'cannot_back_up'],
      [{ do: 'set_backup', by: ALICE, person: ALICE, backup: GONE }, 'cannot_back_up'],
      [{ do: 'set_backup', by: ALICE, person: ALICE, backup: guid(404) }, 'cannot_back_up'],
      [{ do: 'set_backup', by: ALICE, person: ALICE, backup: BOB }, 'nothing_to_change'],
      [{ do: 'set_default_owner', by: ALICE, role: 'marketing_ops', person: DAN }, 'cannot_hold'],
      [{ do: 'set_default_owner', by: ALICE, role: 'marketing_ops', person: ALICE }, 'nothing_to_change'],
      [{ do: 'add_member', by: ALICE, role: 'marketing_ops', person: GONE }, 'cannot_hold'],
      [{ do: 'add_member', by: CAROL, role: 'logistics', person: SAM }, 'cannot_hold'],
      [{ do: 'remove_member', by: ALICE, role: 'marketing_ops', person: ALICE }, 'cannot_hold'],
      [{ do: 'set_on_call', by: ONCALL, people: [] }, 'cannot_be_on_call'],
      [{ do: 'set_on_call', by: ONCALL, people: [GONE] }, 'cannot_be_on_call'],
      [{ do: 'set_on_call', by: SAM, people: [SAM] }, 'not_yours_to_change'],
    ];
    for (const [command, code] of cases) expect(refused(command), JSON.stringify(command)).toBe(code);
  });
});

describe('covers', () => {
  it('go in no circle, whatever way round', () => {
    const both = after([{ do: 'add_member', by: CAROL, role: 'operations', person: REM }, cover(CAROL, DAN)]);
    expect(refused(cover(DAN, CAROL), both)).toBe('cannot_cover');
    const later = cover(DAN, CAROL, T0 + 2 * DAY_MS, T0 + 3 * DAY_MS);
    expect(refused(later, both)).toBeNull();
  });

  it('are nobody who is out in that time', () => {
    expect(refused(cover(CAROL, DAN), after([out(DAN)]))).toBe('cannot_cover');
    expect(refused(cover(CAROL, DAN, T0 + 2 * DAY_MS, T0 + 3 * DAY_MS), after([out(DAN)]))).toBeNull();
  });

  it('begin and end by the clock, each told once', () => {
    const set = after([cover(CAROL, DAN, T0 + HOUR_MS, T0 + 2 * HOUR_MS)]);
    expect(directoryDue(set)).toBe(T0 + HOUR_MS);
    expect(nextBoundary(set, T0)).toBe(T0 + HOUR_MS);
    const tick = (overlay: Overlay, now: number) => {
      const decision = decideDirectory(overlay, { do: 'tick' }, directory, now);
      return isRefusal(decision) ? [] : decision.events;
    };
    expect(tick(set, T0)).toEqual([]);
    expect(directoryAt(directory, set, T0).covers.size).toBe(0);
    const events = tick(set, T0 + HOUR_MS);
    expect(events).toEqual([{ type: 'cover_began', for: CAROL }]);
    const begun = fold(events, set, T0 + HOUR_MS);
    expect(tick(begun, T0 + HOUR_MS + 1)).toEqual([]);
    expect(directoryAt(directory, begun, T0 + HOUR_MS).covers.get(CAROL)).toMatchObject({ by: DAN });
    expect(tick(begun, T0 + 2 * HOUR_MS)).toEqual([{ type: 'cover_ended', by: null, for: CAROL }]);
    expect(directoryAt(directory, begun, T0 + 2 * HOUR_MS).covers.size).toBe(0);
  });
});

describe('routing past whoever is away', () => {
  const at = (overlay: Overlay, now = T0) => directoryAt(directory, overlay, now);

  it('goes to the backup, says why, and notes whom it stands in for', () => {
    const routed = routeFor(at(after([out(ALICE)])), {}, 'marketing_ops');
    expect(routed).toMatchObject({ owner: BOB, for: ALICE });
    expect('reason' in routed && routed.reason).toMatch(
      /^Alice is out until \d+ \w{3}, so it goes to the backup, Bob\.$/,
    );
  });

  it('goes to the cover before the backup', () => {
    const overlay = after([
      { do: 'add_member', by: CAROL, role: 'operations', person: REM },
      cover(CAROL, DAN),
      { do: 'set_backup', by: CAROL, person: CAROL, backup: REM },
    ]);
    expect(routeFor(at(overlay), {}, 'operations')).toMatchObject({ owner: DAN, for: CAROL });
  });

  it('ends a circle of backups with nobody left', () => {
    const routed = routeFor(at(after([out(ALICE), out(BOB)])), {}, 'marketing_ops');
    expect(routed).toMatchObject({ code: 'no_owner', nobody_left: true });
  });

  it('waits off hours unless the policy says otherwise, and for the owner when nobody else is there', () => {
    const week = [[], [], [], [], [], [], []] as const;
    const calendar = { time_zone: 'UTC', week, holidays: [] };
    const people = new Map(directory.people);
    const alice = people.get(ALICE);
    const bob = people.get(BOB);
    if (!alice || !bob) throw new Error('They are there.');
    people.set(ALICE, { ...alice, calendar });
    const resting = { ...directory, people };
    const hours = { now: T0, off_hours: 'backup', urgent: false } as const;
    expect(routeFor(resting, {}, 'marketing_ops', { ...hours, off_hours: 'wait' })).toMatchObject({
      owner: ALICE,
    });
    expect(routeFor(resting, {}, 'marketing_ops', hours)).toMatchObject({ owner: BOB, for: ALICE });
    people.set(BOB, { ...bob, calendar });
    const late = routeFor(resting, {}, 'marketing_ops', hours);
    expect(late).toMatchObject({ owner: ALICE });
    expect('reason' in late && late.reason).toContain('it waits for Alice');
  });

  it('passes over whoever is not to be disturbed only for what is urgent', () => {
    const quiet = { ...directory, dnd: new Map([[ALICE, T0 + HOUR_MS]]) };
    const hours = { now: T0, off_hours: 'wait', urgent: true } as const;
    expect(routeFor(quiet, {}, 'marketing_ops', hours)).toMatchObject({ owner: BOB });
    expect(routeFor(quiet, {}, 'marketing_ops', { ...hours, urgent: false })).toMatchObject({ owner: ALICE });
  });
});

describe('an export that waits while the directory changes', () => {
  const state = received(
    { gate: 'two_step' },
    { source: { system: 'erp', reference: 'R', requested_by: BOB } },
  );
  const at = (overlay: Overlay) => ({ directory: directoryAt(directory, overlay, T0) });
  const followed = (overlay: Overlay) =>
    events(decide(state, { do: 'follow_directory' }, context(T0, at(overlay))));

  it('says nothing twice', () => {
    const single = received();
    const covered = at(after([out(ALICE)]));
    const first = events(decide(single, { do: 'follow_directory' }, context(T0, covered)));
    expect(first).toMatchObject([{ type: 'covered', for: ALICE, by: BOB }]);
    const told = foldExport(single, first, T0);
    expect(events(decide(told, { do: 'follow_directory' }, context(T0, covered)))).toEqual([]);
    expect(events(decide(told, { do: 'follow_directory' }, context(T0)))).toEqual([
      { type: 'cover_over', for: ALICE },
    ]);
  });

  it('never lets the requester stand in, and pages on-call when nobody else is left', () => {
    expect(followed(after([out(ALICE)]))).toMatchObject([
      { type: 'covered', for: ALICE, by: null },
      { type: 'paged', to: [ONCALL], because: 'nobody_left' },
    ]);
  });

  it('is handed to nobody who is away', () => {
    const single = received();
    const to = { do: 'reassign', by: ALICE, to: BOB, reason: 'Holiday' } as const;
    expect(decide(single, to, context(T0, at(after([out(BOB)]))))).toMatchObject({
      refused: 'cannot_take_it',
      facts: { why: expect.stringMatching(/^they are out until \d+ \w{3}\.$/) },
    });
  });
});

describe('the directory under any sequence of changes', () => {
  const who = fc.constantFrom(ALICE, BOB, CAROL, DAN, MAYA, REM, SAM, GONE, ONCALL, guid(404));
  const role = fc.constantFrom('marketing_ops' as const, 'operations' as const, 'merchandising' as const);
  const span = fc
    .tuple(fc.integer({ min: -24, max: 72 }), fc.integer({ min: 1, max: 72 }))
    .map(([from, long]) => ({
      from: T0 + from * HOUR_MS,
      until: T0 + (from + long) * HOUR_MS,
    }));
  const command: fc.Arbitrary<DirectoryCommand> = fc.oneof(
    fc
      .tuple(who, who, span)
      .map(([by, person, period]) => ({ do: 'go_out' as const, by, person, ...period, note: null })),
    fc.tuple(who, who).map(([by, person]) => ({ do: 'come_back' as const, by, person })),
    fc
      .tuple(who, who, span)
      .map(([whom, by, period]) => ({ do: 'set_cover' as const, by: whom, for: whom, cover: by, ...period })),
    fc
      .tuple(who, who, fc.option(who))
      .map(([by, person, backup]) => ({ do: 'set_backup' as const, by, person, backup })),
    fc
      .tuple(
        fc.constantFrom('add_member' as const, 'remove_member' as const, 'set_default_owner' as const),
        who,
        role,
        who,
      )
      .map(([what, by, held, person]) => ({ do: what, by, role: held, person })),
    fc
      .tuple(who, fc.boolean())
      .map(([person, usable]) => ({ do: 'notice_account' as const, person, usable })),
    fc.constant({ do: 'tick' } as const),
    fc.constant({ do: 'import' } as const),
  );

  it('has an owner who is a member, covers without circles, stand-ins who are there, and replays the same', () => {
    let routed = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(command, fc.integer({ min: 0, max: 12 })), { maxLength: 25 }),
        (sequence) => {
          let now = T0;
          let overlay = EMPTY_OVERLAY;
          const log: { at: number; event: DirectoryEvent }[] = [];
          for (const [each, hours] of sequence) {
            now += hours * HOUR_MS;
            const decision = decideDirectory(overlay, each, directory, now);
            if (isRefusal(decision)) continue;
            for (const event of decision.events) log.push({ at: now, event });
            overlay = fold(decision.events, overlay, now);
            const current = directoryAt(directory, overlay, now);
            for (const entry of current.roles.values()) {
              if (entry.default_owner !== null) expect(entry.members).toContain(entry.default_owner);
            }
            for (const start of current.covers.keys()) {
              const seen = new Set<string>();
              for (let at: string | undefined = start; at !== undefined; at = current.covers.get(at)?.by) {
                expect(seen.has(at)).toBe(false);
                seen.add(at);
              }
            }
            for (const [held, entry] of current.roles) {
              for (const member of entry.members) {
                const stand = standIns(current, member, held);
                expect(stand).not.toContain(member);
                for (const id of stand) expect(current.away.has(id)).toBe(false);
                const backup = backupOf(current, member);
                if (backup !== null) expect(current.people.get(backup)?.active).toBe(true);
              }
              const route = routeFor(current, {}, held);
              if (!('code' in route)) {
                routed += 1;
                expect(current.away.has(route.owner)).toBe(false);
              }
            }
          }
          expect(replayDirectory(log)).toEqual(overlay);
          expect(JSON.parse(JSON.stringify(overlay))).toEqual(overlay);
        },
      ),
      { numRuns: 500, seed: 20261124 },
    );
    expect(routed).toBeGreaterThan(1_000);
  });
});
