/** `npm start`: a workspace when there are credentials for one, the sandbox demo otherwise. */
if (process.env['SLACK_BOT_TOKEN']) {
  await import('./src/main.ts');
} else {
  process.stdout.write('SLACK_BOT_TOKEN is not set, so this is the demo: a sandbox Slack on this machine.\n');
  await import('./sandbox/demo/main.ts');
}
