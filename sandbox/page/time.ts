/** Times as Slack prints them: English, 12-hour clock, in the viewer's own zone. */

type Parts = {
  year: number;
  month: number;
  day: number;
  weekday: string;
  hour: number;
  minute: number;
  second: number;
};

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(tz: string): Intl.DateTimeFormat {
  const known = formats.get(tz);
  if (known) return known;
  const options: Intl.DateTimeFormatOptions = {
    weekday: 'long',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  };
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: tz });
  } catch {
    // An unknown zone name must not blank the page: UTC is the honest fallback.
    format = new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
  formats.set(tz, format);
  return format;
}

function partsOf(ms: number, tz: string): Parts {
  const found: Record<string, string> = {};
  for (const part of formatFor(tz).formatToParts(ms)) found[part.type] = part.value;
  return {
    year: Number(found['year']),
    month: Number(found['month']),
    day: Number(found['day']),
    weekday: found['weekday'] ?? '',
    hour: Number(found['hour']),
    minute: Number(found['minute']),
    second: Number(found['second']),
  };
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function ordinal(day: number): string {
  if (day >= 11 && day <= 13) return `${day}th`;
  return `${day}${['th', 'st', 'nd', 'rd'][day % 10] ?? 'th'}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Days since the epoch of the calendar day `ms` falls on in `tz`. */
function dayNumber(ms: number, tz: string): number {
  const at = partsOf(ms, tz);
  return Math.round(Date.UTC(at.year, at.month - 1, at.day) / 86_400_000);
}

function clock(at: Parts, seconds: boolean): string {
  const hour = at.hour % 12 || 12;
  const tail = seconds ? `:${two(at.second)}` : '';
  return `${hour}:${two(at.minute)}${tail} ${at.hour < 12 ? 'AM' : 'PM'}`;
}

/** Slack leaves the year out within six months of now. */
function nearYear(ms: number, now: number): boolean {
  return Math.abs(ms - now) < 182 * 86_400_000;
}

type DateStyle = 'normal' | 'short' | 'long';

function dateText(ms: number, now: number, tz: string, style: DateStyle): string {
  const at = partsOf(ms, tz);
  const name = MONTHS[at.month - 1] ?? '';
  const year = nearYear(ms, now) ? '' : `, ${at.year}`;
  if (style === 'short') return `${name.slice(0, 3)} ${at.day}${year}`;
  const plain = `${name} ${ordinal(at.day)}${year}`;
  return style === 'long' ? `${at.weekday}, ${plain}` : plain;
}

function prettyText(ms: number, now: number, tz: string, style: DateStyle): string {
  const distance = dayNumber(ms, tz) - dayNumber(now, tz);
  if (distance === 0) return 'today';
  if (distance === -1) return 'yesterday';
  if (distance === 1) return 'tomorrow';
  return dateText(ms, now, tz, style);
}

/** "3 minutes ago" or "in 2 hours". */
export function agoText(ms: number, now: number): string {
  const ahead = ms > now;
  const seconds = Math.abs(now - ms) / 1000;
  if (seconds < 60) return ahead ? 'in less than a minute' : 'just now';
  const scales: [number, string][] = [
    [60, 'minute'],
    [3600, 'hour'],
    [86_400, 'day'],
    [30 * 86_400, 'month'],
    [365 * 86_400, 'year'],
  ];
  const scale = scales.findLast(([size]) => seconds >= size) ?? [60, 'minute'];
  const count = Math.floor(seconds / scale[0]);
  const amount = `${count} ${scale[1]}${count === 1 ? '' : 's'}`;
  return ahead ? `in ${amount}` : `${amount} ago`;
}

const TOKENS: Record<string, (ms: number, now: number, tz: string) => string> = {
  date_num: (ms, _now, tz) => {
    const at = partsOf(ms, tz);
    return `${at.year}-${two(at.month)}-${two(at.day)}`;
  },
  date_slash: (ms, _now, tz) => {
    const at = partsOf(ms, tz);
    return `${two(at.month)}/${two(at.day)}/${at.year}`;
  },
  date: (ms, now, tz) => dateText(ms, now, tz, 'normal'),
  date_short: (ms, now, tz) => dateText(ms, now, tz, 'short'),
  date_long: (ms, now, tz) => dateText(ms, now, tz, 'long'),
  date_pretty: (ms, now, tz) => prettyText(ms, now, tz, 'normal'),
  date_short_pretty: (ms, now, tz) => prettyText(ms, now, tz, 'short'),
  date_long_pretty: (ms, now, tz) => prettyText(ms, now, tz, 'long'),
  date_long_full: (ms, _now, tz) => {
    const at = partsOf(ms, tz);
    return `${at.weekday}, ${MONTHS[at.month - 1] ?? ''} ${ordinal(at.day)}, ${at.year}`;
  },
  day_divider_pretty: (ms, now, tz) => dayLabel(ms, now, tz),
  time: (ms, _now, tz) => clock(partsOf(ms, tz), false),
  time_secs: (ms, _now, tz) => clock(partsOf(ms, tz), true),
  ago: (ms, now) => agoText(ms, now),
};

/**
 * Fills a `<!date^unix^format|fallback>` format; `unix` in seconds, `now` in ms.
 * @returns null when the format holds no known token, so that the caller shows the fallback.
 */
export function slackDate(unix: number, format: string, now: number, tz: string): string | null {
  if (!Number.isFinite(unix)) return null;
  let known = false;
  const text = format.replace(/\{([a-z_]+)\}/g, (whole, token: string, at: number) => {
    const fill = TOKENS[token];
    if (!fill) return whole;
    known = true;
    const said = fill(unix * 1000, now, tz);
    return at === 0 ? said.charAt(0).toUpperCase() + said.slice(1) : said;
  });
  return known ? text : null;
}

/** Milliseconds of a message `ts` ("1700000000.000100"). */
export function tsMs(ts: string): number {
  return Math.round(Number(ts) * 1000);
}

/** "9:41 AM". */
export function timeText(ms: number, tz: string): string {
  return clock(partsOf(ms, tz), false);
}

/** "9:41:07 AM". */
export function timeSecondsText(ms: number, tz: string): string {
  return clock(partsOf(ms, tz), true);
}

/** The gutter time of a grouped message: "9:41". */
export function shortTimeText(ms: number, tz: string): string {
  return timeText(ms, tz).replace(/ [AP]M$/, '');
}

/** Tooltip of a message's time: "Today at 9:41:07 AM". */
export function fullTimeText(ms: number, now: number, tz: string): string {
  const day = prettyText(ms, now, tz, 'short');
  return `${day.charAt(0).toUpperCase()}${day.slice(1)} at ${clock(partsOf(ms, tz), true)}`;
}

export function sameDay(a: number, b: number, tz: string): boolean {
  return dayNumber(a, tz) === dayNumber(b, tz);
}

/** The pill between two days: "Today", "Yesterday", "Tuesday, November 24th". */
export function dayLabel(ms: number, now: number, tz: string): string {
  const said = prettyText(ms, now, tz, 'long');
  return said === 'tomorrow' ? dateText(ms, now, tz, 'long') : said.charAt(0).toUpperCase() + said.slice(1);
}

const pad = (at: Parts): string =>
  `${at.year}-${two(at.month)}-${two(at.day)}T${two(at.hour)}:${two(at.minute)}`;

/** Value of a `datetime-local` input for an instant (unix seconds) in `tz`. */
export function localFromUnix(unix: number, tz: string): string {
  return pad(partsOf(unix * 1000, tz));
}

/**
 * The instant (unix seconds) of a `datetime-local` value read in `tz`.
 * A time the clocks skip moves forward; one they repeat is the first.
 * @returns null when the value is incomplete.
 */
export function unixFromLocal(local: string, tz: string): number | null {
  const wanted = Date.parse(`${local}Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local) || Number.isNaN(wanted)) return null;
  const offset = (ms: number): number =>
    Date.parse(`${pad(partsOf(ms, tz))}Z`) - Math.floor(ms / 60_000) * 60_000;
  const candidates = [wanted - offset(wanted - 86_400_000), wanted - offset(wanted + 86_400_000)];
  const exact = candidates.filter((ms) => pad(partsOf(ms, tz)) === local.slice(0, 16));
  return Math.min(...(exact.length > 0 ? exact : [candidates[0] ?? wanted])) / 1000;
}
