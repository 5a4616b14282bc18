import assert from 'node:assert/strict';
import { type Campaign, isClosing, isOut, issued, stageOf } from '../../src/exports/campaigns/campaign.ts';
import { replayCampaign } from '../../src/exports/campaigns/evolve.ts';
import { replay } from '../../src/exports/evolve.ts';
import { awaited } from '../../src/exports/gates.ts';
import { isRefusal } from '../../src/exports/refusals.ts';
import type { Export } from '../../src/exports/state.ts';
import { HOUR_MS, TERMINAL } from '../../src/exports/words.ts';
import { raiseException } from '../../src/flow/exceptions.ts';
import { CampaignEngine, FORMER, type WorldOptions } from './campaign-engine.ts';
import type { Mood } from './campaign-shop.ts';
import { aBrief } from './campaigns.ts';
import { PEOPLE } from './house.ts';
import { T0 } from './manual-clock.ts';

/** A marketer's day: what people, systems and the clock do to one campaign, and what must hold after it. */
export class CampaignWorld extends CampaignEngine {
  static async open(options: WorldOptions = {}): Promise<CampaignWorld> {
    const world = new CampaignWorld(options);
    await world.start();
    const start = T0 + (options.starts_in ?? -HOUR_MS);
    const window = {
      start: new Date(start).toISOString(),
      end: new Date(T0 + 24 * HOUR_MS).toISOString(),
      time_zone: 'America/New_York',
    };
    const made = await world.campaigns.create(PEOPLE.sofia.guid, aBrief(T0, { window }), 'slack');
    if (isRefusal(made)) throw new Error(made.refused);
    world.id = made.after.id;
    return world;
  }

  moods(where: 'shop' | 'oms', ...moods: Mood[]): void {
    this[where].moods.push(...moods);
  }

  /** Somebody sets a price at the shop itself. */
  change(sku: string, price: string): void {
    this.shop.prices.set(sku, price);
    this.byHand.set(sku, new Set([...(this.byHand.get(sku) ?? []), price]));
  }

  async campaign(): Promise<Campaign> {
    const found = await this.flow.ledger.campaign(this.id);
    if (!found) throw new Error('There is no campaign.');
    return found;
  }

  async exports(): Promise<readonly Export[]> {
    const rows = await this.flow.ledger.list({ campaign_id: this.id, limit: 1_000 });
    const states = await Promise.all(rows.map(({ id }) => this.flow.ledger.get(id)));
    return states.filter((each) => each !== null);
  }

  /** The newest export in one of these states. */
  async newest(...statuses: Export['status'][]): Promise<Export | null> {
    const found = await this.exports();
    return (
      found.toSorted((a, b) => (a.id < b.id ? 1 : -1)).find(({ status }) => statuses.includes(status)) ?? null
    );
  }

  /** Whoever may sign next signs. */
  async accept(): Promise<void> {
    const state = await this.newest('pending');
    if (!state) return;
    const { directory } = this.flow.settings();
    for (const person of awaited(state, directory)) {
      const done = await this.desk.accept(state.id, person, state.revision?.number ?? 0, true);
      if (!isRefusal(done)) return;
    }
  }

  async reject(): Promise<void> {
    const state = await this.newest('pending', 'paused', 'failed', 'delivering');
    if (!state) return;
    const seen = state.revision?.number ?? 0;
    for (const person of [PEOPLE.priya, PEOPLE.hannah, PEOPLE.grace])
      if (!isRefusal(await this.desk.reject(state.id, person.guid, seen, 'Not now.'))) return;
  }

  async withdraw(): Promise<void> {
    const state = await this.newest('pending', 'accepted', 'delivering', 'paused', 'failed');
    if (state?.requester) await this.desk.withdraw(state.id, state.requester, null);
  }

  async resolve(): Promise<void> {
    const paused = await this.newest('paused');
    for (const person of [PEOPLE.grace, PEOPLE.priya, PEOPLE.hannah])
      if (paused) await this.desk.resume(paused.id, person.guid, 'Seen to.');
    const failed = await this.newest('failed');
    for (const person of [PEOPLE.nadia, PEOPLE.hannah, PEOPLE.priya])
      if (failed) await this.desk.redeliver(failed.id, person.guid);
  }

  async report(): Promise<void> {
    const { activate } = await this.present();
    const body = { exception_code: 'insufficient_inventory', exception_metadata: {} };
    if (activate) await raiseException(this.flow, activate.export_id, 'oms', body);
  }

  async present() {
    const campaign = await this.campaign();
    return { campaign, activate: issued(campaign, 'activate'), end: issued(campaign, 'end') };
  }

  ready = async () => this.campaigns.ready(this.id, PEOPLE.sofia.guid, (await this.campaign()).brief_version);
  pause = () => this.campaigns.pause(this.id, PEOPLE.priya.guid, 'Too many returns.');
  resume = () => this.campaigns.resume(this.id, PEOPLE.priya.guid);
  rollBack = (leave: boolean) => this.campaigns.rollBack(this.id, PEOPLE.priya.guid, 'Not wanted.', leave);
  end = () => this.campaigns.end(this.id, PEOPLE.priya.guid);

  async stage(what: 'advance' | 'hold' | 'back'): Promise<void> {
    const { activate } = await this.present();
    const state = activate ? await this.flow.ledger.get(activate.export_id) : null;
    if (!state?.rollout) return;
    const { stage } = state.rollout;
    const by = PEOPLE.hannah.guid;
    if (what === 'advance') await this.desk.advanceRollout(state.id, by, stage);
    else if (what === 'hold') await this.desk.holdRollout(state.id, by, stage);
    else await this.desk.rollBackRollout(state.id, by);
  }

