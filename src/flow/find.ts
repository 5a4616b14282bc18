import { canonicalSku } from '../exports/identifiers.ts';
import type { Directory, PersonId } from '../exports/ownership.ts';
import { spoken } from '../exports/phrases.ts';
import { Status } from '../exports/words.ts';
import type { ExportFilter } from '../store/port.ts';
import type { Found } from './ports.ts';
import type { Flow } from './settings.ts';

const FOUND = 10;
/** How far back a short id is looked for. */
const TAIL_PAGES = 5;
const TAIL_PAGE = 200;

type Wanted = Omit<ExportFilter, 'limit' | 'before'>;

const KEYS = ['state', 'owner', 'sku', 'campaign', 'source', 'type', 'id'] as const;

/** Words as people say them. */
const STATES: Readonly<Record<string, Status>> = {
  waiting: 'pending',
  sending: 'delivering',
  sent: 'delivered',
};

function statusOf(word: string): Status | null {
  const plain = word.toLowerCase().replaceAll(/[\s-]/g, '_');
  return Status.safeParse(plain).data ?? STATES[plain] ?? null;
}

/** One person whose name, or any word of it, is this; null for nobody and for several. */
export function personNamed(directory: Directory, word: string, me: PersonId): PersonId | null {
  const wanted = word.toLowerCase().replace(/^@/, '');
  if (wanted === 'me') return me;
  const mentioned = /^<@([A-Z0-9]+)(?:\|[^>]*)?>$/i.exec(word)?.[1]?.toUpperCase();
  const found = [...directory.people.values()].filter(({ name, email, slack }) =>
    mentioned !== undefined
      ? slack?.user === mentioned
      : name.toLowerCase() === wanted ||
        name.toLowerCase().split(/\s+/).includes(wanted) ||
        email.toLowerCase() === wanted,
  );
  return found.length === 1 ? (found[0]?.id ?? null) : null;
}

/** The whole id, or the one recent export whose id ends so; null when there is none or more than one. */
export async function idNamed(flow: Flow, wanted: string): Promise<string | null> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(wanted)) return wanted.toLowerCase();
  if (!/^[0-9a-f]{6,32}$/i.test(wanted)) return null;
  const tail = wanted.toLowerCase();
  const found: string[] = [];
  let before: string | undefined;
  for (let page = 0; page < TAIL_PAGES; page += 1) {
    const rows = await flow.ledger.list({ limit: TAIL_PAGE, ...(before === undefined ? {} : { before }) });
    found.push(...rows.map((row) => row.id).filter((id) => id.replaceAll('-', '').endsWith(tail)));
    before = rows.at(-1)?.id;
    if (rows.length < TAIL_PAGE) break;
  }
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** What a word without a key means: a state, a person, a type, a source, else something to try as a name. */
function meaning(flow: Flow, word: string, me: PersonId): Wanted | null {
  const { directory, sources } = flow.settings();
  const status = statusOf(word);
  if (status) return { status };
  const owner = personNamed(directory, word, me);
  if (owner !== null) return { owner };
  const type = flow.catalog.get(word.toLowerCase().replaceAll('-', '_'));
  if (type) return { export_type: type.name };
  return sources.has(word.toLowerCase()) ? { source: word.toLowerCase() } : null;
}

function keyed(flow: Flow, key: string, value: string, me: PersonId): Wanted | string {
  const { directory } = flow.settings();
  switch (key) {
    case 'state': {
      const status = statusOf(value);
      return status
        ? { status }
        : `There is no state “${value}”. There are ${Status.options.map(spoken).join(', ')}.`;
    }
    case 'owner': {
      const owner = personNamed(directory, value, me);
      return owner === null
        ? `“${value}” is nobody here, or more than one person. Type the whole name in one word, or an e-mail address.`
        : { owner };
    }
    case 'sku':
      return { sku: canonicalSku(value) };
    case 'campaign':
      return { campaign_id: value };
    case 'source':
      return { source: value };
    case 'type': {
      const type = flow.catalog.get(value.toLowerCase().replaceAll('-', '_'));
      const all = flow.catalog.all().map((each) => each.name);
      return type ? { export_type: type.name } : `There is no type “${value}”. There are ${all.join(', ')}.`;
    }
    default:
      return `I do not know “${key}:”. Use one of ${KEYS.map((each) => `${each}:`).join(', ')}.`;
  }
}

/** Exports that fit all of the words, the newest first; `wrong` says what a word should have been. */
export async function find(flow: Flow, me: PersonId, text: string): Promise<Found> {
  let wanted: Wanted = {};
  const names: string[] = [];
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const [, key, value] = /^([a-z]+):(.+)$/i.exec(word) ?? [];
    if (key !== undefined && value !== undefined && key.toLowerCase() !== 'id') {
      const said = keyed(flow, key.toLowerCase(), value, me);
      if (typeof said === 'string') return { wrong: said };
      wanted = { ...wanted, ...said };
      continue;
    }
    const meant = key === undefined ? meaning(flow, word, me) : null;
    if (meant) wanted = { ...wanted, ...meant };
    else names.push(value ?? word);
  }
  if (names.length > 1) {
    return {
      wrong: `“${names[1]}” is no state, person, type or source I know. Search for one campaign, SKU or id at a time.`,
    };
  }
  const [name] = names;
  const ids = name === undefined ? await listed(flow, wanted) : await named(flow, name, wanted);
  const { directory } = flow.settings();
  const now = flow.clock.now();
  const states = await Promise.all(ids.slice(0, FOUND).map((id) => flow.ledger.get(id)));
  const items = states.filter((state) => state !== null).map((state) => ({ state, directory, now }));
  return { items, more: ids.length > FOUND };
}

async function listed(flow: Flow, wanted: Wanted): Promise<readonly string[]> {
  return (await flow.ledger.list({ ...wanted, limit: FOUND + 1 })).map((row) => row.id);
}

/** A name is tried as a campaign, then as a SKU, then as the end of an id. */
async function named(flow: Flow, name: string, wanted: Wanted): Promise<readonly string[]> {
  const campaign = await listed(flow, { ...wanted, campaign_id: name });
  if (campaign.length > 0) return campaign;
  const sku = await listed(flow, { ...wanted, sku: canonicalSku(name) });
  if (sku.length > 0) return sku;
  const id = await idNamed(flow, name);
  return id === null ? [] : [id];
}
