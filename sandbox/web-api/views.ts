import { checkView } from '../blocks/view.ts';
import { apiView } from '../payloads.ts';
import { withBlockIds } from '../posting.ts';
import { SlackError } from '../slack-error.ts';
import { STACK_LIMIT, type StoredView, type ViewDefinition } from '../state/views.ts';
import { blankState } from '../view-state.ts';
import type { World } from '../world.ts';
import { type Args, json, required, text } from './args.ts';
import type { Methods } from './define.ts';

/** A checked view from its raw form. @throws SlackError `invalid_arguments`, `view_too_large`, `duplicate_external_id`. */
export function defineView(
  world: World,
  raw: unknown,
  surface: 'modal' | 'home',
  replaces?: StoredView,
): ViewDefinition {
  const view = checkView(raw, surface, world.state.files);
  const twin = view.external_id === '' ? undefined : world.state.views.byExternalId(view.external_id);
  if (twin && twin !== replaces) throw new SlackError('duplicate_external_id');
  return { ...view, blocks: withBlockIds(world, view.blocks) };
}

export function newView(
  world: World,
  user: string,
  definition: ViewDefinition,
  below: StoredView | null,
): StoredView {
  const id = world.state.ids.next('V');
  const values = blankState(definition.blocks, {});
  const place = { root: below?.root ?? id, previous: below?.id ?? null };
  return { ...definition, ...place, id, user, hash: newHash(world), values, errors: {} };
}

/** Replaces the content of an open view; what was typed into blocks that stay is kept. */
export function replaceView(world: World, view: StoredView, definition: ViewDefinition): void {
  Object.assign(view, definition, {
    hash: newHash(world),
    values: blankState(definition.blocks, view.values),
    errors: {},
  });
  tellView(world, view);
}

export function tellView(world: World, view: StoredView): void {
  world.changes.tell({ kind: view.type === 'home' ? 'home' : 'modals' }, [view.user]);
}

/** Pushes a view for a person whose stack is open. @throws SlackError `push_limit_reached`. */
export function pushView(world: World, user: string, raw: unknown): StoredView {
  const stack = world.state.views.stack(user);
  const below = stack.at(-1);
  if (!below) throw new SlackError('not_found');
  if (stack.length >= STACK_LIMIT) throw new SlackError('push_limit_reached');
  const view = newView(world, user, defineView(world, raw, 'modal'), below);
  world.state.views.push(view);
  tellView(world, view);
  return view;
}

function newHash(world: World): string {
  return `${Math.floor(world.clock.now() / 1000)}.${world.state.ids.secret(4)}`;
}

function rawView(args: Args): unknown {
  const raw = json(args, 'view', 'invalid_arguments');
  if (raw === undefined) {
    throw new SlackError('invalid_arguments', { messages: ['[ERROR] missing required field: view'] });
  }
  return raw;
}

function checkHash(args: Args, current: string | undefined): void {
  const hash = text(args, 'hash');
  if (hash !== undefined && hash !== '' && hash !== current) throw new SlackError('hash_conflict');
}

export const views: Methods = {
  'views.open': {
    tier: 4,
    scopes: [],
    run(world, args) {
      const trigger = required(args, 'trigger_id');
      const user = world.triggers.read(trigger);
      const view = newView(world, user, defineView(world, rawView(args), 'modal'), null);
      world.triggers.spend(trigger);
      world.state.views.open(view);
      tellView(world, view);
      return { view: apiView(world, view) };
    },
  },
  'views.push': {
    tier: 4,
    scopes: [],
    run(world, args) {
      const trigger = required(args, 'trigger_id');
      const view = pushView(world, world.triggers.read(trigger), rawView(args));
      world.triggers.spend(trigger);
      return { view: apiView(world, view) };
    },
  },
  'views.update': {
    tier: 4,
    scopes: [],
    run(world, args) {
      const id = text(args, 'view_id') ?? '';
      const external = text(args, 'external_id') ?? '';
      const { views: all } = world.state;
      const view = id === '' ? (external === '' ? undefined : all.byExternalId(external)) : all.byId(id);
      if (!view) throw new SlackError('not_found');
      checkHash(args, view.hash);
      replaceView(world, view, defineView(world, rawView(args), view.type, view));
      return { view: apiView(world, view) };
    },
  },
  'views.publish': {
    tier: 4,
    scopes: [],
    run(world, args) {
      const user = required(args, 'user_id');
      const person = world.state.people.get(user);
      if (!person || person.is_bot) throw new SlackError('user_not_found');
      if (!world.manifest.homeTab) throw new SlackError('not_enabled');
      const old = world.state.views.home(user);
      checkHash(args, old?.hash);
      const definition = defineView(world, rawView(args), 'home', old);
      if (old) {
        replaceView(world, old, definition);
        return { view: apiView(world, old) };
      }
      const view = newView(world, user, definition, null);
      world.state.views.publish(view);
      tellView(world, view);
      return { view: apiView(world, view) };
    },
  },
};
