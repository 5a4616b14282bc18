import { existsSync } from 'node:fs';
import { startSandbox } from './index.ts';

const port = Number(process.env.SANDBOX_PORT ?? 3400);
const manifest = existsSync('manifest.yml') ? { manifest: 'manifest.yml' } : {};

const sandbox = await startSandbox({ port, rateLimits: true, ...manifest });
process.stdout.write(
  [
    `A small Slack for demos and tests: ${sandbox.url}`,
    'It listens on this machine only and forgets everything when it stops.',
    '',
    'Point any Slack app at it:',
    `  SLACK_API_URL=${sandbox.apiUrl}`,
    `  SLACK_BOT_TOKEN=${sandbox.botToken}`,
    `  SLACK_APP_TOKEN=${sandbox.appToken}`,
    `  SLACK_SIGNING_SECRET=${sandbox.signingSecret}`,
    '',
  ].join('\n'),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}
