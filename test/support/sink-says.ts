import { Webhook } from 'standardwebhooks';
import { SECRETS } from './config.ts';
import type { House } from './house.ts';

let deliveries = 0;

/** A sink's later answer about an export that it had taken, signed with its own secret. */
export async function sinkSays(
  house: House,
  sink: 'oms' | 'wms',
  exportId: string,
  exception_code: string,
  exception_metadata: object = {},
): Promise<number> {
  deliveries += 1;
  const body = JSON.stringify({ exception_code, exception_metadata });
  const id = `later-${deliveries}`;
  const at = new Date(house.clock.now());
  const secret = SECRETS[sink === 'oms' ? 'OMS_SECRET' : 'WMS_SINK_SECRET'] ?? '';
  const response = await fetch(`${house.meshline.url}/v1/exports/${exportId}/exceptions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'meshline-sink': sink,
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
    body,
  });
  return response.status;
}
