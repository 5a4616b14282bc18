import { describe, expect, it } from 'vitest';
import { decodeRollBack, driftMark } from '../../../src/bot/campaigns/modals.ts';
import {
  claimDigest,
  decodeCampaign,
  decodeClaim,
  encodeCampaign,
  encodeClaim,
} from '../../../src/bot/ids.ts';
import { instantAt, wallTime } from '../../../src/exports/wall-time.ts';

const LONG = 'a'.repeat(120);

describe('what a button of a campaign carries', () => {
  it('is read back as it was written, and nothing else is', () => {
    for (const target of [
      { campaign_id: 'autumn-linen-2', version: 3 },
      { campaign_id: LONG, version: 999 },
    ])
      expect(decodeCampaign(encodeCampaign(target))).toEqual(target);
    for (const text of [
      '',
      'c1:x:autumn',
      'c1:1:',
      'c2:1:autumn',
      `c1:1:${LONG}a`,
      'c1:1:two words',
      undefined,
    ])
      expect(decodeCampaign(text)).toBeNull();
  });

  it('names a claim of any length within the limits of a button', () => {
    const value = `shop.example/${'long/'.repeat(400)}`;
    const encoded = encodeClaim({ campaign_id: LONG, other: LONG, kind: 'page', value });
    expect(encoded.length).toBeLessThan(2_000);
    expect(decodeClaim(encoded)).toEqual({
      campaign_id: LONG,
      other: LONG,
      kind: 'page',
      digest: claimDigest(value),
    });
    expect(decodeClaim(`k1:price:${claimDigest(value)}:a|b`)).toBeNull();
    expect(decodeClaim(`k1:page:short:a|b`)).toBeNull();
  });

  it('says which differences a rollback has shown', () => {
    const drift = [{ sku: 'CAP-RED', expected: '14.40', present: '9.00' }];
    const target = { campaign_id: 'autumn', version: 1 };
    expect(decodeRollBack(`${driftMark(drift)}|${encodeCampaign(target)}`)).toEqual({
      target,
      seen: driftMark(drift),
    });
    expect(driftMark(drift)).not.toBe(driftMark([{ sku: 'CAP-RED', expected: '14.40', present: '9.01' }]));
    expect(decodeRollBack('none')).toBeNull();
  });
});

describe('the time that the clocks of a zone show', () => {
  it.each([
    ['2026-11-24', '09:00', 'America/New_York', '2026-11-24T14:00:00Z'],
    ['2026-07-01', '00:00', 'Asia/Kolkata', '2026-06-30T18:30:00Z'],
    ['2027-03-14', '03:00', 'America/New_York', '2027-03-14T07:00:00Z'],
    // It comes twice; the first one counts.
    ['2026-10-25', '02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
  ])('%s %s in %s is %s', (date, time, zone, iso) => {
    const at = instantAt({ date, time }, zone);
    expect(at).toBe(Date.parse(iso));
    expect(wallTime(at ?? 0, zone)).toEqual({ date, time });
  });

  it('is no time when the clocks skip it, or when it is none', () => {
    expect(instantAt({ date: '2026-03-29', time: '02:30' }, 'Europe/Berlin')).toBeNull();
    expect(instantAt({ date: '2026-02-30', time: '09:00' }, 'UTC')).toBeNull();
    expect(instantAt({ date: '', time: '' }, 'UTC')).toBeNull();
  });
});
