import type { App } from '@slack/bolt';
import { createSlack } from './bot/app.ts';
import { createClients } from './bot/clients.ts';
import { createQuiet } from './bot/dnd.ts';
import { createHomeKeeper } from './bot/home-keeper.ts';
import { createLinker } from './bot/link.ts';
import { createMessenger } from './bot/messenger.ts';
import { type Clock, type Ids, sleep, systemClock, systemIds } from './clock.ts';
import type { Config, Environment } from './config.ts';
import { createCatalog } from './exports/catalog.ts';
import type { Catalog } from './exports/define.ts';
import { DAY_MS } from './exports/words.ts';
import { createCampaignDesk } from './flow/campaigns/desk.ts';
import { tickCampaigns } from './flow/campaigns/follow.ts';
import type { CampaignDesk } from './flow/campaigns/ports.ts';
import { createDesk } from './flow/desk.ts';
import { createDispatcher, DEFAULT_PACE, type DispatchPace } from './flow/dispatch.ts';
import { raiseException } from './flow/exceptions.ts';
import { health } from './flow/health.ts';
import { watchedBy } from './flow/inbox.ts';
import { receive } from './flow/intake.ts';
import { openRoster, type Roster } from './flow/roster.ts';
import type { Flow } from './flow/settings.ts';
import { createSweeper, every } from './flow/sweep.ts';
import { closeTask } from './flow/tasks.ts';
import { registerHandlers } from './handlers/index.ts';
import type { Logger } from './log.ts';
import { startSourceTicks } from './schedule/sources.ts';
import { startTicks } from './schedule/ticks.ts';
import { startUpkeep, upkeepChecks } from './schedule/upkeep.ts';
import type { SinkKind } from './sinks/define.ts';
import { createPusher } from './sinks/perform.ts';
import { createRefetcher } from './sinks/refetch.ts';
import { createSinks, SINK_KINDS } from './sinks/registry.ts';
import { nextDelay } from './sinks/retry.ts';
import type { SourceKind } from './sources/define.ts';
import { createSources } from './sources/index.ts';
import { openSources } from './sources/registry.ts';
import { openLedger } from './store/index.ts';
import { createMetrics } from './web/metrics.ts';
import { createWeb } from './web/server.ts';
import { addUpkeepMetrics } from './web/upkeep-metrics.ts';

export type MeshlineOptions = {
  config: Config;
  environment: Environment;
  log: Logger;
  version: string;
  clock?: Clock;
  ids?: Ids;
  pace?: DispatchPace;
  /** The registries, for a build that adds its own types or kinds of sink. */
  catalog?: Catalog;
  sinkKinds?: readonly SinkKind[];
  sourceKinds?: readonly SourceKind[];
};

export type Meshline = {
  /** Where the HTTP room listens. */
  url: string;
  flow: Flow;
  campaigns: CampaignDesk;
  /** The directory as it stands, and the way to change it. */
  owners: Pick<Roster, 'directory' | 'overlay' | 'change'>;
  /** Takes nothing more in, finishes what has begun, and closes; at most about ten seconds. */
  stop(): Promise<void>;
};

const STOP_MS = 8_000;
/** A backup that takes longer is begun anew after the next start. */
const UPKEEP_MS = 1_000;
/** Sinks must not wait for a Slack that is down. */
const LINK_PATIENCE_MS = 5_000;
const REPLAY_MEMORY_MS = 15 * 60_000;

