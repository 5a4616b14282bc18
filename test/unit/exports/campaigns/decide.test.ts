import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../../src/exports/campaigns/campaign.ts';
import { campaignDue, runners } from '../../../../src/exports/campaigns/decide.ts';
import { campaignEffects } from '../../../../src/exports/campaigns/effects.ts';
import { replayCampaign } from '../../../../src/exports/campaigns/evolve.ts';
import { HOUR_MS } from '../../../../src/exports/words.ts';
import { HANNAH, Played, PRIYA, people, SOFIA } from '../../../support/campaign-core.ts';
import { aBrief } from '../../../support/campaigns.ts';
import { T0 } from '../../../support/manual-clock.ts';

const played = () => new Played().create();
const short = (world: Played) =>
  world.move('paused', { code: 'insufficient_inventory', detail: 'Too few.', out: true });

/** Every state that a campaign can stand in, and how it comes there. */
const STATES: Readonly<Record<string, () => Played>> = {
  draft: played,
  ready: () => {
    const world = played();
    world.ready();
    world.issued('activate');
    world.move('pending');
    return world;
  },
  live: () => played().live(),
  short: () => {
    const world = played().live();
    short(world);
    return world;
  },
  closing: () => {
    const world = played().live();
    world.do({ do: 'pause', by: PRIYA, reason: 'Too many returns.' });
    return world;
  },
  paused: () => {
    const world = STATES['closing']?.() ?? played();
    world.issued('end', 'pause');
    world.move('delivered', { export_id: 'end-pause1' });
    world.move('rolled_back', { out: true });
    return world;
  },
  ended: () => {
    const world = played();
    world.do({ do: 'end', by: PRIYA });
    return world;
  },
};

const ASKED = {
  revise: (world: Played) =>
    world.do({ do: 'revise', by: SOFIA, via: 'slack', seen: 1, brief: aBrief(T0, { name: 'Other' }) }),
  ready: (world: Played) => world.ready(),
  pause: (world: Played) => world.do({ do: 'pause', by: PRIYA, reason: 'Too many returns.' }),
  resume: (world: Played) => world.do({ do: 'resume', by: PRIYA, unpriced: [] }),
  roll_back: (world: Played) =>
    world.do({ do: 'roll_back', by: PRIYA, reason: 'Not wanted.', drift: [], leave_drifted: false }),
  end: (world: Played) => world.do({ do: 'end', by: PRIYA }),
} as const;

/** Of each command in each state: what happens, or why not. */
const MATRIX: Readonly<Record<string, Readonly<Record<keyof typeof ASKED, string>>>> = {
  draft: {
    revise: 'brief_revised',
    ready: 'readied',
    pause: 'campaign_not_so',
    resume: 'campaign_not_so',
    roll_back: 'campaign_not_so',
    end: 'campaign_ended',
  },
  ready: {
    revise: 'campaign_not_so',
    ready: 'campaign_not_so',
    pause: 'campaign_not_so',
    resume: 'campaign_not_so',
    roll_back: 'campaign_not_so',
    end: 'campaign_not_so',
  },
  live: {
    revise: 'campaign_not_so',
    ready: 'campaign_not_so',
    pause: 'campaign_paused',
    resume: 'campaign_not_so',
    roll_back: 'rollback_asked',
    end: 'campaign_not_so',
  },
  short: {
    revise: 'campaign_not_so',
    ready: 'campaign_not_so',
    pause: 'campaign_not_so',
    resume: 'resume_elsewhere',
    roll_back: 'rollback_asked',
    end: 'campaign_not_so',
  },
  closing: {
    revise: 'campaign_not_so',
    ready: 'campaign_not_so',
    pause: 'campaign_not_so',
    resume: 'still_closing',
    roll_back: 'still_closing',
    end: 'still_closing',
  },
  paused: {
    revise: 'campaign_not_so',
    ready: 'campaign_not_so',
    pause: 'campaign_not_so',
    resume: 'campaign_resumed',
    roll_back: 'campaign_not_so',
    end: 'campaign_ended',
  },
  ended: {
    revise: 'campaign_not_so',
    ready: 'campaign_not_so',
    pause: 'campaign_not_so',
    resume: 'campaign_not_so',
    roll_back: 'campaign_not_so',
    end: 'campaign_not_so',
  },
};

