import { fromIso } from '../clock.ts';
import { canonicalPage } from './campaigns/claims.ts';
import type { Json } from './envelope.ts';
import { list, short } from './phrases.ts';
import { type Problem, warning } from './problems.ts';
import type { Read } from './receive.ts';
import { ownerGate } from './rehearsal.ts';
import { skusOf } from './skus.ts';
import type { Export } from './state.ts';
import { plain } from './text.ts';
import type { Status } from './words.ts';

/** A promo that has, or will have, its prices out between two instants (ms). */
export type Promo = { export_id: string; subject: string; name: string; starts_at: number; ends_at: number };

/** What an arriving export is looked at beside: other promos and what campaigns own. */
export type Surroundings = {
  /** Promos in that time that name any of these canonical SKUs, with the first of those and how many there are. */
  promosOn(
    skus: readonly string[],
    time: { starts_at: number; ends_at: number },
  ): readonly (Promo & { skus: readonly string[]; n: number })[];
  /** Campaigns that own this keyword or page. */
  owners(kind: 'keyword' | 'page', value: string): readonly string[];
  /** A campaign that has not ended has this id, which is also the id of its keyword list. */
  isCampaign(id: string): boolean;
};

const RUNNING: ReadonlySet<Status> = new Set<Status>([
  'pending',
  'accepted',
  'delivering',
  'paused',
  'failed',
  'delivered',
]);

function timeOf(payload: { [key: string]: Json }): { starts_at: number; ends_at: number } | null {
  const window = payload['window'];
  if (typeof window !== 'object' || window === null || Array.isArray(window)) return null;
  const { start, end } = window;
  if (typeof start !== 'string' || typeof end !== 'string') return null;
  return { starts_at: fromIso(start), ends_at: fromIso(end) };
}

/** The promo that an export is, while its prices are out or may still go out. */
export function promoOf({ id, status, revision, source }: Export): Promo | null {
  if (revision?.export_type !== 'promo_activation' || !RUNNING.has(status)) return null;
  const time = revision.payload['action'] === 'end' ? null : timeOf(revision.payload);
  if (time === null) return null;
  const name = revision.payload['campaign_name'];
  const subject = revision.subjects[0] ?? id;
  return { export_id: id, subject, name: typeof name === 'string' ? name : source.reference, ...time };
}

/** R25: two promos that would set the price of one SKU at one time are shown before anybody accepts. */
function overlaps({ revision }: Read, around: Surroundings): Problem[] {
  if (revision?.export_type !== 'promo_activation' || revision.payload['action'] === 'end') return [];
  const time = timeOf(revision.payload);
  if (time === null) return [];
  return around
    .promosOn(skusOf({ revision }), time)
    .filter(({ subject }) => !revision.subjects.includes(subject))
    .map(({ name, ends_at, skus, n }) => {
      const more = n > skus.length ? ` and ${n - skus.length} more` : '';
      const message = `“${short(name, 80)}” sets the price of ${list(skus)}${more} until ${plain([{ at: ends_at }])} too. Check which price is meant, or take ${n === 1 ? 'it' : 'them'} out of one of the two.`;
      return warning('promo_overlap', 'payload.lines', message);
    });
}

/** R24: pointers of a content change that lead to what another campaign owns. */
function foreignPointers(read: Read, around: Surroundings): Problem[] {
  const { revision } = read;
  if (revision?.export_type !== 'content_package_change') return [];
  const pages = [revision.payload['landing_urls'], revision.payload['keywords']]
    .flatMap((each) => (Array.isArray(each) ? each : []))
    .flatMap((each) => (typeof each === 'string' ? [each] : pointerOf(each)));
  const lists = [revision.payload['keywords']]
    .flatMap((each) => (Array.isArray(each) ? each : []))
    .flatMap(listOf)
    .filter((id) => id !== revision.campaign_id && around.isCampaign(id))
    .map((id) => {
      const message = `The keyword list ${id} belongs to the campaign of that name. Ask its owner, or name another list.`;
      return warning('keyword_list_owned', 'payload.keywords', message);
    });
  const owned = [...new Set(pages)].flatMap((url) => {
    const foreign = around
      .owners('page', canonicalPage(url))
      .filter((campaign) => campaign !== revision.campaign_id);
    if (foreign.length === 0) return [];
    const message = `The landing page ${url} belongs to the campaign ${list(foreign)}. Ask its owner, or point elsewhere.`;
    return [warning('page_owned', 'payload.landing_urls', message)];
  });
  return [...lists, ...owned];
}

function listOf(entry: Json): string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
  return typeof entry['list_id'] === 'string' ? [entry['list_id']] : [];
}

function pointerOf(entry: Json): string[] {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
  return typeof entry['landing_url'] === 'string' ? [entry['landing_url']] : [];
}

const MOST_TOLD = 10;
const FOREIGN = 'It points to what another campaign owns, so policy does not accept it by itself.';

/** The export with what its surroundings say of it, as warnings to whoever decides. */
export function lookAround(read: Read, around: Surroundings): Read {
  const { revision } = read;
  if (!revision) return read;
  const foreign = foreignPointers(read, around);
  const found = [...overlaps(read, around), ...foreign].slice(0, MOST_TOLD);
  if (found.length === 0) return read;
  const { policy } = revision;
  const unseen = foreign.length > 0 && policy.gate.mode === 'policy';
  const gate = unseen ? ownerGate(read.route.role, FOREIGN) : policy.gate;
  return {
    ...read,
    problems: [...read.problems, ...found],
    revision: { ...revision, policy: { ...policy, gate }, warnings: [...revision.warnings, ...found] },
  };
}