/** Puts the rooms together and opens the doors, in the order in which they depend on each other. */
export async function startMeshline(options: MeshlineOptions): Promise<Meshline> {
  const { config, environment, log, version } = options;
  const token = environment.SLACK_BOT_TOKEN;
  if (token === undefined)
    throw new Error('SLACK_BOT_TOKEN is not set: see "Connecting a workspace" in the README.');
  const clock = options.clock ?? systemClock;
  const ids = options.ids ?? systemIds(clock);
  const catalog = options.catalog ?? createCatalog();
  const ledger = await openLedger({ file: environment.MESHLINE_DB, clock, ids });
  const kinds = options.sinkKinds ?? SINK_KINDS;
  const sinks = createSinks([...config.sinks.values()], { clock, ids, log, version }, kinds);
  const pusher = createPusher({ sinks, clock, log });
  const roster = await openRoster(config.directory, config.slack_users, ledger, clock);
  const sources = new Map(
    [...config.sources].map(([name, source]) => [
      name,
      { types: source.types, can_refetch: source.refetch_url !== null },
    ]),
  );
  const mapped = new Set(
    [...config.sinks.values()].filter(({ skus }) => skus === 'mapped').map(({ name }) => name),
  );
  const flow: Flow = {
    ledger,
    clock,
    ids,
    catalog,
    log,
    settings: () => ({
      directory: roster.directory(),
      policies: config.policies,
      sources,
      sinks: [...sinks.values()],
      mapped,
    }),
  };
  const refetcher = createRefetcher({
    targets: [...config.sources.values()].flatMap(({ name, refetch_url, secrets, allow_private }) =>
      refetch_url === null ? [] : [{ name, url: refetch_url, secrets, allow_private }],
    ),
    clock,
    ids,
    version,
    onAnswer: async (source, raw) => {
      await receive(flow, source, raw, ids.uuid());
    },
  });

  const apiUrl = environment.SLACK_API_URL;
  const clients = createClients({ token, slack_api_url: apiUrl, log });
  const linker = createLinker({
    client: clients.interactive,
    directory: () => roster.directory(),
    named: config.slack_users,
    remember: (person, account) => roster.link(person, account),
    noticed: (account, change) => roster.accountChanged(account, change),
    clock,
    log,
  });
  const desk = createDesk(flow, (account) => linker.personOf(account));
  const campaigns = createCampaignDesk(flow, pusher);
  const homes = createHomeKeeper({
    client: clients.posting,
    desk,
    directory: () => roster.directory(),
    watchedBy,
    since: (at) => ledger.homesSince(at),
    catalog,
    clock,
    log,
  });
  ledger.onCommitted((_rows, _exports, desks) => homes.changed(desks));
  roster.onChanged(() => homes.directoryChanged());
  const slack = createSlack({
    appToken: environment.SLACK_APP_TOKEN ?? null,
    signingSecret: environment.SLACK_SIGNING_SECRET ?? null,
    apiUrl,
    botToken: token,
    clock,
    ids,
    log,
    register: (app: App) =>
      registerHandlers(app, {
        desk,
        campaigns,
        catalog,
        homes,
        clock,
        log,
        firstSeen: async (id) =>
          (await ledger.firstSeen('slack', id, '', clock.now(), REPLAY_MEMORY_MS)) === 'new',
        onUserChange: (change) => roster.accountChanged(change, change),
        owners: roster,
      }),
  });
  const messenger = createMessenger({
    client: clients.posting,
    ledger,
    catalog,
    directory: () => roster.directory(),
    clock,
    log,
  });
  const dispatcher = createDispatcher(
    flow,
    {
      messenger,
      pusher,
      refetcher,
      nextDelay: (policy, attempt, asked) => nextDelay(policy, attempt, asked, ids.random()),
    },
    options.pace ?? DEFAULT_PACE,
  );
  const inlets = createSources({
    clock,
    log,
    catalog,
    inbound: ledger.inbound,
    sources: openSources([...config.sources.values()], { clock, version }, options.sourceKinds),
    receive: (source, raw, key) => receive(flow, source, raw, key),
  });
  const sweeper = createSweeper(flow, async () => {
    await roster.tick();
    await tickCampaigns(flow);
  });
  const upkeep = startUpkeep(config.schedules, ledger, clock, log);
  const metrics = createMetrics(
    ledger,
    () => clock.now(),
    () => dispatcher.inFlight(),
  );
  addUpkeepMetrics(metrics, upkeep.states);
  const web = await createWeb({
    clock,
    ids,
    log,
    catalog,
    reader: ledger,
    firstSeen: (...seen) => ledger.firstSeen(...seen),
    receive: ({ source, raw, fallback_key, delivery }) => receive(flow, source, raw, fallback_key, delivery),
    raiseException: ({ export_id, sink, exception_code, exception_metadata }) =>
      raiseException(flow, export_id, sink, { exception_code, exception_metadata }),
    receiveBrief: (source, id, brief) => campaigns.receive(source, id, brief),
    closeTask: (idOrKey, via) => closeTask(flow, idOrKey, { closer: null, via }),
    sources: config.sources,
    sinks: config.sinks,
    hooks: inlets.hooks,
    health: async () => {
      const { ready, checks } = await health(flow, sweeper, {
        slack: { connected: slack.connected(), last_inbound_at: slack.lastInboundAt() },
        breakers: pusher.breakerStates(),
      });
      return { ready, checks: [...checks, ...upkeepChecks(upkeep.states())] };
    },
    metrics,
    ...(slack.http ? { slack: slack.http } : {}),
  });

  const linking = new AbortController();
  await slack.start();
  const checkAccounts = () => void linker.checkAll(linking.signal);
  const linked = linker.linkAll(linking.signal);
  void linked.then(checkAccounts);
  const quiet = createQuiet({
    client: clients.interactive,
    directory: () => roster.directory(),
    heard: (until) => roster.notDisturbed(until),
    clock,
    log,
  });
  void linked.then(() => quiet.start());
  const stopChecks = every(flow, DAY_MS, checkAccounts);
  // A card that is drawn before its people are linked names them without mentioning them.
  void Promise.race([linked, sleep(clock, LINK_PATIENCE_MS)]).then(() =>
    linking.signal.aborted ? undefined : dispatcher.start(),
  );
  await homes.start();
  const stopTicks = startTicks(flow, sweeper);
  const stopInlets = startSourceTicks(flow, inlets);
  const url = await web.listen({ host: environment.MESHLINE_HOST, port: environment.MESHLINE_PORT });
  log.info({ url, version }, 'Meshline is ready');

  return {
    url,
    flow,
    campaigns,
    owners: roster,
    async stop() {
      linking.abort();
      stopChecks();
      stopInlets();
      quiet.stop();
      homes.stop();
      await web.close();
      await slack.stop();
      await stopTicks();
      await Promise.race([upkeep.stop(), sleep(clock, UPKEEP_MS)]);
      await dispatcher.stop(STOP_MS);
      await Promise.all([pusher.close(), refetcher.close(), inlets.close()]);
      await ledger.close();
      log.info({}, 'Meshline has stopped');
    },
  };
}