describe('what may be done with a campaign', () => {
  for (const [state, row] of Object.entries(MATRIX)) {
    it.each(Object.entries(row))(`${state}: %s is answered by %s`, (command, expected) => {
      const world = STATES[state]?.() ?? played();
      const done = ASKED[command as keyof typeof ASKED](world);
      expect(typeof done === 'string' ? done : done[0]).toBe(expected);
      expect(replayCampaign('autumn', world.log)).toEqual(world.campaign);
    });
  }

  it('answers only to its owner, to whoever briefed it and to marketing', () => {
    const world = played().live();
    expect(runners(world.campaign as Campaign, people)).toEqual(expect.arrayContaining([PRIYA, SOFIA]));
    for (const command of Object.keys(ASKED) as (keyof typeof ASKED)[]) {
      if (command === 'revise') continue;
      const by = HANNAH;
      const asked = {
        ready: { do: 'ready', by, seen: 1, unpriced: [] },
        pause: { do: 'pause', by, reason: 'Because.' },
        resume: { do: 'resume', by, unpriced: [] },
        roll_back: { do: 'roll_back', by, reason: 'Because.', drift: [], leave_drifted: true },
        end: { do: 'end', by },
      } as const;
      expect(world.do(asked[command]), command).toBe('not_allowed');
    }
    expect(world.do({ do: 'end', by: 'nobody' })).toBe('unknown_person');
  });

  it('has its owner answer no more once they have left, and marketing goes on', () => {
    const world = played().live();
    const gone = new Map(people.people);
    const priya = gone.get(PRIYA);
    if (priya) gone.set(PRIYA, { ...priya, active: false });
    world.context = { directory: { ...people, people: gone } };
    expect(ASKED.pause(world)).toBe('inactive_person');
    expect(world.do({ do: 'pause', by: SOFIA, reason: 'She has left.' })).toEqual(['campaign_paused']);
  });

  it('hears a system only about the campaigns that it briefed itself', () => {
    const world = played();
    const brief = aBrief(T0, { name: 'Other' });
    expect(world.do({ do: 'revise', by: null, via: 'pim', seen: null, brief })).toBe('campaign_exists');
  });

  it('goes out with neither an unknown price nor a brief that was not seen', () => {
    const world = played();
    expect(world.ready(['CAP-RED'])).toBe('price_unknown');
    expect(world.do({ do: 'ready', by: SOFIA, seen: 7, unpriced: [] })).toBe('brief_stale');
  });

  it('names what has drifted, leaves it when told, and ends at once where nothing is left to put back', () => {
    const drift = [{ sku: 'CAP-RED', expected: '14.40', present: '16.00' }];
    const back = (world: Played, leave_drifted: boolean, more = drift) =>
      world.do({ do: 'roll_back', by: PRIYA, reason: 'Not wanted.', drift: more, leave_drifted });
    expect(back(played().live(), false)).toBe('drifted');
    expect(back(played().live(), true)).toEqual(['rollback_asked']);
    const all = ['TEE-BLK-M', 'TEE-BLK-L', 'CAP-RED'].map((sku) => ({
      sku,
      expected: '1.00',
      present: '2.00',
    }));
    expect(back(played().live(), true, all)).toEqual(['rollback_asked', 'campaign_ended']);
  });
});

