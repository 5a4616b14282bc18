/** How a sample sink behaves until told otherwise. */
export const MODES = [
  { id: 'ok', label: 'Works' },
  { id: 'fail_500', label: 'Fails with 500' },
  { id: 'fail_once_500', label: 'Fails once with 500, then works' },
  { id: 'rate_limited', label: 'Answers 429, retry later' },
  { id: 'reject_422', label: 'Refuses: insufficient inventory' },
  { id: 'locked_409', label: 'Refuses: locked for stocktaking' },
  { id: 'timeout', label: 'Never answers' },
  { id: 'lost_answer', label: 'Does it, then loses the answer' },
  { id: 'html', label: 'Answers an HTML page' },
  { id: 'gone_410', label: 'Gone (410)' },
] as const;

export type Mode = (typeof MODES)[number]['id'];

export function isMode(id: string): id is Mode {
  return MODES.some((m) => m.id === id);
}
