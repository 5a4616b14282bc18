import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import type { HealthCheck } from '../../src/web/deps.ts';
import { promo } from '../support/clicks.ts';
import { put } from '../support/fixtures.ts';
import { type House, openHouse } from '../support/house.ts';

const MINUTE = 60_000;
const WITHIN = { timeout: 20_000, interval: 100 };

type Told = { status: number; attention: string[]; checks: Record<string, HealthCheck> };

async function readyz(house: House): Promise<Told> {
  const response = await fetch(`${house.meshline.url}/readyz`);
  const body = (await response.json()) as { attention: string[]; checks: HealthCheck[] };
  if (process.env['SHOW'] !== undefined) process.stdout.write(`${JSON.stringify(body, null, 1)}\n`);
  return {
    status: response.status,
    attention: body.attention,
    checks: Object.fromEntries(body.checks.map((check) => [check.name, check])),
  };
}

const metrics = async (house: House) => (await fetch(`${house.meshline.url}/metrics`)).text();

async function open(options: Parameters<typeof openHouse>[0] = {}): Promise<House> {
  const house = await openHouse(options);
  onTestFinished(() => house.close());
  return house;
}

it('says that all is well, and when Slack was last heard', { timeout: 30_000 }, async () => {
  const house = await open();
  const before = await readyz(house);
  expect(before).toMatchObject({ status: 200, attention: [] });
  expect(before.checks['slack']?.detail).toMatch(
    /^Connected for \d+ seconds? \(2 of 2 connections\)\. Nobody has clicked yet\.$/,
  );
  const { card } = await promo(house, 'Heard');
  await house.as('priya').click(card, 'accept');
  await expect
    .poll(async () => (await readyz(house)).checks['slack']?.detail, WITHIN)
    .toMatch(/\. The last click or event came \d+ seconds? ago\.$/);
});

it('tells a Slack that is away, one that is silent, and stays ready', { timeout: 60_000 }, async () => {
  const house = await open();
  await promo(house, 'Silent');
  house.clock.leap(26 * 60 * MINUTE);
  await expect.poll(async () => (await readyz(house)).attention, WITHIN).toContain('slack');
  expect((await readyz(house)).checks['slack']?.detail).toMatch(
    / 26 hours ago\. One export waits for people: try a button, and see that clicks arrive\.$/,
  );
  house.sandbox.control.addFault({ match: { method: 'apps.connections.open' }, kind: '500', times: 0 });
  house.sandbox.control.sockets('drop');
  await expect
    .poll(async () => (await readyz(house)).checks['slack'], WITHIN)
    .toMatchObject({
      ok: true,
      attention: true,
      detail: expect.stringMatching(/^Not connected for \d+ seconds?: cards wait in the outbox/),
      runbook: 'docs/runbook.md#meshlineslackdisconnected',
    });
  expect((await readyz(house)).status).toBe(200);
  expect(await metrics(house)).toMatch(/^meshline_slack_connected 0$/m);
});

it('names the channel that gets nothing through, with what Slack says', { timeout: 60_000 }, async () => {
  const house = await open();
  house.sandbox.control.addFault({ match: { method: 'chat.postMessage' }, kind: '500', times: 0 });
  await house.sendFixture('promo_activation');
  await expect
    .poll(() => metrics(house), WITHIN)
    .toMatch(/slack_calls_total\{method="chat.postMessage",result="error"\}/);
  await expect
    .poll(() => metrics(house), WITHIN)
    .not.toMatch(/^meshline_outbox_standstill_seconds\{lane_kind="slack"\} 0$/m);
  house.clock.leap(6 * MINUTE);
  await expect
    .poll(async () => (await readyz(house)).checks['outbox'], WITHIN)
    .toMatchObject({
      ok: true,
      attention: true,
      detail: expect.stringMatching(
        /^Slack channel #promo-approvals has taken nothing for \d+ minutes \(http_500\)\. /,
      ),
    });
  expect(await metrics(house)).toMatch(/^meshline_outbox_standstill_seconds\{lane_kind="slack"\} 3\d\d/m);
});

it('names a sink that rests, since when, why and when it is tried again', { timeout: 60_000 }, async () => {
  const house = await open();
  house.sinks.setMode('wms', 'fail_500');
  house.sinks.setMode('oms', 'fail_500');
  for (let n = 0; n < 8; n += 1)
    await house.sendFixture(
      'inventory_delta',
      (raw) => {
        raw['idempotency_key'] = `resting-${n}`;
        put(raw, 'payload.lines.0.sku', `REST-${n}`);
      },
      'wms',
    );
  await expect.poll(async () => (await readyz(house)).attention, WITHIN).toContain('sinks');
  const { checks, status } = await readyz(house);
  expect(status).toBe(200);
  expect(checks['sinks']?.detail).toMatch(
    /has been resting for \d+ seconds? \(.+; (tried again in|the next push)/,
  );
  expect(await metrics(house)).toMatch(/^meshline_sink_breaker_state\{sink="\w+"\} [12]$/m);
});

it('is not ready when the ledger cannot be read', { timeout: 30_000 }, async () => {
  const house = await open();
  const { ledger } = house.meshline.flow;
  const broken = () => Promise.reject(new Error('disk I/O error'));
  Object.assign(ledger, { pulse: broken });
  Object.assign(ledger.inbound, { counts: broken });
  house.clock.leap(2_000);
  const told = await readyz(house);
  expect(told).toMatchObject({ status: 503, attention: ['ledger'] });
  expect(told.checks['ledger']?.detail).toBe('The ledger cannot be read. Look at its disk and at the log.');
  const served = await metrics(house);
  expect(served).toMatch(/^meshline_ledger_readable 0$/m);
  expect(served).toMatch(/^meshline_slack_connected 1$/m);
  expect(served).not.toMatch(/^meshline_(exports_open|inbound_waiting) /m);
});

it('has every metric that the alarms ask for', { timeout: 30_000 }, async () => {
  const backups = mkdtempSync(join(tmpdir(), 'meshline-alarms-'));
  onTestFinished(() => rmSync(backups, { recursive: true, force: true }));
  const house = await open({
    configure: (file) => {
      file['schedules'] = {
        backup: { every_ms: 3_600_000, folder: backups, keep: 2 },
        head: { every_ms: 60_000, file: join(backups, 'heads.txt') },
      };
    },
  });
  const { card } = await promo(house, 'Counted');
  await house.as('priya').click(card, 'accept');
  const rules = readFileSync(new URL('../../deploy/alerts.yml', import.meta.url), 'utf8');
  const asked = new Set(
    (parse(rules) as { groups: { rules: { expr: string }[] }[] }).groups
      .flatMap((group) => group.rules)
      .flatMap(({ expr }) => expr.match(/meshline_\w+/g) ?? []),
  );
  asked.delete('meshline_pushes_total');
  await expect
    .poll(() => metrics(house), WITHIN)
    .toMatch(/^meshline_events_total\{type="acceptance_recorded"\} 1$/m);
  await expect.poll(() => metrics(house), WITHIN).toMatch(/^meshline_upkeep_age_seconds\{upkeep="backup"\}/m);
  const served = await metrics(house);
  for (const name of asked) expect(served).toMatch(new RegExp(`^${name}(\\{| )`, 'm'));
  expect(served).toContain('# TYPE meshline_pushes_total counter');
  expect(served).toMatch(/^meshline_slack_ack_seconds_count [1-9]/m);
  expect(served).toMatch(/^meshline_slack_calls_total\{method="chat.postMessage",result="ok"\} [1-9]/m);
});
