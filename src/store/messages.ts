import type { Connection, Tx } from './connection.ts';
import type { PostedMessage } from './port.ts';

export type Messages = {
  find(postId: string): PostedMessage | null;
  at(channel: string, ts: string): PostedMessage | null;
  save(tx: Tx, message: PostedMessage): void;
  forget(tx: Tx, postId: string): void;
};

/** Where messages of ours stand in Slack. */
export function messagesOver(connection: Connection): Messages {
  const find = connection.one<PostedMessage>(
    'SELECT post_id, export_id, channel, ts, body_hash FROM messages WHERE post_id = ?',
  );
  const at = connection.one<PostedMessage>(
    'SELECT post_id, export_id, channel, ts, body_hash FROM messages WHERE channel = ? AND ts = ?',
  );
  const save = connection.write(`INSERT INTO messages (post_id, export_id, channel, ts, body_hash)
  VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (post_id) DO UPDATE SET
    export_id = excluded.export_id, channel = excluded.channel, ts = excluded.ts, body_hash = excluded.body_hash`);
  const forget = connection.write('DELETE FROM messages WHERE post_id = ?');
  return {
    find: (postId) => find(postId) ?? null,
    at: (channel, ts) => at(channel, ts) ?? null,
    save(tx, { post_id, export_id, channel, ts, body_hash }) {
      save(tx, post_id, export_id, channel, ts, body_hash);
    },
    forget(tx, postId) {
      forget(tx, postId);
    },
  };
}
