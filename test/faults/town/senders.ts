import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { SECRETS } from '../../support/config.ts';
import type { Parcel } from './exports.ts';

const PATIENCE_MS = 5_000;
const AGAIN_MS = 150;

/** Posts one export, rightly signed, with a delivery id of its own. Rejects when there is no answer. */
export async function post(
  url: string,
  { source, raw }: Parcel,
  signal: AbortSignal = AbortSignal.timeout(PATIENCE_MS),
): Promise<{ status: number; id: string }> {
  const body = JSON.stringify(raw);
  const id = `msg_${randomUUID()}`;
  const at = new Date();
  const response = await fetch(`${url}/v1/exports`, {
    method: 'POST',
    body,
    signal,
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

export type Sending = {
  /** The ids of the acknowledged exports so far. */
  acknowledged: string[];
  /** What was refused for good, which no export here should be. */
  refused: string[];
  /** Posts in all, those without an answer included. */
  posts(): number;
  /** Posts that wait for their answer at this moment. */
  inFlight(): number;
  /** `performance.now()` of the last acknowledgement. */
  lastAt(): number;
  /** Resolves once `atMost` are acknowledged. */
  all(): Promise<void>;
  /** Begins no further export, and resolves once each that was begun is acknowledged. */
  enough(): Promise<void>;
  /** Lets everything drop, whatever is there. Never rejects. */
  abandon(): Promise<void>;
};

export type Pace = {
  width: number;
  everyMs: number;
  /** How many exports in all; without end unless told. */
  atMost?: number;
  /** How long a post may wait for its answer. */
  patienceMs?: number;
};

/**
 * Systems that send export after export, each until it is told that it arrived: `width` at once, each
 * waiting `everyMs` in between, for ever or `atMost` in all. `url` is asked before each try.
 */
export function sendSteadily(
  url: () => string,
  make: (n: number) => Parcel,
  { width, everyMs, atMost = Number.POSITIVE_INFINITY, patienceMs = PATIENCE_MS }: Pace,
): Sending {
  const acknowledged: string[] = [];
  const refused: string[] = [];
  const over = new AbortController();
  let going = true;
  let begun = 0;
  let posts = 0;
  let inFlight = 0;
  let lastAt = 0;

  const deliver = async (parcel: Parcel): Promise<void> => {
    while (!over.signal.aborted) {
      posts += 1;
      inFlight += 1;
      const patience = AbortSignal.any([over.signal, AbortSignal.timeout(patienceMs)]);
      const answer = await post(url(), parcel, patience).catch(() => null);
      inFlight -= 1;
      if (answer?.status === 202 || answer?.status === 200) {
        lastAt = performance.now();
        acknowledged.push(answer.id);
        return;
      }
      if (answer && answer.status < 500 && answer.status !== 429) {
        refused.push(`${answer.status} for ${JSON.stringify(parcel.raw['idempotency_key'])}`);
        return;
      }
      await pause(AGAIN_MS);
    }
  };
  const sender = async () => {
    while (going && begun < atMost) {
      begun += 1;
      await deliver(make(begun - 1));
      if (going && begun < atMost) await pause(everyMs);
    }
  };
  const sending = Promise.all(Array.from({ length: width }, sender));
  // Whoever waits for it is told; nobody may be waiting when the test has failed meanwhile.
  sending.catch(() => undefined);

  return {
    acknowledged,
    refused,
    posts: () => posts,
    inFlight: () => inFlight,
    lastAt: () => lastAt,
    async all() {
      await sending;
    },
    async enough() {
      going = false;
      await sending;
    },
    async abandon() {
      going = false;
      over.abort();
      await sending.catch(() => undefined);
    },
  };
}
