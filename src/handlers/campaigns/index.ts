import type { App } from '@slack/bolt';
import type { HandlerDeps } from '../deps.ts';
import { registerCampaignActs } from './act.ts';
import { registerBrief } from './brief.ts';
import { registerClaims } from './claims.ts';
import { registerPromoCommand } from './promo-command.ts';
import { registerCampaignRollBack } from './roll-back.ts';

/** Everything with which people act on campaigns. */
export function registerCampaigns(app: App, deps: HandlerDeps): void {
  registerPromoCommand(app, deps);
  registerBrief(app, deps);
  registerCampaignActs(app, deps);
  registerCampaignRollBack(app, deps);
  registerClaims(app, deps);
}
