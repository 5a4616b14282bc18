/** How much is tried: `short` within `npm test`, `quick` in ten minutes, `full` within an hour. */
export type Scale = 'short' | 'quick' | 'full';

const SCALES: readonly string[] = ['quick', 'full'];

function scaleOf(told: string | undefined): Scale {
  if (told === undefined || told === '' || told === 'short') return 'short';
  if (SCALES.includes(told)) return told as Scale;
  throw new Error(`MESHLINE_PROOF is ${told}; it may be short, quick or full.`);
}

export const SCALE: Scale = scaleOf(process.env['MESHLINE_PROOF']);

/** The number for the scale of this run. */
export function scaled(of: Record<Scale, number>): number {
  return of[SCALE];
}
