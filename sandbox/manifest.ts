import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';

const Shortcut = z.object({
  name: z.string(),
  type: z.enum(['global', 'message']),
  callback_id: z.string(),
});

const ManifestFile = z.object({
  display_information: z.object({ name: z.string() }),
  features: z
    .object({
      bot_user: z.object({ display_name: z.string() }).optional(),
      app_home: z.object({ home_tab_enabled: z.boolean().default(false) }).optional(),
      shortcuts: z.array(Shortcut).default([]),
      slash_commands: z
        .array(
          z.object({
            command: z.string(),
            description: z.string().default(''),
            usage_hint: z.string().default(''),
          }),
        )
        .default([]),
    })
    .prefault({}),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()).default([]) }) }).optional(),
  settings: z
    .object({
      event_subscriptions: z.object({ bot_events: z.array(z.string()).default([]) }).optional(),
    })
    .prefault({}),
  functions: z.record(z.string(), z.looseObject({ title: z.string().default('') })).default({}),
});

/** What an app's manifest tells Slack; null lists mean "no manifest was given, so nothing is held back". */
export type Manifest = {
  name: string;
  commands: { command: string; description: string; usage_hint: string }[] | null;
  shortcuts: { callback_id: string; name: string; type: 'global' | 'message' }[];
  scopes: Set<string> | null;
  events: Set<string> | null;
  homeTab: boolean;
  functions: Record<string, Record<string, unknown>>;
};

export const noManifest: Manifest = {
  name: 'App',
  commands: null,
  shortcuts: [],
  scopes: null,
  events: null,
  homeTab: true,
  functions: {},
};

/** @throws when the file is missing or is no manifest. */
export async function readManifest(path: string): Promise<Manifest> {
  const file = ManifestFile.parse(parse(await readFile(path, 'utf8')));
  return {
    name: file.features.bot_user?.display_name ?? file.display_information.name,
    commands: file.features.slash_commands,
    shortcuts: file.features.shortcuts,
    scopes: new Set(file.oauth_config?.scopes.bot ?? []),
    events: new Set(file.settings.event_subscriptions?.bot_events ?? []),
    homeTab: file.features.app_home?.home_tab_enabled ?? false,
    functions: file.functions,
  };
}
