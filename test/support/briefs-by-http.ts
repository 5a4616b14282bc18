import { createSigner } from '../../src/sinks/signing.ts';
import { SECRETS } from './config.ts';
import type { House } from './house.ts';

let sent = 0;

/** Posts a brief as a source does, signed. */
export async function postBrief(
  house: House,
  campaign_id: string,
  brief: unknown,
  source = 'pim',
): Promise<{ status: number; body: Record<string, unknown> }> {
  sent += 1;
  const text = JSON.stringify({ campaign_id, brief });
  const sign = createSigner([SECRETS[source === 'pim' ? 'PIM_SECRET' : 'WMS_SECRET'] ?? '']);
  const response = await fetch(`${house.meshline.url}/v1/campaigns`, {
    method: 'POST',
    headers: {
      ...sign(`msg_brief_${sent}`, house.clock.now(), text),
      'content-type': 'application/json',
      'meshline-source': source,
    },
    body: text,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
