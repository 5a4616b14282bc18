import { z } from 'zod';

/** Environment variables by name, as `process.env` gives them. */
export type Variables = Readonly<Record<string, string | undefined>>;

const token = (prefix: string, where: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}-`), `It should begin with "${prefix}-". Copy it from ${where}.`)
    .optional();

const Port = z
  .string()
  .regex(/^\d{1,5}$/, 'It should be a port number from 0 to 65535.')
  .transform(Number)
  .refine((port) => port <= 65_535, 'It should be a port number from 0 to 65535.');

const Address = z
  .string()
  .refine((text) => URL.canParse(text), 'It should be a whole address such as https://slack.com/api/.');

/** Secrets and addresses; everything else is in meshline.yml (INTERFACES: "Environment"). */
export const Environment = z.object({
  SLACK_BOT_TOKEN: token('xoxb', '"OAuth & Permissions" of the Slack app'),
  SLACK_APP_TOKEN: token('xapp', '"Basic Information", "App-Level Tokens" of the Slack app'),
  SLACK_SIGNING_SECRET: z.string().optional(),
  SLACK_API_URL: Address.default('https://slack.com/api/'),
  MESHLINE_CONFIG: z.string().default('./meshline.yml'),
  MESHLINE_DB: z.string().default('./data/meshline.db'),
  MESHLINE_HOST: z.string().default('127.0.0.1'),
  MESHLINE_PORT: Port.prefault('3300'),
  MESHLINE_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type Environment = z.infer<typeof Environment>;

export type EnvironmentFault = { variable: string; message: string };

/**
 * Reads what Meshline itself needs. A variable that is set to nothing counts as absent. Values never
 * appear in a fault: most of them are secrets.
 */
export function readEnvironment(
  variables: Variables,
): { ok: true; environment: Environment } | { ok: false; faults: readonly EnvironmentFault[] } {
  const present = Object.fromEntries(
    Object.keys(Environment.shape).flatMap((name) => {
      const value = variables[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
  const parsed = Environment.safeParse(present);
  if (parsed.success) return { ok: true, environment: parsed.data };
  return {
    ok: false,
    faults: parsed.error.issues.map((issue) => ({
      variable: String(issue.path[0]),
      message: issue.message,
    })),
  };
}
