import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/index.ts';

/** Nothing is retried by the clients, so that a fault shows as it is. */
const retryConfig = { retries: 0 };

/** A sandbox and a real Bolt app in Socket Mode on it; `register` adds the app's listeners. */
export async function socketApp(
  register: (app: App) => void,
  options: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; app: App; close: () => Promise<void> }> {
  const sandbox = await startSandbox(options);
  const clientOptions = { slackApiUrl: sandbox.apiUrl, retryConfig };
  const receiver = new SocketModeReceiver({
    appToken: sandbox.appToken,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions },
  });
  const app = new App({ token: sandbox.botToken, receiver, clientOptions, logLevel: LogLevel.ERROR });
  register(app);
  await app.start();
  return {
    sandbox,
    app,
    async close() {
      await app.stop();
      await sandbox.close();
    },
  };
}

/** The same over signed HTTP. */
export async function httpApp(
  register: (app: App) => void,
  options: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; app: App; close: () => Promise<void> }> {
  const sandbox = await startSandbox(options);
  const { signingSecret } = sandbox;
  const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR });
  const clientOptions = { slackApiUrl: sandbox.apiUrl, retryConfig };
  const app = new App({ token: sandbox.botToken, receiver, clientOptions, logLevel: LogLevel.ERROR });
  register(app);
  const server = await app.start({ port: 0, host: '127.0.0.1' });
  const address = 'address' in server ? server.address() : null;
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  sandbox.control.useHttp({ requestUrl: `http://127.0.0.1:${port}/slack/events`, signingSecret });
  return {
    sandbox,
    app,
    async close() {
      await app.stop();
      await sandbox.close();
    },
  };
}
