import { hash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { Chance } from '../town/chance.ts';
import type { Act } from './log.ts';

const SECTOR_BYTES = 512;

/** What became of a file's unsynced changes; `mixed` lets every file meet its own end. */
const FATES = ['dropped', 'applied', 'reordered', 'torn'] as const;
type Fate = (typeof FATES)[number];
export const STYLES = [...FATES, 'mixed'] as const;
export type Style = (typeof STYLES)[number];

type Change = { place: number; bytes: Buffer } | { length: number };
type File = { kind: 'file'; synced: Content; unsynced: Change[]; version: number };
type Step = { name: string; node: Node | null };
/** Steps of one change, such as both halves of a rename, happen together or not at all. */
type Folder = { kind: 'folder'; synced: Map<string, Node>; unsynced: Step[][]; now: Map<string, Node> };
type Node = File | Folder;

/** What a power cut leaves: files and folders by their path, without a first slash. */
export type Image = {
  files: ReadonlyMap<string, Buffer>;
  folders: readonly string[];
  /** The same for the same bytes of the same recording. */
  name: string;
};

type Drawing = { files: Map<string, Buffer>; folders: string[]; marks: string[] };

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
  #syncs = 0;

  constructor(top: string) {
    this.#top = top;
  }

  apply(act: Act): void {
    switch (act.what) {
      case 'opened': {
        if (act.made) this.#link(act.path, this.#newFile());
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

  /** What a power cut at this moment may leave. */
  image(style: Style, random: Chance): Image {
    const drawing: Drawing = { files: new Map(), folders: [], marks: [] };
    draw(this.#root, '', style, random, drawing);
    const { files, folders, marks } = drawing;
    return { files, folders, name: hash('sha1', marks.join('\n'), 'base64') };
  }

  #newFile(): File {
    this.#syncs += 1;
    return { kind: 'file', synced: new Content(), unsynced: [], version: this.#syncs };
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
    else {
      for (const change of node.unsynced) node.synced.apply(change);
      if (node.unsynced.length > 0) node.version = this.#syncs += 1;
    }
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

function draw(folder: Folder, path: string, style: Style, random: Chance, drawing: Drawing): void {
  const fate = fateOf(style, random);
  const entries = new Map(folder.synced);
  for (const steps of folder.unsynced) {
    if (fate === 'applied' || (fate !== 'dropped' && random.next() < 0.5)) take(entries, steps);
  }
  for (const [name, node] of entries) {
    const place = path === '' ? name : `${path}/${name}`;
    if (node.kind === 'folder') {
      drawing.folders.push(place);
      draw(node, place, style, random, drawing);
      continue;
    }
    const { bytes, mark } = contentOf(node, fateOf(style, random), random);
    drawing.files.set(place, bytes);
    drawing.marks.push(`${place} ${node.version} ${mark}`);
  }
}

const fateOf = (style: Style, random: Chance): Fate => (style === 'mixed' ? random.pick(FATES) : style);

/** `mark` tells what became of the unsynced changes. */
function contentOf(file: File, fate: Fate, random: Chance): { bytes: Buffer; mark: string } {
  if (fate === 'dropped' || file.unsynced.length === 0) return { bytes: file.synced.view(), mark: '' };
  const content = file.synced.copy();
  const marks: string[] = [];
  for (const { change, mark } of survivors(file.unsynced, fate, random)) {
    content.apply(change);
    marks.push(mark);
  }
  return { bytes: content.view(), mark: marks.join(',') };
}

type Survivor = { change: Change; mark: string };

function survivors(changes: readonly Change[], fate: Exclude<Fate, 'dropped'>, random: Chance): Survivor[] {
  switch (fate) {
    case 'applied':
      return changes.map((change, n) => ({ change, mark: String(n) }));
    case 'reordered':
      return changes
        .map((change, n) => ({ change, mark: String(n), at: random.next() }))
        .filter(() => random.next() < 0.7)
        .sort((a, b) => a.at - b.at);
    case 'torn':
      return changes
        .flatMap((change, n) => sectorsOf(change).map((sector, m) => ({ change: sector, mark: `${n}.${m}` })))
        .filter(() => random.next() < 0.7);
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
