import type { HomeKeeper } from '../bot/home-keeper.ts';
import type { Clock } from '../clock.ts';
import type { Catalog } from '../exports/define.ts';
import type { CampaignDesk } from '../flow/campaigns/ports.ts';
import type { Desk } from '../flow/ports.ts';
import type { Roster } from '../flow/roster.ts';
import type { Log } from '../log.ts';

/** What Slack said about an account: deactivated, turned into a guest, or given another address. */
export type UserChange = { team: string; user: string; deleted: boolean; restricted: boolean };

export type HandlerDeps = {
  desk: Desk;
  campaigns: CampaignDesk;
  /** The directory and its changes. */
  owners: Pick<Roster, 'directory' | 'overlay' | 'change'>;
  catalog: Catalog;
  /** Told what somebody's Home tab shows, so that it is kept so. */
  homes: Pick<HomeKeeper, 'shown' | 'owed'>;
  clock: Clock;
  log: Log;
  /** True the first time this id of a delivery is seen; Slack can deliver one action several times. */
  firstSeen: (deliveryId: string) => Promise<boolean>;
  onUserChange: (change: UserChange) => Promise<void>;
  /** A message of ours is gone; without `ts`, all that stood in the channel. */
  onLost: (place: { channel: string; ts: string | null }) => Promise<void>;
};