describe('what its exports make of it', () => {
  it('goes to draft with the reason when nobody accepts its promo in time', () => {
    const world = STATES['ready']?.() ?? played();
    world.move('expired');
    expect(world.campaign).toMatchObject({
      status: 'draft',
      halt: { reason: 'The promo was not accepted in time.' },
    });
    expect(world.ready()).toEqual(['readied']);
  });

  it('puts back what had gone out of a promo that is rejected after a shortage', () => {
    const world = STATES['ready']?.() ?? played();
    world.move('accepted');
    world.move('delivering');
    short(world);
    expect(world.campaign).toMatchObject({ status: 'paused', was_short: true });
    world.move('rejected', { detail: 'No stock until May.', person: HANNAH });
    expect(world.campaign).toMatchObject({ status: 'draft', halt: { reason: 'No stock until May.' } });
    expect(world.stages.at(-1)).toBe('closing');
    expect(world.ready()).toBe('still_closing');
    world.issued('end', 'refused');
    world.move('delivered', { export_id: 'end-refused1' });
    expect(world.stages.at(-1)).toBe('briefing');
    expect(world.ready()).toEqual(['readied']);
  });

  it('counts news of an export that it was told of before it knew to have issued it', () => {
    const world = played().live();
    world.do({ do: 'roll_back', by: PRIYA, reason: 'Not wanted.', drift: [], leave_drifted: false });
    world.move('delivered', { export_id: 'end-rollback1' });
    expect(world.campaign?.status).toBe('live');
    expect(world.issued('end', 'rollback')).toEqual(['export_issued', 'export_moved', 'campaign_ended']);
    expect(world.issued('end', 'rollback')).toEqual([]);
  });

  it('does not move for older news, but keeps what it tells of a shortage', () => {
    const world = STATES['ready']?.() ?? played();
    world.move('delivering', { n: 30 });
    expect(world.move('accepted', { n: 29 })).toEqual([]);
    expect(world.move('paused', { n: 28, out: true })).toEqual(['export_moved', 'export_moved']);
    expect(world.campaign).toMatchObject({ status: 'ready', was_short: true });
  });

  it('stays ended whatever its exports come to', () => {
    const world = STATES['ended']?.() ?? played();
    for (const status of ['pending', 'rejected', 'failed', 'delivered'] as const) world.move(status);
    expect(world.campaign?.status).toBe('ended');
  });

  it('is what it was again when its way back is rejected, and can be asked for another', () => {
    const world = STATES['closing']?.() ?? played();
    world.issued('end', 'pause');
    world.move('rejected', { export_id: 'end-pause1' });
    expect(world.campaign?.status).toBe('live');
    expect(ASKED.roll_back(world)).toEqual(['rollback_asked']);
    expect(world.do({ do: 'note_failure', what: 'end', problem: 'It cannot.' })).toEqual(['issue_failed']);
    expect(world.campaign).toMatchObject({ status: 'live', halt: { reason: 'It cannot.' } });
  });

  it('asks for a new live publish when the one after a shortage was rejected', () => {
    const world = STATES['short']?.() ?? played();
    for (const status of ['pending', 'accepted', 'delivering', 'delivered'] as const) world.move(status);
    const published = { export_id: 'publish-1', export_type: 'live_publish' };
    world.issued('publish');
    world.move('pending', published);
    world.move('rejected', { ...published, person: HANNAH });
    expect(world.campaign?.status).toBe('paused');
    expect(ASKED.resume(world)).toEqual(['campaign_resumed']);
    expect(world.campaign).toMatchObject({ status: 'ready', round: 1 });
    expect(world.stages.at(-1)).toBe('publishing');
  });
});

describe('what the clock does', () => {
  const later = () => {
    const world = new Played();
    const window = {
      start: new Date(T0 + 2 * HOUR_MS).toISOString(),
      end: new Date(T0 + 4 * HOUR_MS).toISOString(),
      time_zone: 'UTC',
    };
    world.create({ window });
    world.ready();
    world.issued('activate');
    return world;
  };

  it('is scheduled until its window and live from then on, whether its systems wait or Meshline does', () => {
    for (const waits of [true, false]) {
      const world = later();
      world.move('delivering');
      expect(world.stages.at(-1)).toBe('scheduled');
      if (!waits) world.move('delivered');
      expect(campaignDue(world.campaign as Campaign)).toBe(T0 + 2 * HOUR_MS);
      world.now += 2 * HOUR_MS;
      world.do({ do: 'tick' });
      expect(world.stages.at(-1)).toBe(waits ? 'delivery' : 'live');
      if (waits) world.move('delivered');
      expect(world.campaign?.status).toBe('live');
      expect(replayCampaign('autumn', world.log)).toEqual(world.campaign);
    }
  });

  it.each([
    ['live', ['window_over']],
    ['short', ['window_over']],
    ['paused', ['campaign_ended']],
    ['ready', ['campaign_ended']],
    ['draft', []],
    ['closing', []],
  ])('at the end of its window one that is %s gives %j', (state, expected) => {
    const world = STATES[state]?.() ?? played();
    world.now += 25 * HOUR_MS;
    expect(world.do({ do: 'tick' })).toEqual(expected);
    expect(world.do({ do: 'tick' })).toEqual([]);
  });

  it('ends by its window when its way back arrives after it', () => {
    const world = STATES['closing']?.() ?? played();
    world.issued('end', 'pause');
    world.now += 25 * HOUR_MS;
    world.move('delivered', { export_id: 'end-pause1' });
    expect(world.campaign).toMatchObject({ status: 'ended', ended: { how: 'window_over' } });
  });
});

describe('what follows outside', () => {
  it('issues one export for each event that asks for one, under a key of its own', () => {
    const world = played().live();
    ASKED.pause(world);
    const recorded = world.log.map(({ at, event }, index) => ({
      export_id: 'campaign:autumn',
      n: index + 1,
      at,
      event,
    }));
    const keys = recorded.flatMap((entry) =>
      campaignEffects(world.campaign as Campaign, [entry]).flatMap((each) =>
        each.kind === 'issue' ? [each.key] : [],
      ),
    );
    expect(keys).toEqual([`issue:autumn:2`, `issue:autumn:${recorded.length}`]);
  });
});
