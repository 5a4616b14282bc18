/**
 * Slack's mrkdwn as a tree. Pure: drawing is mrkdwn-view.ts. `&amp; &lt; &gt;` are decoded exactly once, after the
 * control sequences in angle brackets were cut out, so that escaped text can never become a mention or a link.
 */

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'bold' | 'italic' | 'strike'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; label: string }
  | { kind: 'user'; id: string; label: string | null }
  | { kind: 'channel'; id: string; label: string | null }
  | { kind: 'usergroup'; id: string; label: string | null }
  | { kind: 'broadcast'; range: string }
  | { kind: 'date'; unix: number; format: string; link: string | null; fallback: string }
  | { kind: 'emoji'; name: string };

export type Paragraph =
  | { kind: 'text'; children: Inline[] }
  | { kind: 'quote'; children: Inline[] }
  | { kind: 'pre'; text: string };

export function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_whole, name: string) =>
    name === 'amp' ? '&' : name === 'lt' ? '<' : '>',
  );
}

/** Only these may become an `href`; anything else is shown as text. */
export function safeUrl(url: string): string | null {
  const cleaned = url.trim();
  return /^(https?:\/\/|mailto:)/i.test(cleaned) ? cleaned : null;
}

const MARKS = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
type Mark = keyof typeof MARKS;

const isMark = (char: string): char is Mark => char in MARKS;
const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);
const isSpace = (char: string | undefined): boolean => char === undefined || /\s/.test(char);

/** Reads what stands between `<` and `>`; null when it is no control sequence and stays literal. */
function control(body: string): Inline | null {
  const bar = body.indexOf('|');
  const target = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? null : decodeEntities(body.slice(bar + 1));
  const user = /^@([UWB][A-Z0-9]+)$/.exec(target);
  if (user?.[1]) return { kind: 'user', id: user[1], label };
  const channel = /^#([CGD][A-Z0-9]+)$/.exec(target);
  if (channel?.[1]) return { kind: 'channel', id: channel[1], label };
  const group = /^!subteam\^([A-Z0-9]+)$/.exec(target);
  if (group?.[1]) return { kind: 'usergroup', id: group[1], label };
  const range = /^!(here|channel|everyone)$/.exec(target);
  if (range?.[1]) return { kind: 'broadcast', range: range[1] };
  const date = /^!date\^(-?\d+)\^([^^]*)(?:\^(.*))?$/.exec(target);
  if (date) {
    const link = date[3] ? safeUrl(decodeEntities(date[3])) : null;
    return {
      kind: 'date',
      unix: Number(date[1]),
      format: decodeEntities(date[2] ?? ''),
      link,
      fallback: label ?? '',
    };
  }
  const url = safeUrl(decodeEntities(target));
  if (url) return { kind: 'link', url, label: label || url.replace(/^mailto:/i, '') };
  if (target.startsWith('!')) return { kind: 'text', text: label || `<${decodeEntities(target)}>` };
  return null;
}

/** Index of the mark that closes the one before `from`, or -1. Code spans and angle brackets are stepped over. */
function closing(source: string, from: number, mark: Mark): number {
  for (let i = from; i < source.length; i += 1) {
    const char = source[i];
    if (char === '\n') return -1;
    if (char === '`') {
      const end = source.indexOf('`', i + 1);
      if (end > 0) i = end;
    } else if (char === '<') {
      const end = source.indexOf('>', i);
      if (end > 0) i = end;
    } else if (char === mark && i > from && !isSpace(source[i - 1]) && !isWord(source[i + 1])) {
      return i;
    }
  }
  return -1;
}

const URL_AT = /https?:\/\/[^\s<>|]+[^\s<>|.,;:!?)\]}'"*_~]/y;
const EMOJI_AT = /:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/y;

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(source);
}

