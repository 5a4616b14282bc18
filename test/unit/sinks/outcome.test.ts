import { describe, expect, it } from 'vitest';
import { EXCEPTIONS } from '../../../src/exports/exceptions.ts';
import type { HttpResult } from '../../../src/sinks/http-client.ts';
import { classify, oneLine, retryAfterMs } from '../../../src/sinks/outcome.ts';
import { T0 } from '../../support/manual-clock.ts';

const reading = { now: T0, redact: (text: string) => text.replaceAll('s3cret', '[secret]') };

function answer(status: number, body: unknown = '', headers: Record<string, string> = {}): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'answer', status, headers, body: text, complete: true };
}

describe('what an answer means', () => {
  it.each([
    ['an empty success', answer(204), { kind: 'delivered', reference: null }],
    ['a reference', answer(200, { reference: 'R-1', id: 'x' }), { kind: 'delivered', reference: 'R-1' }],
    ['a numeric id', answer(201, { id: 42 }), { kind: 'delivered', reference: '42' }],
    ['JSON that is no object', answer(200, 'null'), { kind: 'delivered', reference: null }],
    ['a page', answer(200, '<html>Log in</html>'), { kind: 'unknown' }],
    ['half a document', answer(200, '{"reference": "R'), { kind: 'unknown' }],
    ['408', answer(408), { kind: 'retry', after_ms: null }],
    ['425', answer(425), { kind: 'retry' }],
    ['429', answer(429, '', { 'retry-after': '7' }), { kind: 'retry', after_ms: 7_000 }],
    ['500', answer(500, '<html>'), { kind: 'retry' }],
    ['502', answer(502), { kind: 'retry' }],
    ['503', answer(503, '', { 'retry-after': '120' }), { kind: 'retry', after_ms: 120_000 }],
    ['504', answer(504), { kind: 'retry' }],
    ['a proxy in front of nothing', answer(522), { kind: 'retry' }],
    ['501', answer(501), { kind: 'failed', exception_code: 'sink_rejected' }],
    ['400', answer(400, 'no'), { kind: 'failed', exception_code: 'sink_rejected' }],
    ['401', answer(401), { kind: 'failed', exception_code: 'sink_unauthorized' }],
    ['403', answer(403), { kind: 'failed', exception_code: 'sink_unauthorized' }],
    ['404', answer(404), { kind: 'failed', exception_code: 'sink_rejected' }],
    ['410', answer(410), { kind: 'failed', exception_code: 'sink_gone' }],
    ['413', answer(413), { kind: 'failed', exception_code: 'payload_too_large' }],
    [
      'a code of the sink',
      answer(422, {
        exception_code: 'insufficient_inventory',
        message: '3 left',
        exception_metadata: { left: 3 },
      }),
      {
        kind: 'failed',
        exception_code: 'insufficient_inventory',
        message: '3 left',
        metadata: { left: 3, http_status: 422 },
      },
    ],
    [
      'an exception inside a success',
      answer(200, { exception_code: 'carrier_mismatch' }),
      { kind: 'failed', exception_code: 'carrier_mismatch' },
    ],
    [
      'a code that is none',
      answer(409, { exception_code: 'DROP TABLE', detail: 'Taken.' }),
      { kind: 'failed', exception_code: 'sink_rejected', message: 'Taken.' },
    ],
    [
      'a redirect',
      answer(307, '', { location: 'https://elsewhere.example/a?token=s3cret' }),
      {
        kind: 'failed',
        exception_code: 'sink_rejected',
        message: 'The sink redirected to elsewhere.example; redirects are not followed.',
      },
    ],
    [
      'a refused address',
      { kind: 'barred', cause: 'No.' },
      { kind: 'failed', exception_code: 'egress_blocked' },
    ],
    ['never sent', { kind: 'unsent', cause: 'No.' }, { kind: 'retry', after_ms: null }],
    ['sent and lost', { kind: 'lost', cause: 'No.' }, { kind: 'unknown', cause: 'No.' }],
  ] satisfies [string, HttpResult, object][])('reads %s', (_, result, expected) => {
    expect(classify(result, reading)).toMatchObject(expected);
  });

  it('names only codes that the catalogue has an owner and a remedy for', () => {
    const statuses = Array.from({ length: 300 }, (_, n) => answer(300 + n));
    for (const result of [...statuses, { kind: 'barred', cause: 'No.' } as const]) {
      const outcome = classify(result, reading);
      expect(outcome.kind === 'failed' ? EXCEPTIONS : { other: {} }).toHaveProperty(
        outcome.kind === 'failed' ? outcome.exception_code : 'other',
      );
    }
  });

  it('leaves a success that broke off to be reconciled, but a refusal that broke off is a refusal', () => {
    const broken = { kind: 'answer', headers: {}, body: '', complete: false } as const;
    expect(classify({ ...broken, status: 200 }, reading)).toMatchObject({ kind: 'unknown' });
    expect(classify({ ...broken, status: 400 }, reading)).toMatchObject({ kind: 'failed' });
    expect(classify({ ...broken, status: 503 }, reading)).toMatchObject({ kind: 'retry' });
  });

  it('cuts long words and takes control characters and secrets out', () => {
    const said = classify(answer(400, { message: `a\u0000\r\nb\u202Es3cret${'x'.repeat(900)}` }), reading);
    expect(said).toMatchObject({ message: expect.stringMatching(/^a b \[secret\]x+…$/u) });
    expect(said.kind === 'failed' && said.message.length).toBe(500);
    const told = classify(answer(400, { exception_metadata: { 's3cret-key': ['s3cret'] } }), reading);
    expect(JSON.stringify(told)).not.toContain('s3cret');
    const pollution = classify(answer(400, '{"exception_metadata":{"__proto__":{"polluted":1}}}'), reading);
    expect(pollution.kind).toBe('failed');
    expect('polluted' in {}).toBe(false);
  });

  it('drops metadata that is too much', () => {
    const told = classify(answer(400, { exception_metadata: { a: 'x'.repeat(9_000) } }), reading);
    expect(told).toMatchObject({ metadata: { http_status: 400 } });
    expect(JSON.stringify(told).length).toBeLessThan(300);
  });

  it('never splits a character in two', () => {
    expect(oneLine('😀'.repeat(10), 6).isWellFormed()).toBe(true);
  });
});

describe('Retry-After', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    ['86400', 3_600_000],
    ['999999999999', 3_600_000],
    ['Tue, 24 Nov 2026 09:00:30 GMT', 30_000],
    ['Tue, 24 Nov 2026 08:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
    ['-5', null],
    ['soon', null],
    ['1.5', null],
    ['2026-11-24', null],
    ['Tue, 99 Nov 2026 99:00:00 GMT', null],
    ['', null],
  ])('reads %j as %j ms', (value, expected) => {
    expect(retryAfterMs({ 'retry-after': value }, T0)).toBe(expected);
  });

  it('says nothing when it is absent or given twice', () => {
    expect(retryAfterMs({}, T0)).toBeNull();
    expect(retryAfterMs({ 'retry-after': ['1', '2'] }, T0)).toBeNull();
  });
});
