import type { App } from '@slack/bolt';
import { createSlack } from './bot/app.ts';
import { startCardWatch } from './bot/card-watch.ts';
import { createClients } from './bot/clients.ts';
import { createQuiet } from './bot/dnd.ts';
import { createHomeKeeper } from './bot/home-keeper.ts';
import { createLinker } from './bot/link.ts';
import { createMessenger } from './bot/messenger.ts';
import { createQuietTimes } from './bot/quiet-times.ts';
import { slackFetch } from './bot/slack-fetch.ts';
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
import { createVitals, foldersOf } from './flow/vitals.ts';
import { registerHandlers } from './handlers/index.ts';
import type { Logger } from './log.ts';
import { admit, missingFor, portTrouble, StartRefused, sameWorkspace } from './refusals.ts';
import { startSoundness } from './schedule/soundness.ts';
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
import { freeBytes, walBytes } from './store/disk.ts';
import { type Fault, openLedger } from './store/index.ts';
import type { Standing } from './store/port.ts';
import { createCounters } from './web/counters.ts';
import { addLogMetrics } from './web/log-metrics.ts';
import { addVitalMetrics, createRegistry } from './web/metrics.ts';
import { createWeb } from './web/server.ts';
import { addUpkeepMetrics } from './web/upkeep-metrics.ts';

export type MeshlineOptions = {
  config: Config;
  environment: Environment;
  log: Logger;
  /** Lines that could not be written so far. */
  logLinesLost?: () => number;
  version: string;
  clock?: Clock;
  ids?: Ids;
  pace?: DispatchPace;
  /** The registries, for a build that adds its own types or kinds of sink. */
  catalog?: Catalog;
  sinkKinds?: readonly SinkKind[];
  sourceKinds?: readonly SourceKind[];
  /** Another process has opened the ledger: nothing can be stored from now on, and the best is to end. */
  onTaken?: () => void;
  /** The ledger does not verify: it is looked through every day when somebody wants to hear it. */
  onDamaged?: (fault: Fault) => void;
  /** Slack said only after the start that this bot token is not for this ledger: the best is to end. */
  onRefused?: (why: StartRefused) => void;
  /** The clock is right, whatever the newest event of the ledger says. */
  trustClock?: boolean;
};

export type Meshline = {
  /** Where the HTTP room listens. */
  url: string;
  flow: Flow;
  campaigns: CampaignDesk;
  /** The directory as it stands, and the way to change it. */
  owners: Pick<Roster, 'directory' | 'overlay' | 'change'>;
  /** Takes nothing more in, finishes what has begun, and closes; in less than ten seconds. */
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
  const missing = missingFor(environment);
  if (token === undefined || missing.length > 0) throw new StartRefused(missing.join(' '));
  const clock = options.clock ?? systemClock;
  const admission = {
    clock,
    trustClock: options.trustClock ?? false,
    headFile: config.schedules.head?.file ?? null,
    port: await portTrouble(environment.MESHLINE_HOST, environment.MESHLINE_PORT),
  };
  const ids = options.ids ?? systemIds(clock);
  const catalog = options.catalog ?? createCatalog();
  const registry = createRegistry();
  const counters = createCounters(registry);
  const opened = await openLedger({
    file: environment.MESHLINE_DB,
    clock,
    ids,
    admit: (found) => admit(admission, found),
    ...(options.onTaken ? { onTaken: options.onTaken } : {}),
  });
  const ledger = counters.ledger(opened);
  const kinds = options.sinkKinds ?? SINK_KINDS;
  const sinks = createSinks([...config.sinks.values()], { clock, ids, log, version }, kinds);
  const pusher = counters.pusher(createPusher({ sinks, clock, log }));
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
  const slackCalls = slackFetch(createQuietTimes(clock), counters.slackCall);
  const clients = createClients({ token, slack_api_url: apiUrl, fetch: slackCalls, log });
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
  const onLost = async (place: Standing) => {
    const again = await ledger.lost(place, clock.now());
    if (again > 0) log.warn({ ...place, again }, 'messages are gone from Slack and are shown again');
  };
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
  let refused: StartRefused | null = null;
  let started = false;
  const slack = createSlack({
    appToken: environment.SLACK_APP_TOKEN ?? null,
    signingSecret: environment.SLACK_SIGNING_SECRET ?? null,
    apiUrl,
    botToken: token,
    clock,
    ids,
    log,
    onWorkspace: async (told) => {
      try {
        sameWorkspace(await opened.workspace(told), told);
      } catch (error) {
        if (!(error instanceof StartRefused)) throw error;
        refused = error;
        log.error({ workspace: told.team }, 'The bot token is of another workspace than the ledger');
        if (started) options.onRefused?.(error);
      }
    },
    onAck: counters.slackAck,
    fetch: slackCalls,
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
        onLost,
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
  const sweeper = createSweeper(flow, async (held) => {
    if (!held) await roster.tick();
    await tickCampaigns(flow, held);
  });
  const upkeep = startUpkeep(config.schedules, ledger, clock, log);
  const vitals = createVitals({
    clock,
    ledger,
    slack: () => slack.line(),
    breakers: () => pusher.breakerStates(),
    standstills: () => dispatcher.standstills(),
    folders: foldersOf(environment.MESHLINE_DB, config.schedules),
    freeBytes,
    walBytes: () => walBytes(environment.MESHLINE_DB),
    expiryHeld: () => sweeper.expiryHeld(),
  });
  addVitalMetrics(registry, vitals, () => dispatcher.inFlight());
  addUpkeepMetrics(registry, upkeep.states);
  addLogMetrics(registry, options.logLinesLost ?? (() => 0));
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
      const { ready, checks } = health(await vitals());
      return { ready, checks: [...checks, ...upkeepChecks(upkeep.states())] };
    },
    metrics: registry,
    ...(slack.http ? { slack: slack.http } : {}),
  });

  const linking = new AbortController();
  await slack.start();
  started = true;
  if (refused !== null) {
    await Promise.all([slack.stop(), web.close(), upkeep.stop(), pusher.close(), refetcher.close()]);
    await ledger.close();
    throw refused;
  }
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
  const watch = startCardWatch({ client: clients.posting, ledger, onLost, clock, log });
  await homes.start();
  const soundness = options.onDamaged ? startSoundness(ledger, clock, log, options.onDamaged) : null;
  const stopTicks = startTicks(flow, sweeper);
  const stopInlets = startSourceTicks(flow, inlets);
  const at = { host: environment.MESHLINE_HOST, port: environment.MESHLINE_PORT };
  const url = await web.listen(at).catch(async (error: unknown) => {
    throw (await portTrouble(at.host, at.port)) ?? error;
  });
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
      soundness?.stop();
      quiet.stop();
      homes.stop();
      watch.stop();
      stopTicks();
      // All at once: one after the other, a slow client, a slow listener and a slow sink would add up.
      await Promise.all([
        web.close(),
        slack.stop(),
        Promise.race([upkeep.stop(), sleep(clock, UPKEEP_MS)]),
        dispatcher.stop(STOP_MS),
      ]);
      await Promise.all([pusher.close(), refetcher.close(), inlets.close()]);
      await ledger.close();
      log.info({}, 'Meshline has stopped');
    },
  };
}
