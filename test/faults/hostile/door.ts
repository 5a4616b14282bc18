import { Agent, request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

/** One request as a stranger makes it, and what it is. */
export type Knock = {
  why: string;
  path: string;
  method?: string;
  /** Header values may be lists: the same header several times. */
  headers: OutgoingHttpHeaders;
  body: Buffer | string;
};

export type Answered = { status: number; type: string; text: string };

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** Sends it without `fetch`, which would mend headers. Status 0: the connection was cut without an answer. */
export function knock(base: string, { path, method = 'POST', headers, body }: Knock): Promise<Answered> {
  return new Promise((resolve) => {
    const cut = () => resolve({ status: 0, type: '', text: '' });
    const url = new URL(base);
    const sent = httpRequest(
      {
        agent,
        host: url.hostname,
        port: url.port,
        path,
        method,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', cut);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            type: response.headers['content-type'] ?? '',
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('error', cut);
    sent.end(body);
  });
}

/** Bytes that are hardly HTTP, and all that came back until the connection ended. */
export function utter(base: string, bytes: string): Promise<string> {
  const url = new URL(base);
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    let heard = '';
    const end = () => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(2_000, end);
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      if (/\r\n\r\n/.test(heard)) end();
    });
    socket.on('error', end);
    socket.on('close', end);
    socket.end(bytes, 'latin1');
  });
}

/** Runs `work` over all of `items`, a few at a time. */
export async function inTurns<T>(
  items: readonly T[],
  width: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next;
      next += 1;
      const item = items[index];
      if (item !== undefined) await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Whether it says, in a problem or in plain words, what is wrong. */
export function isSentence({ type, text }: Answered): boolean {
  let said = text;
  if (type.includes('json')) {
    const parsed = JSON.parse(text) as { detail?: string } | null;
    said = parsed?.detail ?? '';
  }
  return /^\S+(?: \S+)+/.test(said) && /[.!?:”"]$/.test(said.trimEnd());
}
