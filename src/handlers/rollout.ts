import type { App } from '@slack/bolt';
import { ACTION } from '../bot/ids.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';

/** The stages of a rollout: on with it, hold it, take it back. */
export function registerRollout(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.rolloutAdvance, ({ person, target }) =>
    deps.desk.advanceRollout(target.export_id, person.id, target.stage ?? 0),
  );
  onButton(app, deps, ACTION.rolloutHold, ({ person, target }) =>
    deps.desk.holdRollout(target.export_id, person.id, target.stage ?? 0),
  );
  onButton(app, deps, ACTION.rolloutBack, ({ person, target }) =>
    deps.desk.rollBackRollout(target.export_id, person.id),
  );
}
