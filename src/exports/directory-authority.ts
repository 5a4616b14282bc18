import type { Directory, PersonId } from './ownership.ts';
import { Role } from './words.ts';

/**
 * Whoever runs Meshline: the default owners of engineering and operations. They may change anything
 * in the directory, so that nobody is locked out of a role whose owner has left.
 */
export function operators(directory: Directory): readonly PersonId[] {
  const owners = (['engineering', 'operations'] as const).map(
    (role) => directory.roles.get(role)?.default_owner,
  );
  return activeOf(directory, owners);
}

/** Who may change who is in a role: its default owner, and the operators. */
export function mayChangeRole(directory: Directory, role: Role): readonly PersonId[] {
  return activeOf(directory, [directory.roles.get(role)?.default_owner, ...operators(directory)]);
}

/** Who may change what a person says of themselves: they do, the default owners of their roles, the operators. */
export function mayChangePerson(directory: Directory, person: PersonId): readonly PersonId[] {
  const roles = [...directory.roles.values()].filter((entry) => entry.members.includes(person));
  return activeOf(directory, [person, ...roles.map((entry) => entry.default_owner), ...operators(directory)]);
}

export function activeOf(
  directory: Directory,
  people: readonly (PersonId | null | undefined)[],
): readonly PersonId[] {
  return [...new Set(people)].filter(
    (id): id is PersonId => typeof id === 'string' && directory.people.get(id)?.active === true,
  );
}

/** A role by the word people use for it: `marketing_ops`, `marketing-ops` or `Marketing ops`. */
export function roleNamed(text: string): Role | null {
  return (
    Role.safeParse(
      text
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/g, '_'),
    ).data ?? null
  );
}
