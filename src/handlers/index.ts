import type { App } from '@slack/bolt';
import { registerAccept } from './accept.ts';
import { registerAssignOwner } from './assign-owner.ts';
import type { HandlerDeps } from './deps.ts';
import { registerExportsCommand } from './exports-command.ts';
import { registerFix } from './fix.ts';
import { registerHome } from './home.ts';
import { registerRedeliver } from './redeliver.ts';
import { registerReject } from './reject.ts';
import { registerResume } from './resume.ts';
import { registerReview } from './review.ts';
import { registerUsers } from './users.ts';
import { registerWithdraw } from './withdraw.ts';

export type { HandlerDeps, UserChange } from './deps.ts';

const HANDLERS: readonly ((app: App, deps: HandlerDeps) => void)[] = [
  registerAccept,
  registerReject,
  registerReview,
  registerWithdraw,
  registerRedeliver,
  registerResume,
  registerFix,
  registerAssignOwner,
  registerHome,
  registerExportsCommand,
  registerUsers,
];

/** Every interaction there is. A new one is one file and one line here. */
export function registerHandlers(app: App, deps: HandlerDeps): void {
  for (const register of HANDLERS) register(app, deps);
}
