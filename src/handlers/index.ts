import type { App } from '@slack/bolt';
import { registerAccept } from './accept.ts';
import { registerAcknowledge } from './acknowledge.ts';
import { registerAssignOwner } from './assign-owner.ts';
import { registerCampaigns } from './campaigns/index.ts';
import { registerComments } from './comments.ts';
import type { HandlerDeps } from './deps.ts';
import { registerDigest } from './digest.ts';
import { registerEdit } from './edit.ts';
import { registerExportsCommand } from './exports-command.ts';
import { registerFailover } from './failover.ts';
import { registerFix } from './fix.ts';
import { registerHome } from './home.ts';
import { registerLost } from './lost.ts';
import { registerMapSkus } from './map-skus.ts';
import { registerOnCallCommand } from './on-call-command.ts';
import { registerOwners } from './owners.ts';
import { registerOwnersCommand } from './owners-command.ts';
import { registerOwnersForms } from './owners-forms.ts';
import { registerReassign } from './reassign.ts';
import { registerRedeliver } from './redeliver.ts';
import { registerReject } from './reject.ts';
import { registerRequestChanges } from './request-changes.ts';
import { registerResume } from './resume.ts';
import { registerReview } from './review.ts';
import { registerRollout } from './rollout.ts';
import { registerSafetyChecks } from './safety-checks.ts';
import { registerUndo } from './undo.ts';
import { registerUsers } from './users.ts';
import { registerWithdraw } from './withdraw.ts';

export type { HandlerDeps, UserChange } from './deps.ts';

const HANDLERS: readonly ((app: App, deps: HandlerDeps) => void)[] = [
  registerAccept,
  registerReject,
  registerReview,
  registerRequestChanges,
  registerEdit,
  registerReassign,
  registerSafetyChecks,
  registerUndo,
  registerAcknowledge,
  registerComments,
  registerLost,
  registerWithdraw,
  registerRedeliver,
  registerResume,
  registerRollout,
  registerMapSkus,
  registerFailover,
  registerFix,
  registerAssignOwner,
  registerHome,
  registerDigest,
  registerExportsCommand,
  registerOnCallCommand,
  registerOwnersCommand,
  registerOwners,
  registerOwnersForms,
  registerCampaigns,
  registerUsers,
];

/** Every interaction there is. A new one is one file and one line here. */
export function registerHandlers(app: App, deps: HandlerDeps): void {
  for (const register of HANDLERS) register(app, deps);
}
