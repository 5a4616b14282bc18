import type { CardContent, Catalog } from '../../exports/define.ts';
import { Envelope } from '../../exports/envelope.ts';
import { isOwn } from '../../exports/own.ts';
import { spoken } from '../../exports/phrases.ts';
import type { Export } from '../../exports/state.ts';
import type { Shown } from '../../flow/ports.ts';
import { CARD } from '../limits.ts';
import { fromLine, type Words } from '../words.ts';

/** What the export's own type says about it; null while its values have never been readable. */
export function contentOf({ state, now }: Shown, catalog: Catalog): CardContent | null {
  const type = state.revision ? catalog.get(state.revision.export_type) : undefined;
  const envelope = Envelope.safeParse(state.raw);
  if (!state.revision || !type || !envelope.success) return null;
  const { payload, policy } = state.revision;
  const rules = { ...type.rules, ...policy.rules };
  return type.card({ envelope: envelope.data, payload, rules, now, own: isOwn(state.source.name) });
}

/** "Promo activation"; for what no type knows, the name it was sent under, as outside text. */
export function titleOf(state: Export, catalog: Catalog): Words {
  const sent = state.revision?.export_type ?? state.raw['export_type'];
  if (typeof sent !== 'string') return ['Export'];
  const type = catalog.get(sent);
  return type ? [type.title] : [{ said: spoken(sent), max: 60 }];
}

/** The decision in one line; what cannot be read is named by where it came from. */
export function headlineOf(shown: Shown, catalog: Catalog, content = contentOf(shown, catalog)): Words {
  const { state } = shown;
  if (content) return [...todo(state), ...fromLine(content.headline, CARD.headline)];
  return [
    'Repair an export that cannot be read: ',
    ...titleOf(state, catalog),
    ' from ',
    { said: state.source.system, max: CARD.reference },
    ' ',
    { said: state.source.reference, max: CARD.reference },
  ];
}

/** What has to be done before anybody can decide. */
function todo(state: Export): Words {
  if (state.status !== 'quarantined') return [];
  const errors = state.problems.filter((problem) => problem.severity === 'error');
  return [errors.every((problem) => problem.code === 'no_owner') ? 'Find an owner: ' : 'Repair: '];
}

/** The end of the id: its random part, enough to tell exports apart by eye. */
export function shortId(id: string): string {
  return id.replaceAll('-', '').slice(-8);
}
