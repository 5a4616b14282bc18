import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Webhook } from 'standardwebhooks';
import { expect } from 'vitest';
import type { Maintenance } from '../../../src/store/index.ts';
import type { Ledger } from '../../../src/store/port.ts';
import { SECRETS } from '../../support/config.ts';
import { fixture, put } from '../../support/fixtures.ts';
import { HOOK_SECRETS, LABEL_WITH, type Platform, rsaKeys, startPlatform } from '../../support/hooks.ts';
import { type House, openHouse } from '../../support/house.ts';

const keyNo = (n: number) => `whsec_${Buffer.alloc(32, n).toString('base64')}`;

/** Each sender and each sink with a secret of its own, so that one cannot speak for another. */
const OWN = {
  ERP_SECRET: keyNo(21),
  WMS_SECRET: keyNo(22),
  SHOP_SECRET: keyNo(23),
  WMS_SINK_SECRET: keyNo(24),
};

export const keyOf = (secret: string | undefined): Buffer =>
  Buffer.from((secret ?? '').slice('whsec_'.length), 'base64');

export const KEYS = {
  pim: keyOf(SECRETS['PIM_SECRET']),
  erp: keyOf(OWN.ERP_SECRET),
  oms: keyOf(SECRETS['OMS_SECRET']),
  wmsSink: keyOf(OWN.WMS_SINK_SECRET),
  bigc: Buffer.from(HOOK_SECRETS.BIGC_SECRET),
};

/** Of a click that was taken before. */
export const USED_TRIGGER = 'click.used';

export const RSA = rsaKeys('key-1');

/** Everything that a forged request could change, and what stands before the first. */
export type Stage = {
  house: House;
  platform: Platform;
  /** Waits for its two people, with a card. */
  pending: string;
  /** Has reached the OMS, so that the OMS may still report about it. */
  delivered: string;
  task: string;
  /** A delivery that was taken before, to the byte. */
  captured: { headers: Record<string, string>; body: string; id: string };
  /** The end of the chain and what waits of webhooks: changed by every effect. */
  mark(): Promise<string>;
  /** Every event after the first `seq`, for whoever has to find out what had an effect. */
  since(seq: number): string[];
  close(): Promise<void>;
};

async function sendCaptured(house: House): Promise<Stage['captured']> {
  const body = JSON.stringify(
    fixture('price_update', {
      now: house.clock.now(),
      edit: (raw) => put(raw, 'idempotency_key', undefined),
    }),
  );
  const at = new Date(house.clock.now());
  const headers = {
    'content-type': 'application/json',
    'meshline-source': 'pim',
    'webhook-id': 'msg_captured',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRETS['PIM_SECRET'] ?? '').sign('msg_captured', at, body),
  };
  const answer = await fetch(`${house.meshline.url}/v1/exports`, { method: 'POST', headers, body });
  if (answer.status !== 202) throw new Error(`The captured export got ${answer.status}.`);
  const { export_id } = (await answer.json()) as { export_id: string };
  return { headers, body, id: export_id };
}

/** A house with every kind of door open, and something behind each that is worth forging for. */
export async function openStage(mode: 'http' | 'socket'): Promise<Stage> {
  const platform = await startPlatform(({ path }) => (path === '/jwks' ? { json: RSA.jwks } : null));
  const house = await openHouse({
    mode,
    env: { ...HOOK_SECRETS, ...OWN },
    configure(file) {
      const rules = [{ when: 'order_placed', then: 'shipping_label_request', with: LABEL_WITH }];
      file.sources['storefront'] = {
        kind: 'shopify',
        secret_env: 'SHOPIFY_SECRET',
        settings: { shop: 'northwind.myshopify.com' },
        rules,
      };
      file.sources['bigc'] = {
        kind: 'bigcommerce',
        secret_env: 'BIGC_SECRET',
        api_token_env: 'BIGC_TOKEN',
        settings: { store_hash: 'abc123', api_url: platform.url, allow_private: true },
        rules,
      };
      file.sources['bi'] = { token_env: 'READ_TOKEN', scopes: ['exports:read'] };
      file.sources['parcels'] = {
        kind: 'shipstation',
        settings: { hosts: [platform.host], jwks_url: `${platform.url}/jwks`, allow_private: true },
        rules: [{ when: 'label_failed', then: 'exception_notify' }],
      };
    },
  });
  const { ledger } = house.meshline.flow;
  const close = async () => {
    await house.close();
    await platform.close();
  };
  try {
    const captured = await sendCaptured(house);
    const pending = (await house.sendFixture('promo_activation')).body.export_id ?? '';
    await house.as('priya').waitForMessage('#promo-approvals', () => true);
    const delivered = (await house.sendFixture('price_update')).body.export_id ?? '';
    const price = await house.as('mei').waitForMessage('#merchandising', () => true);
    await house.as('mei').click(price, 'accept');

    await expect.poll(async () => (await ledger.get(delivered))?.status).toBe('delivered');
    await house.sendFixture('staged_product', (raw) => {
      raw['idempotency_key'] = 'broken';
      raw['occurred_at'] = 'yesterday';
    });
    await ledger.firstSeen('slack', USED_TRIGGER, '', house.clock.now(), 15 * 60_000);
    const [task] = await ledger.tasks({ state: 'open', limit: 1 });
    const pulse = async () => (await ledger.pulse(house.clock.now())).outbox;
    await expect.poll(pulse).toBe(0);
    return {
      house,
      platform,
      pending,
      delivered,
      task: task?.id ?? '01930000-0000-7000-8000-000000000001',
      captured,
      async mark() {
        const { seq, hash } = (ledger as Ledger & Maintenance).head();
        const { waiting, failed } = await ledger.inbound.counts();
        return `${seq} ${hash.toString('hex')} ${waiting} ${failed}`;
      },
      since(seq) {
        const db = new Database(join(house.folder, 'meshline.db'), { readonly: true });
        try {
          const rows = db.prepare('SELECT data FROM events WHERE seq > ? LIMIT 10').all(seq);
          return rows.map((row) => String(Reflect.get(Object(row), 'data')).slice(0, 500));
        } finally {
          db.close();
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
