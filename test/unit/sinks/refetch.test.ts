import { Webhook } from 'standardwebhooks';
import { expect, it, onTestFinished } from 'vitest';
import type { Json } from '../../../src/exports/envelope.ts';
import { createRefetcher } from '../../../src/sinks/refetch.ts';
import { countingIds, ManualClock } from '../../support/manual-clock.ts';
import { farSide, json, SECRET } from './far-side.ts';

const request = { export_id: 'e-1', export_type: 'price_change', reference: 'R-9', groups: ['price'] };

function open(url: string, onAnswer?: (source: string, raw: { [key: string]: Json }) => Promise<void>) {
  const taken: { source: string; raw: { [key: string]: Json } }[] = [];
  const refetcher = createRefetcher({
    targets: [{ name: 'pim', url, secrets: [SECRET], allow_private: true }],
    clock: new ManualClock(Date.now()),
    ids: countingIds(),
    version: '0.0.0',
    onAnswer:
      onAnswer ??
      ((source, raw) => {
        taken.push({ source, raw });
        return Promise.resolve();
      }),
  });
  onTestFinished(() => refetcher.close());
  return { refetcher, taken };
}

it('asks the source by a signed call and hands its export to intake', async () => {
  const fresh = { export_type: 'price_change', intent: 'publish_live' };
  const far = await farSide(json(200, fresh));
  const { refetcher, taken } = open(far.url);
  expect(await refetcher.refetch('pim', request)).toMatchObject({ kind: 'delivered' });
  expect(taken).toEqual([{ source: 'pim', raw: fresh }]);
  expect(JSON.parse(far.seen[0]?.body ?? '')).toEqual({ operation: 'refetch', ...request });
  expect(() =>
    new Webhook(SECRET).verify(far.seen[0]?.body ?? '', far.seen[0]?.headers as Record<string, string>),
  ).not.toThrow();
});

it('is content when the source will send it later', async () => {
  const far = await farSide(json(202, { ok: true }));
  const { refetcher, taken } = open(far.url);
  expect(await refetcher.refetch('pim', request)).toMatchObject({ kind: 'delivered' });
  expect(taken).toEqual([]);
});

it('tries again when intake cannot take the answer, or the source is down', async () => {
  const far = await farSide(json(200, { export_type: 'price_change' }));
  const { refetcher } = open(far.url, () => Promise.reject(new Error(`disk full ${SECRET}`)));
  const outcome = await refetcher.refetch('pim', request);
  expect(outcome).toEqual({
    kind: 'retry',
    after_ms: null,
    cause: 'The fresh export could not be taken in.',
  });
  far.answer(json(503, {}, { 'retry-after': '30' }));
  expect(await refetcher.refetch('pim', request)).toMatchObject({ kind: 'retry', after_ms: 30_000 });
});

it('refuses sources without an address, and addresses that must not be called', async () => {
  const { refetcher } = open('http://127.0.0.1:9/');
  expect(await refetcher.refetch('erp', request)).toMatchObject({ exception_code: 'unsupported_capability' });
  expect(() => open('http://169.254.169.254/')).toThrow(/^The refetch address of the source "pim": .*\.$/u);
});
