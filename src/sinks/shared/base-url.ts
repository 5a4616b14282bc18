import type { z } from 'zod';
import { checkUrl } from '../egress.ts';

/** Reports a `base_url` that must not be called, as a fault of the settings. */
export function checkBaseUrl(
  { base_url, allow_private }: { base_url?: string | undefined; allow_private: boolean },
  report: Pick<z.core.$RefinementCtx, 'addIssue'>,
): void {
  if (base_url === undefined) return;
  const checked = checkUrl(base_url, allow_private);
  if (!checked.ok) report.addIssue({ code: 'custom', path: ['base_url'], message: checked.problem });
}
