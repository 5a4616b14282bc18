import { describe, expect, it } from 'vitest';
import {
  agoText,
  dayLabel,
  fullTimeText,
  localFromUnix,
  slackDate,
  timeText,
  tsMs,
  unixFromLocal,
} from '../../../sandbox/page/time.ts';

const NOW = Date.UTC(2026, 10, 24, 17, 0, 0);
const MORNING = Date.UTC(2026, 10, 24, 14, 5, 9) / 1000;
const NEW_YORK = 'America/New_York';

const said = (format: string, unix = MORNING, tz = NEW_YORK): string | null =>
  slackDate(unix, format, NOW, tz);

describe('the page prints dates as Slack does', () => {
  it.each([
    ['{date_num}', '2026-11-24'],
    ['{date_slash}', '11/24/2026'],
    ['{date}', 'November 24th'],
    ['{date_short}', 'Nov 24'],
    ['{date_long}', 'Tuesday, November 24th'],
    ['{date_long_full}', 'Tuesday, November 24th, 2026'],
    ['{date_pretty}', 'Today'],
    ['at {date_short_pretty} {time}', 'at today 9:05 AM'],
    ['{date_short_pretty} {time}', 'Today 9:05 AM'],
    ['{time_secs}', '9:05:09 AM'],
    ['{ago}', '2 hours ago'],
    ['due {time}, {nonsense}', 'due 9:05 AM, {nonsense}'],
  ])('%s', (format, text) => expect(said(format)).toBe(text));

  it('leaves the fallback to the caller when no token is known', () => {
    expect(said('{nonsense}')).toBeNull();
    expect(slackDate(Number.NaN, '{date}', NOW, NEW_YORK)).toBeNull();
  });

  it('says the day of the reader, not of the sender', () => {
    const late = Date.UTC(2026, 10, 25, 2, 0) / 1000;
    expect(said('{date_pretty} {time}', late, NEW_YORK)).toBe('Today 9:00 PM');
    expect(said('{date_pretty} {time}', late, 'Asia/Tokyo')).toBe('Today 11:00 AM');
    expect(said('{date_pretty} {time}', late, 'Europe/Berlin')).toBe('Tomorrow 3:00 AM');
  });

  it('names the year beyond half a year', () => {
    expect(said('{date_short}', Date.UTC(2026, 2, 1, 12) / 1000)).toBe('Mar 1, 2026');
    expect(said('{date}', Date.UTC(2027, 7, 22, 12) / 1000)).toBe('August 22nd, 2027');
  });

  it('gives every day of a month its ending', () => {
    const endings = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30].map((day) =>
      said('{date}', Date.UTC(2026, 9, day, 16) / 1000)?.replace('October ', ''),
    );
    expect(endings.join(' ')).toBe('1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 23rd 30th');
  });

  it('reads midnight and noon on a 12-hour clock', () => {
    expect(timeText(Date.UTC(2026, 0, 1, 0, 0), 'UTC')).toBe('12:00 AM');
    expect(timeText(Date.UTC(2026, 0, 1, 12, 30), 'UTC')).toBe('12:30 PM');
  });

  it('falls back to UTC for a zone it does not know', () => {
    expect(said('{time}', MORNING, 'Mars/Olympus')).toBe('2:05 PM');
  });

  it('divides days by the reader’s calendar', () => {
    expect(dayLabel(NOW, NOW, NEW_YORK)).toBe('Today');
    expect(dayLabel(NOW - 86_400_000, NOW, NEW_YORK)).toBe('Yesterday');
    expect(dayLabel(NOW - 3 * 86_400_000, NOW, NEW_YORK)).toBe('Saturday, November 21st');
    expect(fullTimeText(MORNING * 1000, NOW, NEW_YORK)).toBe('Today at 9:05:09 AM');
  });

  it('counts back and ahead', () => {
    expect(agoText(NOW - 30_000, NOW)).toBe('just now');
    expect(agoText(NOW - 60_000, NOW)).toBe('1 minute ago');
    expect(agoText(NOW - 50 * 3_600_000, NOW)).toBe('2 days ago');
    expect(agoText(NOW + 45 * 60_000, NOW)).toBe('in 45 minutes');
  });

  it('reads the ts of a message', () => {
    expect(tsMs('1700000000.000100')).toBe(1_700_000_000_000);
  });
});

describe('a date and time picker works in the reader’s zone', () => {
  it('gives back the instant it was shown', () => {
    for (const tz of ['UTC', NEW_YORK, 'Asia/Kolkata', 'Europe/Berlin']) {
      const unix = Date.UTC(2026, 6, 14, 9, 30) / 1000;
      expect(unixFromLocal(localFromUnix(unix, tz), tz)).toBe(unix);
    }
  });

  it('keeps its head when the clocks change', () => {
    expect(unixFromLocal('2026-11-01T01:30', NEW_YORK)).toBe(Date.UTC(2026, 10, 1, 5, 30) / 1000);
    const skipped = unixFromLocal('2026-03-08T02:30', NEW_YORK) ?? 0;
    expect(localFromUnix(skipped, NEW_YORK)).toBe('2026-03-08T03:30');
  });

  it('takes nothing for nothing', () => {
    expect(unixFromLocal('', NEW_YORK)).toBeNull();
    expect(unixFromLocal('2026-13-40T99:99', NEW_YORK)).toBeNull();
  });
});
