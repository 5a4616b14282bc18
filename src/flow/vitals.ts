import { dirname, resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import type { BreakerState } from '../sinks/port.ts';
import type { LedgerReader, LedgerVitals } from '../store/port.ts';
import type { Standstill } from './standstill.ts';

export type Pulse = Awaited<ReturnType<LedgerReader['pulse']>>;

/** A disk that Meshline writes to; `free_bytes` is null when it does not say. */
export type Disk = { of: 'ledger' | 'backup'; path: string; free_bytes: number | null };

/** Everything that health and metrics tell, as of one moment. */
export type Vitals = {
  /** UTC ms. */
  at: number;
  /** Null while the ledger cannot be read. */
  ledger: (Pulse & LedgerVitals) | null;
  slack: {
    mode: 'socket' | 'http';
    connected: boolean;
    connections: number;
    since: number;
    last_inbound_at: number | null;
  };
  breakers: Readonly<Record<string, BreakerState>>;
  standstills: readonly Standstill[];
  disks: readonly Disk[];
  wal_bytes: number;
  expiry_held: boolean;
};

export type VitalSigns = {
  clock: Clock;
  ledger: Pick<LedgerReader, 'pulse' | 'vitals'>;
  slack: () => Vitals['slack'];
  breakers: () => Vitals['breakers'];
  standstills: () => Vitals['standstills'];
  /** Folders by what they hold, and how their disks are asked. */
  folders: readonly Pick<Disk, 'of' | 'path'>[];
  freeBytes: (path: string) => Promise<number | null>;
  walBytes: () => Promise<number>;
  expiryHeld: () => boolean;
};

/** Where Meshline writes; the folder of backups where there is one. */
export function foldersOf(
  ledgerFile: string,
  { backup }: { backup?: { folder: string } | undefined },
): Pick<Disk, 'of' | 'path'>[] {
  const ledger = { of: 'ledger', path: dirname(resolve(ledgerFile)) } as const;
  return backup ? [ledger, { of: 'backup', path: backup.folder }] : [ledger];
}

/** Whoever asks more often gets the same answer, so that asking costs nothing. */
const FRESH_MS = 1_000;

/** Reads all of it, at most once a second however many ask. Never rejects. */
export function createVitals(signs: VitalSigns): () => Promise<Vitals> {
  const { clock } = signs;
  let last: { at: number; vitals: Promise<Vitals> } | null = null;
  return () => {
    const now = clock.monotonic();
    if (last === null || now - last.at >= FRESH_MS) last = { at: now, vitals: read(signs) };
    return last.vitals;
  };
}

async function read(signs: VitalSigns): Promise<Vitals> {
  const at = signs.clock.now();
  const [ledger, wal_bytes, disks] = await Promise.all([
    readLedger(signs, at),
    signs.walBytes(),
    Promise.all(
      signs.folders.map(async (folder) => ({ ...folder, free_bytes: await signs.freeBytes(folder.path) })),
    ),
  ]);
  return {
    at,
    ledger,
    slack: signs.slack(),
    breakers: signs.breakers(),
    standstills: signs.standstills(),
    disks,
    wal_bytes,
    expiry_held: signs.expiryHeld(),
  };
}

async function readLedger({ ledger }: VitalSigns, at: number): Promise<Vitals['ledger']> {
  try {
    return { ...(await ledger.pulse(at)), ...(await ledger.vitals(at)) };
  } catch {
    return null;
  }
}
