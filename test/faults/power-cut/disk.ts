import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Chance } from '../town/chance.ts';
import type { Act } from './log.ts';

const SECTOR_BYTES = 512;

/** What became of a file's unsynced changes; `mixed` lets every file meet its own end. */
const FATES = ['dropped', 'applied', 'reordered', 'torn'] as const;
type Fate = (typeof FATES)[number];
export const STYLES = [...FATES, 'mixed'] as const;
export type Style = (typeof STYLES)[number];

type Change = { place: number; bytes: Buffer } | { length: number };
type File = { kind: 'file'; synced: Content; unsynced: Change[] };
type Step = { name: string; node: Node | null };
/** Steps of one change, such as both halves of a rename, happen together or not at all. */
type Folder = { kind: 'folder'; synced: Map<string, Node>; unsynced: Step[][]; now: Map<string, Node> };
type Node = File | Folder;

/** Bytes that grow; what was never written is zero. */
class Content {
  #bytes: Buffer;
  #length: number;

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  apply(change: Change): void {
    const length = 'length' in change ? change.length : change.place + change.bytes.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(length, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    if ('bytes' in change) change.bytes.copy(this.#bytes, change.place);
    else if (length < this.#length) this.#bytes.fill(0, length, this.#length);
    this.#length = 'length' in change ? length : Math.max(length, this.#length);
  }

  copy(): Content {
    return new Content(Buffer.from(this.view()));
  }

  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

const newFolder = (): Folder => ({ kind: 'folder', synced: new Map(), unsynced: [], now: new Map() });

/**
 * A disk as a power cut finds it: what was synced is there for certain, and of the rest anything may
 * be. A file made, renamed or removed is so for certain only once its folder is synced.
 */
export class Disk {
  readonly #top: string;
  readonly #root = newFolder();
  readonly #open = new Map<number, Node>();

  constructor(top: string) {
    this.#top = top;
  }

  apply(act: Act): void {
    switch (act.what) {
      case 'opened': {
        if (act.made) this.#link(act.path, { kind: 'file', synced: new Content(), unsynced: [] });
        this.#open.set(act.fd, this.#find(act.path));
        break;
      }
      case 'opened_folder':
        this.#open.set(act.fd, this.#find(act.path));
        break;
      case 'wrote':
        this.#file(act.fd).unsynced.push({ place: act.place, bytes: act.bytes });
        break;
      case 'truncated':
        this.#file(act.fd).unsynced.push({ length: act.length });
        break;
      case 'synced':
        this.#sync(this.#open.get(act.fd));
        break;
      case 'renamed': {
        const node = this.#find(act.from);
        const [from, to] = [this.#folderOf(act.from), this.#folderOf(act.to)];
        if (from !== to) throw new Error('Renaming from folder to folder is not modelled.');
        this.#change(from, [
          { name: basename(act.from), node: null },
          { name: basename(act.to), node },
        ]);
        break;
      }
      case 'linked':
        this.#link(act.to, this.#find(act.from));
        break;
      case 'removed':
        this.#change(this.#folderOf(act.path), [{ name: basename(act.path), node: null }]);
        break;
      case 'made_folder':
        this.#link(act.path, newFolder());
        break;
      case 'printed':
        break;
    }
  }

  /** Writes what a power cut at this moment may leave into `folder`, which must be empty. */
  image(folder: string, style: Style, random: Chance): void {
    writeFolder(this.#root, folder, style, random);
  }

  #link(path: string, node: Node): void {
    this.#change(this.#folderOf(path), [{ name: basename(path), node }]);
  }

  #change(folder: Folder, steps: Step[]): void {
    folder.unsynced.push(steps);
    take(folder.now, steps);
  }

  #sync(node: Node | undefined): void {
    if (!node) throw new Error('Something unknown was synced.');
    if (node.kind === 'folder') for (const steps of node.unsynced) take(node.synced, steps);
    else for (const change of node.unsynced) node.synced.apply(change);
    node.unsynced = [];
  }

  #file(fd: number): File {
    const node = this.#open.get(fd);
    if (node?.kind !== 'file') throw new Error('Something unknown was written to.');
    return node;
  }

  #folderOf(path: string): Folder {
    const node = this.#find(dirname(path));
    if (node.kind !== 'folder') throw new Error(`${path} is in no folder.`);
    return node;
  }

  #find(path: string): Node {
    const names = path.slice(this.#top.length).split('/').filter(Boolean);
    let node: Node | undefined = this.#root;
    for (const name of names) node = node?.kind === 'folder' ? node.now.get(name) : undefined;
    if (!node) throw new Error(`${path} was used and never made.`);
    return node;
  }
}

function take(entries: Map<string, Node>, steps: readonly Step[]): void {
  for (const { name, node } of steps) {
    if (node === null) entries.delete(name);
    else entries.set(name, node);
  }
}

function writeFolder(folder: Folder, path: string, style: Style, random: Chance): void {
  mkdirSync(path, { recursive: true });
  const fate = fateOf(style, random);
  const entries = new Map(folder.synced);
  for (const steps of folder.unsynced) {
    if (fate === 'applied' || (fate !== 'dropped' && random.next() < 0.5)) take(entries, steps);
  }
  for (const [name, node] of entries) {
    const place = join(path, name);
    if (node.kind === 'folder') writeFolder(node, place, style, random);
    else writeFileSync(place, contentOf(node, fateOf(style, random), random));
  }
}

const fateOf = (style: Style, random: Chance): Fate => (style === 'mixed' ? random.pick(FATES) : style);

function contentOf(file: File, fate: Fate, random: Chance): Buffer {
  if (fate === 'dropped' || file.unsynced.length === 0) return file.synced.view();
  const content = file.synced.copy();
  for (const change of survivors(file.unsynced, fate, random)) content.apply(change);
  return content.view();
}

function survivors(changes: readonly Change[], fate: Exclude<Fate, 'dropped'>, random: Chance): Change[] {
  switch (fate) {
    case 'applied':
      return [...changes];
    case 'reordered':
      return changes
        .filter(() => random.next() < 0.7)
        .map((change) => ({ change, at: random.next() }))
        .sort((a, b) => a.at - b.at)
        .map(({ change }) => change);
    case 'torn':
      return changes.flatMap(sectorsOf).filter(() => random.next() < 0.7);
  }
}

function sectorsOf(change: Change): Change[] {
  if ('length' in change) return [change];
  const sectors: Change[] = [];
  for (let at = 0; at < change.bytes.length; ) {
    const place = change.place + at;
    const next = at + SECTOR_BYTES - (place % SECTOR_BYTES);
    sectors.push({ place, bytes: change.bytes.subarray(at, next) });
    at = next;
  }
  return sectors;
}
