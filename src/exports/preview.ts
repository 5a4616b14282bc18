import type { Context } from './commands.ts';
import type { Decision } from './decide.ts';
import type { Event } from './events.ts';
import { HttpsUrl } from './fields.ts';
import type { PersonId } from './ownership.ts';
import { skusOf } from './skus.ts';
import type { Export } from './state.ts';

/** The address under which the system that took the preview shows it; null when it told none that is safe to open. */
export function previewUrl({ pushes }: Pick<Export, 'pushes'>): string | null {
  for (const { facts } of pushes) {
    const read = HttpsUrl.safeParse(facts['preview_url']);
    if (read.success) return new URL(read.data).href;
  }
  return null;
}

/** What the far side calls the preview, else its export. */
export function previewReference({ id, pushes }: Pick<Export, 'id' | 'pushes'>): string {
  return pushes.find((push) => push.status === 'delivered' && push.detail !== null)?.detail ?? id;
}

export function isPreview({ revision }: Pick<Export, 'revision'>): boolean {
  return revision?.intent === 'publish_preview';
}

/** Whoever asked for the preview, and marketing. */
export function toldOfPreview(
  { tell }: { tell: PersonId | null },
  { requester }: Pick<Export, 'requester'>,
): readonly PersonId[] {
  return [...new Set([requester, tell].filter((id) => id !== null))];
}

/** Canonical SKUs whose stock a preview waits for: it is out, and nobody has asked to publish it yet. */
export function awaitedSkus(state: Export): readonly string[] {
  const waits = state.status === 'delivered' && isPreview(state) && state.preview_closed !== true;
  return waits ? skusOf(state) : [];
}

/** What is recorded once everything is out; of a preview, also where to look at it. */
export function deliveredEvents(state: Export, { directory }: Pick<Context, 'directory'>): readonly Event[] {
  if (!isPreview(state)) return [{ type: 'delivered' }];
  const tell = directory.roles.get('marketing_ops')?.default_owner ?? null;
  const [url, reference] = [previewUrl(state), previewReference(state)];
  return [{ type: 'delivered' }, { type: 'preview_ready', url, reference, tell }];
}

/** Once for each preview; `live` is the export that asks to publish it. */
export function closePreview(state: Export, live: string | null): Decision {
  return { events: awaitedSkus(state).length === 0 ? [] : [{ type: 'preview_closed', live }] };
}
