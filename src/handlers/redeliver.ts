import type { App } from '@slack/bolt';
import { ACTION } from '../bot/ids.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';

/** Send again what a sink did not take. */
export function registerRedeliver(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.redeliver, ({ person, target }) =>
    deps.desk.redeliver(target.export_id, person.id),
  );
}
