import { type Document, isMap } from 'yaml';
import { directoryAt, type Overlay } from '../exports/directory.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';

/**
 * Writes what was changed in Slack into people, roles and on-call of a document, leaving everything
 * else of it, comments included, as it stands. Times away, covers and hand-overs pass by themselves
 * and stay in the ledger, as does what Slack says about accounts.
 */
export function mergeOverlay(document: Document, configured: Directory, overlay: Overlay): void {
  const keys = keysById(document);
  const keyOf = (id: PersonId) => keys.get(id) ?? id;
  const lasting = { ...overlay, away: {}, covers: {}, hand_over: null };
  const now = directoryAt(configured, lasting, 0);
  for (const [id, person] of now.people) {
    const before = configured.people.get(id)?.backup ?? null;
    if (person.backup === before) continue;
    if (person.backup === null) document.deleteIn(['people', keyOf(id), 'backup']);
    else document.setIn(['people', keyOf(id), 'backup'], keyOf(person.backup));
  }
  for (const [role, entry] of now.roles) {
    const before = configured.roles.get(role);
    if (JSON.stringify(entry.members) !== JSON.stringify(before?.members)) {
      const members = document.createNode(entry.members.map(keyOf), { flow: true });
      document.setIn(['roles', role, 'members'], members);
    }
    if (entry.default_owner !== null && entry.default_owner !== before?.default_owner) {
      document.setIn(['roles', role, 'default_owner'], keyOf(entry.default_owner));
    }
  }
  if (JSON.stringify(now.on_call.people) !== JSON.stringify(configured.on_call.people)) {
    const rota = document.createNode(now.on_call.people.map(keyOf), { flow: true });
    document.setIn(['on_call', 'people'], rota);
  }
}

function keysById(document: Document): ReadonlyMap<PersonId, string> {
  const people = document.get('people');
  if (!isMap(people)) return new Map();
  return new Map(
    people.items.map(({ key }) => [String(document.getIn(['people', String(key), 'id'])), String(key)]),
  );
}
