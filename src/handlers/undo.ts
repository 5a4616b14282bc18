import type { App } from '@slack/bolt';
import { ACTION } from '../bot/ids.ts';
import type { HandlerDeps } from './deps.ts';
import { onButton } from './listen.ts';

/** Undo: takes an acceptance back before anything has left. */
export function registerUndo(app: App, deps: HandlerDeps): void {
  onButton(app, deps, ACTION.undo, ({ person, target }) => deps.desk.undo(target.export_id, person.id));
}
