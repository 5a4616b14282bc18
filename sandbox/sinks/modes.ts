/** How a sample sink behaves until told otherwise. */
export const MODES = [
  { id: 'ok', label: 'Works' },
  { id: 'fail_500', label: 'Fails with 500' },
  { id: 'fail_once_500', label: 'Fails once with 500, then works' },
  { id: 'rate_limited', label: 'Answers 429, retry later' },
  { id: 'reject_422', label: 'Refuses: insufficient inventory' },
  { id: 'short_once', label: 'Short of stock for the next promo, then works' },
  { id: 'locked_409', label: 'Refuses: locked for stocktaking' },
  { id: 'staging_fails', label: 'Rehearsals fail: a sample cannot be read back' },
  { id: 'timeout', label: 'Never answers' },
  { id: 'lost_answer', label: 'Does it, then loses the answer' },
  { id: 'html', label: 'Answers an HTML page' },
  { id: 'gone_410', label: 'Gone (410)' },
] as const;

export type Mode = (typeof MODES)[number]['id'];

/** Not even a question is answered then. */
export function isDown(mode: Mode): boolean {
  return ['fail_500', 'rate_limited', 'timeout', 'html', 'gone_410'].includes(mode);
}

export function isMode(id: string): id is Mode {
  return MODES.some((m) => m.id === id);
}
