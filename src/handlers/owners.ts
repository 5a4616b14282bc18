import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/web-api';
import { ACTION, type ActionId, decodeSubject } from '../bot/ids.ts';
import { personModal } from '../bot/modals/owners.ts';
import { backupForm, coverForm, membersForm, outForm, roleOwnerForm } from '../bot/modals/owners-forms.ts';
import { mayChangePerson, mayChangeRole, roleNamed } from '../exports/directory-authority.ts';
import type { DirectoryCommand } from '../exports/directory-decide.ts';
import { names } from '../exports/gates.ts';
import type { Directory, Person, PersonId } from '../exports/ownership.ts';
import { spoken } from '../exports/phrases.ts';
import { isRefusal, type Refusal, refuse } from '../exports/refusals.ts';
import type { HandlerDeps } from './deps.ts';
import { onControl } from './listen.ts';
import { publishHome } from './publish-home.ts';
import { type Asker, fill, open } from './reply.ts';

type Click = Asker & { viewer: Person; subject: string; directory: Directory };

/** A button of the directory; it names a person or a role, and what it leads to checks authority again. */
function onSubject(
  app: App,
  deps: HandlerDeps,
  id: ActionId,
  run: (click: Click) => Promise<Refusal | 'shown'>,
): void {
  onControl(app, deps, id, async ({ value, person, view: _view, ...asker }) => {
    const subject = decodeSubject(value);
    if (subject === null) return NOT_THERE;
    return run({ ...asker, viewer: person, subject, directory: deps.owners.directory() });
  });
}

const NOT_THERE = refuse('nothing_to_change', { why: 'What this button was about is gone' });

/** The buttons of `/owners` and of the out-of-office switch on App Home. */
export function registerOwners(app: App, deps: HandlerDeps): void {
  const forms: readonly [ActionId, string, typeof outForm][] = [
    [ACTION.goOut, 'say when they are out', outForm],
    [ACTION.setCover, 'set this cover', coverForm],
    [ACTION.setBackup, 'change this backup', backupForm],
  ];
  for (const [action, what, form] of forms) {
    onSubject(app, deps, action, async (click) => {
      const { directory, viewer, subject } = click;
      const person = directory.people.get(subject);
      if (!person) return NOT_THERE;
      const allowed = mayChangePerson(directory, subject);
      return openFor(click, allowed, what, form(person, viewer, directory));
    });
  }
  const roleForms: readonly [ActionId, typeof roleOwnerForm][] = [
    [ACTION.setRoleOwner, roleOwnerForm],
    [ACTION.setMembers, membersForm],
  ];
  for (const [action, form] of roleForms) {
    onSubject(app, deps, action, async (click) => {
      const { directory, subject } = click;
      const role = roleNamed(subject);
      if (!role) return NOT_THERE;
      const what = `change the role ${spoken(role)}`;
      return openFor(click, mayChangeRole(directory, role), what, form(role, directory));
    });
  }
  onSubject(app, deps, ACTION.goOutNow, (click) => {
    const { viewer, subject } = click;
    const now = deps.clock.now();
    return change(deps, click, {
      do: 'go_out',
      by: viewer.id,
      person: subject,
      from: now,
      until: null,
      note: null,
    });
  });
  onSubject(app, deps, ACTION.comeBack, (click) =>
    change(deps, click, { do: 'come_back', by: click.viewer.id, person: click.subject }),
  );
  onSubject(app, deps, ACTION.endCover, (click) =>
    change(deps, click, { do: 'end_cover', by: click.viewer.id, for: click.subject }),
  );
}

async function openFor(
  click: Click,
  allowed: readonly PersonId[],
  what: string,
  view: ModalView,
): Promise<Refusal | 'shown'> {
  const { viewer, directory } = click;
  if (!allowed.includes(viewer.id)) {
    return refuse('not_yours_to_change', { what, allowed: names(allowed, directory) });
  }
  await open(click, view);
  return 'shown';
}

/** Changes the directory and shows where it was asked how it stands now. */
async function change(
  deps: HandlerDeps,
  click: Click,
  command: DirectoryCommand,
): Promise<Refusal | 'shown'> {
  const { client, place, user, viewer, subject } = click;
  const done = await deps.owners.change(command);
  if (isRefusal(done)) return done;
  const directory = deps.owners.directory();
  const person = directory.people.get(subject);
  if (place.kind === 'home') await publishHome(deps, client, user, viewer, 0);
  else if (place.kind === 'modal' && person)
    await fill(client, { view_id: place.view_id }, personModal(person, directory, viewer));
  return 'shown';
}
