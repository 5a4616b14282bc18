import type { KnownBlock } from '@slack/types';
import { type Inline, parseMrkdwn } from '../../../sandbox/page/mrkdwn.ts';
import type { Json } from '../../../src/exports/envelope.ts';

/** What somebody who can write into an export would try. */
export const HOSTILE: readonly string[] = [
  '<!channel>',
  '<!here|here>',
  '<!everyone>',
  '@here @channel @everyone',
  '<@U01PRIYA>',
  '<@U01PRIYA|Priya>',
  '<#C02PROMO|safe>',
  '<!subteam^S01ONCALL>',
  '<!date^0^{date}|yesterday>',
  '<https://evil.example|Approve here>',
  'https://evil.example/approve',
  '<mailto:ceo@evil.example|CEO>',
  '&lt;!channel&gt;',
  '&amp;lt;!channel&amp;gt;',
  '<<!channel>>',
  '<!channel',
  '*Approved* by _Alice_ ~not~',
  '`code` and ```pre```',
  ':white_check_mark: Accepted by Priya Raman',
  ':tada',
  'tada:',
  '::tada::',
  '\n✅ Accepted by Priya Raman\n',
  '\r\n✅ Accepted by Priya Raman',
  '\u2028✅ Accepted by Priya Raman',
  '\u0085✅ Accepted by Priya Raman',
  '\n>>> quoted to the end',
  '> quoted',
  '\n• point',
  '1. one\n2. two',
  '\u202Egnp.exe\u202C',
  '\u2066left\u2069\u2067right',
  '\u200B\u200C\u200D\u2060\uFEFF',
  'a\u200Bb\u00ADc\u034Fd\u115Fe\u3164f\u2800g',
  '\u0000\u0007\u001B[31mred\u001B[0m',
  '\uD800 half \uDC00',
  `a${'\u0301'.repeat(5000)}b`,
  '👩‍👩‍👧‍👦'.repeat(300),
  '&<>'.repeat(3000),
  '*'.repeat(5000),
  `${'x'.repeat(2999)}<!channel>`,
  `${'x'.repeat(398)}&amp;<@U01PRIYA>`,
  '{"json": "<!channel>"}',
  '<script>alert(1)</script>',
  '=HYPERLINK("https://evil.example","x")',
  '__proto__',
  'javascript:alert(1)',
  '|pipe|<|>',
  '<!channel|*bold*>',
  '  ',
];

/** Every text in a payload replaced, its shape kept. */
export function infected(value: Json, hostile: string): Json {
  if (typeof value === 'string') return hostile;
  if (Array.isArray(value)) return value.map((each) => infected(each, hostile));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, infected(each, hostile)]));
}

/** What Meshline itself may use in mrkdwn: words and dates. Anything else came from outside. */
const OURS: ReadonlySet<Inline['kind']> = new Set(['text', 'break', 'date']);
const FORMATS = new Set(['{date_short_pretty} at {time}', '{time}', '{time_secs}', '{ago}']);

export function activeIn(mrkdwn: string, verbatim: boolean): string[] {
  return parseMrkdwn(mrkdwn, verbatim).flatMap((part) => {
    if (part.kind !== 'text') return [part.kind];
    return part.children.flatMap((each) => {
      const dated = each.kind === 'date' && (!FORMATS.has(each.format) || each.link !== null);
      return OURS.has(each.kind) && !dated ? [] : [`${each.kind} in ${mrkdwn.slice(0, 200)}`];
    });
  });
}

const HIDDEN = /(?!\n|\u200D|\uFE0F)(?:[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\u115F|\u3164|\u034F|\u2800)/u;
const FORGED = /✅ Accepted by Priya Raman/u;

type Found = { path: string; problem: string };

/** Everything in blocks that acts, hides or poses as ours. `accounts` may be mentioned. */
export function findings(blocks: readonly KnownBlock[], accounts: ReadonlySet<string>): Found[] {
  const found: Found[] = [];
  const say = (path: string, problem: string) => found.push({ path, problem });

  function leaf(path: string, text: string): void {
    if (HIDDEN.test(text)) say(path, `hidden character in ${JSON.stringify(text.slice(0, 120))}`);
    if (FORGED.test(text)) say(path, `forged line in ${JSON.stringify(text.slice(0, 120))}`);
  }

  function visit(path: string, value: unknown): void {
    if (typeof value === 'string') return leaf(path, value);
    if (Array.isArray(value)) return value.forEach((each, index) => visit(`${path}/${index}`, each));
    if (typeof value !== 'object' || value === null) return;
    const { type, ...rest } = value as { type?: string } & Record<string, unknown>;
    if (type === 'mrkdwn') {
      for (const active of activeIn(String(rest['text']), rest['verbatim'] === true)) say(path, active);
    }
    if (type === 'plain_text' && rest['emoji'] !== false) say(path, 'plain text that draws emoji codes');
    if (type === 'user' && !accounts.has(String(rest['user_id']))) say(path, 'mention of a stranger');
    if (type === 'broadcast' || type === 'link' || type === 'emoji') say(path, type);
    if (type === 'rich_text_section') {
      const elements = (rest['elements'] as { type: string; text?: string }[]).map(
        (each) => each.text ?? '·',
      );
      if (FORGED.test(elements.join(''))) say(path, 'forged line');
    }
    for (const [key, each] of Object.entries(rest)) visit(`${path}/${key}`, each);
  }

  visit('', blocks);
  return found;
}
