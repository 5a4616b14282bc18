import { expect, test } from 'vitest';
import { readEnvironment } from '../../../src/config.ts';

test('an empty environment gives the defaults', () => {
  expect(readEnvironment({ MESHLINE_DB: ' ' })).toEqual({
    ok: true,
    environment: {
      SLACK_API_URL: 'https://slack.com/api/',
      MESHLINE_CONFIG: './meshline.yml',
      MESHLINE_DB: './data/meshline.db',
      MESHLINE_HOST: '127.0.0.1',
      MESHLINE_PORT: 3300,
      MESHLINE_LOG_LEVEL: 'info',
    },
  });
});

test('every faulty variable is named, and no value is repeated', () => {
  const read = readEnvironment({
    SLACK_BOT_TOKEN: 'swordfish',
    SLACK_APP_TOKEN: 'xoxb-swordfish',
    SLACK_API_URL: 'slack',
    MESHLINE_PORT: '70000',
    MESHLINE_LOG_LEVEL: 'loud',
  });
  if (read.ok) throw new Error('It should have been refused.');
  expect(read.faults.map((fault) => fault.variable)).toEqual([
    'SLACK_BOT_TOKEN',
    'SLACK_APP_TOKEN',
    'SLACK_API_URL',
    'MESHLINE_PORT',
    'MESHLINE_LOG_LEVEL',
  ]);
  expect(JSON.stringify(read.faults)).not.toMatch(/swordfish|70000|loud/);
});

test('a variable of somebody else is never looked at', () => {
  expect(readEnvironment({ HOME: '/', MESHLINE_PORT: '0' })).toMatchObject({
    ok: true,
    environment: { MESHLINE_PORT: 0 },
  });
});
