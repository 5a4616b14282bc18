import type { WebClient } from '@slack/web-api';
import { createChannels } from '../bot/channels.ts';
import { createClients } from '../bot/clients.ts';
import { answer } from '../bot/slack-answer.ts';
import { systemClock } from '../clock.ts';
import type { Directory, Person } from '../exports/ownership.ts';
import { createLogger } from '../log.ts';
import { type Finding, fail, ok, warn } from './findings.ts';

/** What Slack itself says: the token works, the bot is in every channel, everybody can be found. Reads only. */
export async function checkWorkspace(
  token: string,
  apiUrl: string | undefined,
  directory: Directory,
): Promise<Finding[]> {
  const log = createLogger({ level: 'silent' });
  const client = createClients({ token, slack_api_url: apiUrl, log }).interactive;
  const known = await answer(() => client.auth.test());
  if (known.kind === 'refused') {
    return [fail(`Slack: the bot token is refused (${known.code}). Copy it again from the app's settings.`)];
  }
  if (known.kind !== 'ok') {
    return [warn('Slack: it cannot be asked from here now. Check the network, and run this again.')];
  }
  return [
    ok(
      `Slack: the token is that of ${known.value.user ?? 'the bot'} in ${known.value.team ?? 'a workspace'}.`,
    ),
    ...(await checkChannels(client, directory)),
    ...(await checkPeople(client, directory)),
  ];
}

async function checkChannels(client: WebClient, directory: Directory): Promise<Finding[]> {
  const channels = createChannels(client, systemClock, { warn: () => undefined });
  const named = new Set([...directory.roles.values()].map((entry) => entry.channel));
  const findings: Finding[] = [];
  for (const channel of named.add(directory.on_call.channel)) {
    const id = await channels.idOf(channel);
    const found = id.kind === 'ok' ? id.value : null;
    if (id.kind !== 'ok') {
      findings.push(warn(`Channel ${channel}: Slack cannot be asked now. Run this again in a minute.`));
    } else if (found === null) {
      findings.push(
        fail(`Channel ${channel}: the app sees no such channel. Make it, or invite the app with /invite.`),
      );
    } else findings.push(await checkMember(client, channel, found));
  }
  return findings;
}

async function checkMember(client: WebClient, name: string, channel: string): Promise<Finding> {
  const info = await answer(() => client.conversations.info({ channel }));
  if (info.kind === 'refused') {
    return fail(`Channel ${name}: Slack refuses to show it (${info.code}). Invite the app with /invite.`);
  }
  if (info.kind !== 'ok') {
    return warn(`Channel ${name}: Slack cannot be asked now. Run this again in a minute.`);
  }
  return info.value.channel?.is_member === true
    ? ok(`Channel ${name}: the app is in it.`)
    : fail(`Channel ${name}: the app is not in it, so no card can appear. Type /invite @Meshline there.`);
}

/** Who is linked is not asked about again: an address may have changed hands since. */
async function checkPeople(client: WebClient, directory: Directory): Promise<Finding[]> {
  const active = [...directory.people.values()].filter((person) => person.active);
  const unlinked = active.filter((person) => person.slack === null);
  const lost: Person[] = [];
  const unasked: Person[] = [];
  for (const person of unlinked) {
    const found = await answer(() => client.users.lookupByEmail({ email: person.email }));
    if (found.kind === 'refused') lost.push(person);
    else if (found.kind !== 'ok') unasked.push(person);
  }
  const names = (people: readonly Person[]) => people.map((person) => person.name).join(', ');
  return [
    ...(lost.length === 0
      ? [ok(`People: Slack knows all ${active.length - unasked.length} who were looked for.`)]
      : [
          warn(
            `People: Slack knows no account with the address of ${names(lost)}. Correct email in meshline.yml, or set slack.`,
          ),
        ]),
    ...(unasked.length > 0
      ? [warn(`People: Slack could not be asked about ${names(unasked)}. Run this again in a minute.`)]
      : []),
  ];
}
