import { describe, expect, it } from 'vitest';
import { boltLogger, errorFacts } from '../../../src/bot/slack-log.ts';
import { quietLog } from './quiet-log.ts';

const TOKEN = 'xoxb-1234-SECRET';

describe('what is logged of Slack', () => {
  it('keeps tokens and one-time addresses out of what the library says', () => {
    const log = quietLog();
    const bolt = boltLogger(log);
    bolt.debug(`payload with ${TOKEN}`);
    bolt.info(`payload with ${TOKEN}`);
    bolt.warn(`failed with ${TOKEN}`, new Error(`bearer ${TOKEN}`));
    bolt.error('lost wss://wss.slack.com/link/?ticket=SECRET', 'https://hooks.slack.com/actions/T/SECRET');
    expect(log.lines.map((line) => line.level)).toEqual(['warn', 'error']);
    expect(JSON.stringify(log.lines)).not.toContain('SECRET');
  });

  it('says what kind of error it was and where, never its message or its request', () => {
    const error = Object.assign(new Error(`An API error with ${TOKEN}`), {
      code: 'slack_webapi_platform_error',
      data: { error: 'invalid_auth', token: TOKEN },
      config: { headers: { Authorization: `Bearer ${TOKEN}` } },
    });
    const facts = errorFacts(error);
    expect(facts).toMatchObject({
      error: 'Error',
      code: 'slack_webapi_platform_error',
      slack_error: 'invalid_auth',
      at: expect.stringContaining('slack-log.test.ts'),
    });
    expect(JSON.stringify(facts)).not.toContain('SECRET');
    expect(errorFacts('a string')).toEqual({ error: 'string' });
    expect(errorFacts(null)).toEqual({ error: 'object' });
  });
});
