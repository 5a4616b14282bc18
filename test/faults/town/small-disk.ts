import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PIECES_BYTES = [64 * 1024, 4096, 1];

/** A disk of its own that is easily filled. */
export type SmallDisk = {
  folder: string;
  /** Takes all the room there is. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  remove(): void;
};

/** Mounts one of so many MiB in memory; null where that is not allowed, which is for everyone but root. */
export function mountSmallDisk(mib: number): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'meshline-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill() {
      for (const bytes of PIECES_BYTES) fillBy(ballast, Buffer.alloc(bytes));
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      // Lazily, so that a process that still has a file there does not keep the name.
      execFileSync('umount', ['--lazy', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fillBy(file: string, piece: Buffer): void {
  try {
    for (;;) appendFileSync(file, piece);
  } catch {
    // Full, as far as pieces of this size go.
  }
}
