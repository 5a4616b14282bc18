import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { SECRETS } from '../../support/config.ts';
import type { Parcel } from './exports.ts';

const PATIENCE_MS = 5_000;

/** Posts one export, rightly signed, with a delivery id of its own. Rejects when there is no answer. */
export async function post(url: string, { source, raw }: Parcel): Promise<{ status: number; id: string }> {
  const body = JSON.stringify(raw);
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  const response = await fetch(`${url}/v1/exports`, {
    method: 'POST',
    body,
    signal: AbortSignal.timeout(PATIENCE_MS),
    headers: {
      'content-type': 'application/json',
      'meshline-source': source,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRETS['PIM_SECRET'] ?? '').sign(id, at, body),
    },
  });
  const answer = (await response.json()) as { export_id?: string };
  return { status: response.status, id: answer.export_id ?? '' };
}

export type Sent = {
  /** The ids of the acknowledged exports. */
  acknowledged: string[];
  /** Posts in all, those without an answer included. */
  posts: number;
};

/** Systems that send until they are told that it arrived; `width` at once, each waiting `everyMs` in between. */
export async function sendAll(
  url: string,
  parcels: readonly (() => Parcel)[],
  width: number,
  everyMs: number,
): Promise<Sent> {
  const sent: Sent = { acknowledged: [], posts: 0 };
  const left = [...parcels];
  const sender = async () => {
    for (let make = left.shift(); make; make = left.shift()) {
      const parcel = make();
      for (;;) {
        sent.posts += 1;
        const answer = await post(url, parcel).catch(() => null);
        if (answer?.status === 202 || answer?.status === 200) {
          sent.acknowledged.push(answer.id);
          break;
        }
        if (answer && answer.status < 500 && answer.status !== 429)
          throw new Error(`An export was refused with ${answer.status}.`);
        await pause(50);
      }
      await pause(everyMs);
    }
  };
  await Promise.all(Array.from({ length: width }, sender));
  return sent;
}
