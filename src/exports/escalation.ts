import { awaited } from './gates.ts';
import { backupOf, type Directory, type PersonId } from './ownership.ts';
import type { Export } from './state.ts';

function ownerOf({ trouble, route }: Export): PersonId {
  return trouble?.owner ?? route.owner;
}

/** Whose move it is: they are reminded. */
export function waitedFor(state: Export, directory: Directory): readonly PersonId[] {
  if (state.returned && state.requester !== null) return [state.requester];
  const people = state.status === 'pending' ? awaited(state, directory) : [];
  return people.length > 0 ? people : [ownerOf(state)];
}

/** Who joins when the ladder escalates: the backups of everybody awaited who are new to it, else all of them once more. */
export function joining(state: Export, directory: Directory): readonly PersonId[] {
  const owner = ownerOf(state);
  const asked = waitedFor(state, directory);
  const backups = [owner, ...asked].map((person) => backupOf(directory, person));
  const others = [...new Set(backups)].filter(
    (person): person is PersonId => person !== null && person !== owner,
  );
  const fresh = others.filter((person) => !asked.includes(person));
  return fresh.length > 0 ? fresh : others;
}