  /** What must hold at every moment, whatever has happened. */
  async check(): Promise<void> {
    const campaign = await this.campaign();
    const events = await this.flow.ledger.campaignEvents(this.id);
    assert.deepEqual(replayCampaign(this.id, events), campaign);
    const states = await this.exports();
    for (const state of states)
      assert.deepEqual(replay(state.id, await this.flow.ledger.events(state.id)), state);
    const promised = new Map(Object.entries(FORMER).map(([sku, price]) => [sku, new Set([price])]));
    for (const { operation, body } of [...this.shop.pushes, ...this.oms.pushes])
      if (operation.startsWith('promo.'))
        for (const line of body['lines'] as { canonical_sku: string; price: string }[])
          promised.get(line.canonical_sku)?.add(line.price);
    for (const { prices } of [this.shop, this.oms])
      for (const [sku, price] of prices)
        assert.ok(
          promised.get(sku)?.has(price) === true || this.byHand.get(sku)?.has(price) === true,
          `${sku} stands at ${price}, which nobody wanted`,
        );
    for (const { operation, export: sent } of [...this.shop.pushes, ...this.oms.pushes]) {
      if (operation === 'promo.deactivate') continue;
      const people = new Set(sent.accepted_by.map(({ person }) => person));
      assert.equal(people.size, 2, `${operation} went out`);
      assert.ok(!people.has(PEOPLE.sofia.guid), 'It was accepted by whoever asked for it.');
    }
  }

  /** What must hold once nothing moves any more. */
  async checkAtRest(): Promise<void> {
    await this.check();
    const { campaign, activate } = await this.present();
    const state = activate ? await this.flow.ledger.get(activate.export_id) : null;
    const stage = stageOf(campaign);
    const where = `${campaign.status}/${stage}, activation ${state?.status}`;
    for (const { export_id, status } of campaign.exports)
      assert.equal((await this.flow.ledger.get(export_id))?.status, status, `news of ${export_id}`);
    switch (campaign.status) {
      case 'live':
        if (!isClosing(campaign)) assert.equal(state?.status, 'delivered', where);
        break;
      case 'ended': {
        // A way back that met prices set by hand waits for somebody even then.
        const open = campaign.exports.filter(
          ({ status, what }) => !TERMINAL.has(status) && (what === 'activate' || what === 'publish'),
        );
        assert.deepEqual(open, [], where);
        break;
      }
      case 'draft':
        if (!isClosing(campaign)) assert.ok(!isOut(campaign), where);
        break;
      case 'ready':
        if (state && !isClosing(campaign))
          assert.ok(!['rejected', 'withdrawn', 'expired', 'rolled_back'].includes(state.status), where);
        break;
      case 'paused':
        if (campaign.halt?.by !== null && !isClosing(campaign))
          assert.notEqual(state?.status, 'pending', where);
        break;
    }
    if (!isOut(campaign) && state?.status !== 'delivering') this.#assertFormer(where);
  }

  /** Every price is the one from before, or one that somebody set there by hand. */
  #assertFormer(where: string): void {
    for (const [sku, price] of Object.entries(FORMER)) {
      const byHand = this.byHand.get(sku);
      const held = this.shop.prices.get(sku) ?? '';
      if (byHand) assert.ok([price, ...byHand].includes(held), `${sku} at the shop, ${where}`);
      else assert.equal(held, price, `${sku} at the shop, ${where}`);
      if (!byHand) assert.equal(this.oms.prices.get(sku), price, `${sku} at the OMS, ${where}`);
    }
  }

  /** Prints what has happened, for whoever looks into a failing seed. */
  async tell(): Promise<void> {
    const lines: string[] = [];
    for (const { n, at, event } of await this.flow.ledger.campaignEvents(this.id))
      lines.push(
        `campaign ${n} +${at - T0} ${event.type} ${'status' in event ? `${event.status} ${event.export_id.slice(-2)} n${event.n} out=${event.out}` : ''}`,
      );
    for (const state of await this.exports())
      for (const { n, at, event } of await this.flow.ledger.events(state.id))
        lines.push(`${state.id.slice(-2)} ${n} +${at - T0} ${event.type} ${'key' in event ? event.key : ''}`);
    process.stdout.write(`${lines.join('\n')}\n`);
  }

  /** People can always bring it to its end, with the prices as they were. */
  async bringHome(): Promise<void> {
    this.shop.moods = [];
    this.oms.moods = [];
    for (let n = 0; n < 25; n += 1) {
      await this.drain();
      await this.pass(5_000);
      await this.drain();
      const { campaign, end } = await this.present();
      if (campaign.status === 'ended') break;
      if (end && ['paused', 'failed'].includes(end.status)) {
        const tried = n % 2 === 0 && end.status === 'failed';
        if (tried) await this.resolve();
        else
          await this.desk.reject(
            end.export_id,
            PEOPLE.priya.guid,
            await this.#seen(end.export_id),
            'Leave it.',
          );
        continue;
      }
      if (!isRefusal(await this.rollBack(true))) continue;
      const open = await this.newest('pending', 'paused', 'failed', 'delivering', 'quarantined');
      if (open?.rollout && open.status === 'delivering') await this.stage('back');
      await this.reject();
      await this.drain();
      await this.end();
    }
    await this.rest();
    if (process.env['MESHLINE_TELL']) await this.tell();
    await this.checkAtRest();
    const { campaign, activate } = await this.present();
    const told = JSON.stringify({
      status: campaign.status,
      halt: campaign.halt,
      marks: campaign.marks,
      last: campaign.exports.at(-1),
      activate,
    });
    assert.equal(campaign.status, 'ended', told);
  }

  async #seen(id: string): Promise<number> {
    return (await this.flow.ledger.get(id))?.revision?.number ?? 0;
  }
}
