import type { App } from '@slack/bolt';
import { ACTION } from '../bot/ids.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';

/** I'm on it: somebody of on-call takes a page on; the page and the card then say so. */
export function registerAcknowledge(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.acknowledge, ({ person, target }) =>
    deps.desk.acknowledge(target.export_id, person.id),
  );
}
