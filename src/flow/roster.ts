import type { Clock } from '../clock.ts';
import { directoryAt, directoryDue, nextBoundary, type Overlay } from '../exports/directory.ts';
import {
  type DirectoryCommand,
  type DirectoryDecision,
  decideDirectory,
} from '../exports/directory-decide.ts';
import { type Directory, type PersonId, personBehind, type SlackAccount } from '../exports/ownership.ts';
import { isRefusal, type Refusal } from '../exports/refusals.ts';
import type { DirectoryCommitted, Ledger } from '../store/port.ts';

/** The directory as it stands: the configuration's, with everything that changed since, at this moment. */
export type Roster = {
  directory(): Directory;
  overlay(): Overlay;
  /** Authority is checked again, in the transaction. */
  change(command: DirectoryCommand): Promise<DirectoryCommitted | Refusal>;
  /** Keeps a link for good. */
  link(person: PersonId, account: SlackAccount): Promise<void>;
  /** What Slack says about an account: someone it deactivates or makes a guest may decide nothing. */
  accountChanged(account: SlackAccount, change: { deleted: boolean; restricted: boolean }): Promise<void>;
  /** Who asked not to be disturbed, and until when (UTC ms); not kept over a restart. */
  notDisturbed(until: ReadonlyMap<PersonId, number>): void;
  /** Called after every change that was recorded. */
  onChanged(listener: () => void): void;
  /** Records what time alone has begun or ended: absences and covers. */
  tick(): Promise<void>;
};

/** @param named people whose account the configuration itself names; guests among them are meant */
export async function openRoster(
  configured: Directory,
  named: ReadonlyMap<PersonId, string>,
  ledger: Pick<Ledger, 'directory' | 'changeDirectory'>,
  clock: Pick<Clock, 'now'>,
): Promise<Roster> {
  const listeners: (() => void)[] = [];
  let overlay = await ledger.directory();
  let dnd: ReadonlyMap<PersonId, number> = new Map();
  let current: { directory: Directory; from: number; until: number; version: number } | null = null;

  const believed = (): Overlay => {
    const links = Object.entries(overlay.links).filter(
      ([person, account]) => !named.has(person) || named.get(person) === account.user,
    );
    return { ...overlay, links: Object.fromEntries(links) };
  };
  const directory = () => {
    const now = clock.now();
    if (current && current.version === overlay.version && current.from <= now && now < current.until) {
      return current.directory;
    }
    const made = { ...directoryAt(configured, believed(), now), dnd };
    current = { directory: made, from: now, until: nextBoundary(overlay, now), version: overlay.version };
    return made;
  };
  const change = async (command: DirectoryCommand) => {
    const now = clock.now();
    const committed = await ledger.changeDirectory(
      now,
      (before): DirectoryDecision => decideDirectory(before, command, configured, now),
    );
    if (!isRefusal(committed) && committed.after.version > overlay.version) {
      overlay = committed.after;
      for (const listener of listeners) listener();
    }
    return committed;
  };
  return {
    directory,
    overlay: () => overlay,
    change,
    async link(person, account) {
      await change({ do: 'link_slack', person, account });
    },
    async accountChanged(account, { deleted, restricted }) {
      const known = personBehind(directory(), account);
      if (!known) return;
      const usable = !deleted && (!restricted || named.has(known.id));
      await change({ do: 'notice_account', person: known.id, usable });
    },
    notDisturbed(until) {
      dnd = until;
      current = null;
    },
    onChanged(listener) {
      listeners.push(listener);
    },
    async tick() {
      const due = directoryDue(overlay);
      if (due !== null && due <= clock.now()) await change({ do: 'tick' });
    },
  };
}
