import { awaited, deciders, remedialists, resolvers } from '../../exports/gates.ts';
import type { Person, PersonId } from '../../exports/ownership.ts';
import { overriders } from '../../exports/rehearsal.ts';
import { rerunners } from '../../exports/rehearsal-decide.ts';
import { dispatchers, responders, undoers } from '../../exports/review.ts';
import type { Shown } from '../../flow/ports.ts';
import type { ActionId } from '../ids.ts';

type Who = (shown: Shown) => readonly (PersonId | null)[];

const deciding: Who = ({ state, directory }) => deciders(state, directory);
const resolving: Who = ({ state, directory }) => resolvers(state, directory);
const repairing: Who = ({ state, directory }) => remedialists(state, directory);
const requesting: Who = ({ state }) => [state.requester];

/** Whose each button of a review is; one that is not here is nobody's. */
const WHOSE: Readonly<Partial<Record<ActionId, Who>>> = {
  accept: ({ state, directory }) => awaited(state, directory),
  reject: (shown) => [
    ...(shown.state.status === 'quarantined' ? repairing(shown) : deciding(shown)),
    ...(shown.state.trouble ? resolving(shown) : []),
  ],
  withdraw: requesting,
  redeliver: (shown) => [...deciding(shown), ...resolving(shown)],
  resume: resolving,
  use_alternate: resolving,
  mend: resolving,
  take_out: resolving,
  fix: repairing,
  assign_owner: repairing,
  request_changes: deciding,
  edit: (shown) => (shown.state.returned && shown.state.requester !== null ? [] : deciding(shown)),
  resubmit: (shown) => (shown.state.returned ? requesting(shown) : []),
  reassign: ({ state, directory }) => dispatchers(state, directory),
  acknowledge: ({ state, directory }) => responders(state, directory),
  rerun_checks: ({ state, directory }) => rerunners(state, directory),
  override_checks: ({ state, directory }) => overriders(state, directory),
  undo: ({ state, directory }) => undoers(state, directory),
};

/** What this person could do now. The click is checked again; this only keeps false hopes away. */
export function entitled(shown: Shown, viewer: Person, action: ActionId): boolean {
  return WHOSE[action]?.(shown).includes(viewer.id) ?? false;
}

/** True when somebody else's open review keeps this person, who may decide, from it. */
export function heldFrom(shown: Shown, viewer: Person): boolean {
  const { lock } = shown.state;
  const held = lock !== null && lock.by !== viewer.id && lock.until > shown.now;
  return held && deciding(shown).includes(viewer.id);
}

/** Payloads may hold addresses and names: only for those who have a part in it. */
export function isConcerned(shown: Shown, viewer: Person): boolean {
  return [
    ...requesting(shown),
    ...deciding(shown),
    ...repairing(shown),
    ...resolving(shown),
    ...awaited(shown.state, shown.directory),
  ].includes(viewer.id);
}