/** The run of one line or several: everything but quotes and preformatted text. */
export function parseInline(source: string, verbatim = false): Inline[] {
  const out: Inline[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain) out.push({ kind: 'text', text: decodeEntities(plain) });
    plain = '';
  };
  const emit = (node: Inline): void => {
    flush();
    out.push(node);
  };
  for (let i = 0; i < source.length; ) {
    const char = source[i] ?? '';
    if (char === '\n') {
      emit({ kind: 'break' });
      i += 1;
      continue;
    }
    if (char === '<') {
      const end = source.indexOf('>', i);
      const node = end > 0 ? control(source.slice(i + 1, end)) : null;
      if (node) {
        emit(node);
        i = end + 1;
        continue;
      }
    }
    if (char === '`') {
      const end = source.indexOf('`', i + 1);
      const inside = end > 0 ? source.slice(i + 1, end) : '';
      if (inside.trim() && !inside.includes('\n')) {
        emit({ kind: 'code', text: plainText(inside) });
        i = end + 1;
        continue;
      }
    }
    if (isMark(char) && !isWord(source[i - 1]) && !isSpace(source[i + 1])) {
      const end = closing(source, i + 1, char);
      if (end > 0) {
        emit({ kind: MARKS[char], children: parseInline(source.slice(i + 1, end), verbatim) });
        i = end + 1;
        continue;
      }
    }
    if (char === ':' && !isWord(source[i - 1])) {
      const found = matchAt(EMOJI_AT, source, i);
      if (found?.[1]) {
        emit({ kind: 'emoji', name: found[1] });
        i += found[0].length;
        continue;
      }
    }
    if (char === 'h' && !verbatim && !isWord(source[i - 1])) {
      const found = matchAt(URL_AT, source, i);
      if (found) {
        const url = decodeEntities(found[0]);
        emit({ kind: 'link', url, label: url });
        i += found[0].length;
        continue;
      }
    }
    plain += char;
    i += 1;
  }
  flush();
  return out;
}

/** Text without marks: the label of each control sequence, entities decoded. For code spans and one-line previews. */
export function plainText(source: string): string {
  let out = '';
  let rest = 0;
  for (const found of source.matchAll(/<([^<>\n]+)>/g)) {
    const body = found[1] ?? '';
    const node = control(body);
    if (!node) continue;
    out += decodeEntities(source.slice(rest, found.index));
    const bar = body.indexOf('|');
    out += bar < 0 ? decodeEntities(body) : decodeEntities(body.slice(bar + 1));
    rest = found.index + found[0].length;
  }
  return out + decodeEntities(source.slice(rest));
}

const QUOTE = /^(?:&gt;|>) ?/;

function textParagraphs(source: string, verbatim: boolean): Paragraph[] {
  const out: Paragraph[] = [];
  let run: string[] = [];
  let quoted = false;
  let quoteToEnd = false;
  const flush = (): void => {
    const text = run.join('\n');
    run = [];
    if (quoted || text.trim())
      out.push({ kind: quoted ? 'quote' : 'text', children: parseInline(text, verbatim) });
  };
  for (const line of source.split('\n')) {
    const opensRest: boolean = !quoteToEnd && /^(?:&gt;|>){3}/.test(line);
    const isQuote: boolean = quoteToEnd || QUOTE.test(line);
    if (isQuote !== quoted) {
      if (run.length > 0) flush();
      quoted = isQuote;
    }
    if (opensRest) run.push(line.replace(/^(?:&gt;|>){3} ?/, ''));
    else run.push(quoteToEnd ? line : line.replace(isQuote ? QUOTE : /^$/, ''));
    quoteToEnd ||= opensRest;
  }
  if (run.length > 0) flush();
  return out;
}

/** A whole mrkdwn text, paragraph by paragraph. */
export function parseMrkdwn(source: string, verbatim = false): Paragraph[] {
  const out: Paragraph[] = [];
  let rest = 0;
  for (const fence of source.matchAll(/```\n?([\s\S]*?)\n?```/g)) {
    if (!fence[1]?.trim()) continue;
    out.push(...textParagraphs(source.slice(rest, fence.index).replace(/\n$/, ''), verbatim));
    out.push({ kind: 'pre', text: plainText(fence[1]) });
    rest = fence.index + fence[0].length;
  }
  const tail = source.slice(rest);
  out.push(...textParagraphs(rest > 0 ? tail.replace(/^\n/, '') : tail, verbatim));
  return out;
}

/** A `plain_text` object: emoji codes and entities, nothing else. */
export function parsePlain(source: string, emoji: boolean): Inline[] {
  const out: Inline[] = [];
  let rest = 0;
  const push = (text: string): void => {
    for (const [index, line] of text.split('\n').entries()) {
      if (index > 0) out.push({ kind: 'break' });
      if (line) out.push({ kind: 'text', text: decodeEntities(line) });
    }
  };
  if (emoji) {
    for (const found of source.matchAll(/:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/g)) {
      push(source.slice(rest, found.index));
      out.push({ kind: 'emoji', name: found[1] ?? '' });
      rest = found.index + found[0].length;
    }
  }
  push(source.slice(rest));
  return out;
}
