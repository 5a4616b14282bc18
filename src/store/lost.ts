import { PRIORITY } from '../exports/effects.ts';
import { TERMINAL } from '../exports/words.ts';
import type { Campaigns } from './campaigns.ts';
import type { Connection, Tx } from './connection.ts';
import { digestKey } from './digests.ts';
import type { Deferred, PostedMessage, Standing } from './port.ts';
import type { Tables } from './updates.ts';

export type Lost = {
  /** Forgets what stood there, and shows again what is still of use; gives how much that is. */
  lose(tx: Tx, place: Standing, now: number): number;
  /** Cards, of exports that wait for people, by where they stand; the newest exports first. */
  standing(limit: number): Standing[];
};

/** Messages of ours that Slack shows no more: deleted, or in a channel that the app is not in or that is no more. */
export function lostOver(
  connection: Connection,
  { outbox, rows, digests }: Tables,
  campaigns: Pick<Campaigns, 'load'>,
): Lost {
  const found = connection.all<PostedMessage>(
    `SELECT post_id, export_id, channel, ts, body_hash FROM messages
     WHERE channel = ? AND ts BETWEEN ? AND ?
       AND (post_id LIKE 'card:%' OR post_id LIKE 'digest:%' OR post_id LIKE 'campaign:card:%')`,
  );
  const forget = connection.write('DELETE FROM messages WHERE post_id = ?');
  const standing = connection.all<{ channel: string; ts: string }>(
    `SELECT m.channel, m.ts FROM exports e
     JOIN messages m ON m.post_id BETWEEN 'card:' || e.id || ':' AND 'card:' || e.id || ';'
     WHERE e.status IN ('pending', 'quarantined', 'paused', 'failed') ORDER BY e.id DESC LIMIT ?`,
  );

  /** What shows it anew; null for what nobody needs any more. */
  function shownAgain({ post_id: key, export_id }: PostedMessage, deleted: boolean): Deferred | null {
    const again = { key, priority: PRIORITY.approval };
    if (key.startsWith('campaign:card:')) {
      const campaign = campaigns.load(key.slice('campaign:card:'.length));
      if (!campaign || campaign.status === 'ended') return null;
      return { kind: 'campaign_card', ...again, campaign: campaign.id, channel: campaign.channel };
    }
    if (key.startsWith(digestKey(''))) {
      const channel = key.slice(digestKey('').length);
      return digests.counts(channel).length === 0 ? null : { kind: 'digest', ...again, channel };
    }
    const state = rows.load(export_id);
    if (!state || TERMINAL.has(state.status)) return null;
    const channel = key.slice(`card:${export_id}:`.length);
    return { kind: 'card', ...again, channel, ...(deleted ? { again: true } : {}) };
  }

  return {
    lose(tx, { channel, ts }, now) {
      const [from, until] = ts === null ? ['', '9'.repeat(20)] : [ts, ts];
      let shown = 0;
      for (const message of found(channel, from, until)) {
        const effect = shownAgain(message, ts !== null);
        forget(tx, message.post_id);
        if (!effect) continue;
        outbox.put(tx, message.export_id, effect, now);
        shown += 1;
      }
      return shown;
    },
    standing: (limit) => standing(limit),
  };
}
