import type { Shown } from '../../flow/ports.ts';
import type { Words } from '../words.ts';

/** Why somebody else than the usual owner decides: where it was routed past them, and who stands in since. */
export function standInLines({ state, directory }: Shown): readonly Words[] {
  const { route, stand_in } = state;
  const lines: Words[] = [];
  if (route.for !== undefined) lines.push([{ said: route.reason, max: 300 }]);
  if (!stand_in) return lines;
  const away = directory.away.get(stand_in.for);
  const why: Words = [' ', away?.reason ?? 'is covered'];
  const until: Words = !away && stand_in.until !== null ? [' until ', { at: stand_in.until }] : [];
  const who: Words =
    stand_in.by === null
      ? [', and nobody is left to stand in. On-call was paged.']
      : ['; ', { name: stand_in.by, strong: true }, ' stands in.'];
  return [...lines, [{ name: stand_in.for }, ...why, ...until, ...who]];
}
