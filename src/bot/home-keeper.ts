import type { WebClient } from '@slack/web-api';
import type { Cancel, Clock } from '../clock.ts';
import type { Catalog } from '../exports/define.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import type { Desk } from '../flow/ports.ts';
import type { Log } from '../log.ts';
import { homeView } from './home.ts';
import { answer, meaningOf } from './slack-answer.ts';
import { errorFacts } from './slack-log.ts';

/** `views.publish` is tier 4 (100 a minute and more); clicks draw theirs at once beside this. */
const PUBLISH_EVERY_MS = 1_000;
/** When Slack did not answer. */
const AGAIN_AFTER_MS = 5_000;
/** A Home tab that nobody has opened for this long is drawn again when it is next opened. */
const KEPT_MS = 24 * 60 * 60_000;

export type HomeKeeperParts = {
  client: WebClient;
  desk: Pick<Desk, 'day'>;
  directory: () => Directory;
  /** The desks whose changes show on somebody's Home. */
  watchedBy: (person: PersonId, directory: Directory) => ReadonlySet<string>;
  since: (at: number) => Promise<readonly PersonId[]>;
  catalog: Catalog;
  clock: Clock;
  log: Log;
};

export type HomeKeeper = {
  /** Somebody's tab shows this page now. */
  shown(person: PersonId, page: number): void;
  /** Somebody opened this page, and it could not be drawn. */
  owed(person: PersonId, page: number): void;
  /** Desks on which something has changed. */
  changed(desks: readonly string[]): void;
  /** Who owns, covers or is away is on every tab. */
  directoryChanged(): void;
  /** Draws again what was open when Meshline last stopped. */
  start(): Promise<void>;
  stop(): void;
};

/**
 * Keeps open Home tabs as things are: one at a time, each once however much has changed. What is shown
 * is read when it is drawn, so nothing needs to be remembered but whose tab is open.
 */
export function createHomeKeeper(parts: HomeKeeperParts): HomeKeeper {
  const { client, desk, directory, catalog, clock, log } = parts;
  const open = new Map<PersonId, { page: number; at: number }>();
  const waiting = new Set<PersonId>();
  /** The directory is a new object whenever it changes, so what is found out about one stays true. */
  const watched = new WeakMap<Directory, Map<PersonId, ReadonlySet<string>>>();
  let timer: Cancel | null = null;
  /** What Slack said last, so that a refusal that goes on is logged once. */
  let refusal: string | null = null;
  let stopped = true;

  const desksOf = (person: PersonId): ReadonlySet<string> => {
    const now = directory();
    const known = watched.get(now) ?? new Map<PersonId, ReadonlySet<string>>();
    watched.set(now, known);
    const theirs = known.get(person) ?? parts.watchedBy(person, now);
    known.set(person, theirs);
    return theirs;
  };

  const arm = (ms: number) => {
    if (stopped || timer !== null || waiting.size === 0) return;
    timer = clock.after(ms, () => {
      timer = null;
      const [next] = waiting;
      if (next === undefined) return;
      waiting.delete(next);
      void draw(next).then((wait) => arm(Math.max(PUBLISH_EVERY_MS, wait)));
    });
  };

  /** Gives how many milliseconds Slack is to be left alone. */
  const draw = async (id: PersonId): Promise<number> => {
    const person = directory().people.get(id);
    const tab = open.get(id);
    if (!tab || clock.now() - tab.at > KEPT_MS || !person?.active || !person.slack) {
      open.delete(id);
      return 0;
    }
    const { user } = person.slack;
    try {
      const view = homeView(person, await desk.day(id, tab.page), catalog);
      const published = await answer(() => client.views.publish({ user_id: user, view }));
      switch (published.kind) {
        case 'ok':
          refusal = null;
          return 0;
        case 'limited':
          waiting.add(id);
          return published.after_ms;
        case 'unknown':
          waiting.add(id);
          return AGAIN_AFTER_MS;
        case 'refused':
          if (refusal !== published.code) log.warn({ code: published.code }, 'slack refuses a home tab');
          refusal = published.code;
          if (lasts(published.code)) return 0;
          waiting.add(id);
          return AGAIN_AFTER_MS;
      }
    } catch (error) {
      log.warn(errorFacts(error), 'a home tab could not be drawn; it is when it is next opened');
      return 0;
    }
  };

  return {
    shown(person, page) {
      open.set(person, { page, at: clock.now() });
      waiting.delete(person);
    },
    owed(person, page) {
      open.set(person, { page, at: clock.now() });
      waiting.add(person);
      arm(AGAIN_AFTER_MS);
    },
    changed(desks) {
      if (open.size === 0 || desks.length === 0) return;
      for (const person of open.keys()) {
        if (waiting.has(person)) continue;
        const theirs = desksOf(person);
        if (desks.some((each) => theirs.has(each))) waiting.add(person);
      }
      arm(PUBLISH_EVERY_MS);
    },
    directoryChanged() {
      for (const person of open.keys()) waiting.add(person);
      arm(PUBLISH_EVERY_MS);
    },
    async start() {
      stopped = false;
      for (const person of await parts.since(clock.now() - KEPT_MS)) {
        if (!open.has(person)) open.set(person, { page: 0, at: clock.now() });
        waiting.add(person);
      }
      arm(PUBLISH_EVERY_MS);
    },
    stop() {
      stopped = true;
      timer?.();
      timer = null;
    },
  };
}

/** Another try of the same view would be refused as well: it is drawn when the tab is next opened. */
function lasts(code: string): boolean {
  const meaning = meaningOf(code);
  return meaning === 'content' || meaning === 'person' || code === 'not_enabled';
}
