import { expect, test } from 'vitest';
import { createLogger } from '../../src/log.ts';

function logged(facts: Record<string, unknown>): string {
  const lines: string[] = [];
  const log = createLogger({ level: 'info', stream: { write: (line) => lines.push(line) } });
  log.error(facts, 'something failed');
  return lines.join('');
}

test('of an error only the allowed fields are written', () => {
  const error = Object.assign(new Error('Request failed with status code 401'), {
    code: 'ERR_BAD_REQUEST',
    status: 401,
    config: { headers: { Authorization: 'Bearer canary-1' }, url: 'https://hooks.example/canary-2' },
    request: { path: '/canary-3' },
    response: { data: 'canary-4' },
  });
  const line = logged({ err: error });
  expect(line).not.toContain('canary');
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    msg: 'something failed',
    err: {
      name: 'Error',
      message: 'Request failed with status code 401',
      code: 'ERR_BAD_REQUEST',
      status: 401,
    },
  });
});

test('a secret in a message, a cause or a stack is taken out', () => {
  const cause = new TypeError('token xoxb-1234-canary refused', { cause: new Error('deeper xapp-canary') });
  const line = logged({ err: new Error('Bearer canary-token and whsec_canary', { cause }) });
  expect(line).not.toContain('canary');
  expect(JSON.parse(line)).toMatchObject({ err: { cause: { name: 'TypeError' } } });
});

test('requests, responses, headers and configurations are never written', () => {
  const canary = { authorization: 'canary' };
  const facts = {
    req: canary,
    res: canary,
    request: canary,
    response: canary,
    headers: canary,
    config: canary,
  };
  expect(logged(facts)).not.toContain('canary');
});

test('what is thrown without being an error is cut and cleaned', () => {
  expect(logged({ err: `whsec_canary ${'x'.repeat(10_000)}` }).length).toBeLessThan(600);
});

test('a newline in a message cannot forge a second line', () => {
  const line = logged({ err: new Error('a\n{"level":"info","msg":"forged"}') });
  expect(line.trimEnd().split('\n')).toHaveLength(1);
});
