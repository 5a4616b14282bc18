import { createServer } from 'node:http';
import type { Export } from './sender.ts';

export type SampleSource = {
  /** Remembers what was sent, to answer when Meshline asks for it again. */
  remember(raw: Export): void;
  close(): Promise<void>;
};

/** The same values as of now: what a product system says when it is asked again. */
function renewed(raw: Export): Export {
  const now = new Date().toISOString();
  const refresh = Object.fromEntries(
    Object.entries((raw['refresh'] ?? {}) as Record<string, Export>).map(([group, each]) => [
      group,
      { ...each, as_of: now },
    ]),
  );
  return {
    ...raw,
    refresh,
    occurred_at: now,
    idempotency_key: `${JSON.stringify(raw['idempotency_key'])}@${now}`,
  };
}

/** A product system that answers `refetch` with fresh ages, on 127.0.0.1. */
export async function startSampleSource(port: number): Promise<SampleSource> {
  const sent = new Map<string, Export>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { reference?: string };
      const raw = sent.get(asked.reference ?? '');
      response.writeHead(raw ? 200 : 204, { 'content-type': 'application/json' });
      response.end(raw ? JSON.stringify(renewed(raw)) : undefined);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    remember(raw) {
      const { reference } = raw['source'] as { reference: string };
      sent.set(reference, raw);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
