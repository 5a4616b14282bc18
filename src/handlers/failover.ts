import type { App } from '@slack/bolt';
import { ACTION } from '../bot/ids.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';

/** Use the next carrier: one click, which is the recorded approval of its price. */
export function registerFailover(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.useAlternate, ({ person, target }) =>
    deps.desk.useAlternate(target.export_id, person.id, target.revision),
  );
}
