import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeEntities,
  type Inline,
  parseInline,
  parseMrkdwn,
  parsePlain,
  plainText,
  safeUrl,
} from '../../../sandbox/page/mrkdwn.ts';

/** The tree as a short line: `b(…)` bold, `i(…)`, `s(…)`, `c(…)` code, `[kind …]` for the rest. */
function line(nodes: Inline[]): string {
  return nodes.map(one).join('');
}

function one(node: Inline): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'break':
      return '⏎';
    case 'bold':
    case 'italic':
    case 'strike':
      return `${node.kind[0]}(${line(node.children)})`;
    case 'code':
      return `c(${node.text})`;
    case 'link':
      return `[link ${node.url} ${node.label}]`;
    case 'user':
    case 'channel':
    case 'usergroup':
      return `[${node.kind} ${node.id}]`;
    case 'broadcast':
      return `[${node.range}]`;
    case 'date':
      return `[date ${node.unix} ${node.format} ${node.link ?? '-'} ${node.fallback}]`;
    case 'emoji':
      return `[:${node.name}:]`;
  }
}

const drawn = (text: string): string => line(parseInline(text));

describe('mrkdwn is read as Slack reads it', () => {
  it.each([
    ['*bold* _italic_ ~gone~ `code`', 'b(bold) i(italic) s(gone) c(code)'],
    ['*a _b_ c*', 'b(a i(b) c)'],
    ['(*x*), "_y_".', '(b(x)), "i(y)".'],
    ['2*3*4 snake_case_name', '2*3*4 snake_case_name'],
    ['* not bold * and *open', '* not bold * and *open'],
    ['*one\ntwo*', '*one⏎two*'],
    ['`*not bold*` and `open', 'c(*not bold*) and `open'],
    ['*`a*b`*', 'b(c(a*b))'],
    ['<@U123> <@W9|ann> <#C1> <#C2|ops>', '[user U123] [user W9] [channel C1] [channel C2]'],
    ['<!subteam^S1|@ops> <!here> <!channel>', '[usergroup S1] [here] [channel]'],
    ['<https://a.example/?x=1&amp;y=2|A &amp; B>', '[link https://a.example/?x=1&y=2 A & B]'],
    ['<mailto:a@b.example|write>', '[link mailto:a@b.example write]'],
    ['see https://a.example/b, please', 'see [link https://a.example/b https://a.example/b], please'],
    ['<!date^1700000000^{date} at {time}|a day>', '[date 1700000000 {date} at {time} - a day]'],
    [
      '<!date^1700000000^{date}^https://a.example/|a day>',
      '[date 1700000000 {date} https://a.example/ a day]',
    ],
    [':tada: 09:30:15 :+1::skin-tone-3:', '[:tada:] 09:30:15 [:+1:]'],
  ])('%s', (text, tree) => expect(drawn(text)).toBe(tree));

  it('splits paragraphs, quotes and preformatted text', () => {
    const parts = parseMrkdwn('before\n&gt; one\n&gt; two\nafter\n```\na &lt; *b*\n```\nend');
    const shape = parts.map(
      (part) => `${part.kind}: ${part.kind === 'pre' ? part.text : line(part.children)}`,
    );
    expect(shape).toEqual(['text: before', 'quote: one⏎two', 'text: after', 'pre: a < *b*', 'text: end']);
  });

  it('quotes to the end after three marks', () => {
    const [part, ...rest] = parseMrkdwn('&gt;&gt;&gt; all\nof it');
    expect(rest).toEqual([]);
    expect(part).toMatchObject({ kind: 'quote' });
  });
});

describe('text from outside stays text', () => {
  it('decodes entities exactly once', () => {
    expect(drawn('&amp;lt;b&amp;gt; &lt;i&gt; &amp;amp; &quot;')).toBe('&lt;b&gt; <i> &amp; &quot;');
    expect(decodeEntities('&amp;lt;')).toBe('&lt;');
    expect(line(parsePlain('a &amp;amp; b :tada:\nc', true))).toBe('a &amp; b [:tada:]⏎c');
    expect(line(parsePlain(':tada:', false))).toBe(':tada:');
  });

  it('makes no mention, link or broadcast of escaped brackets', () => {
    expect(drawn('&lt;@U123&gt; &lt;!channel&gt; &lt;https://a.example|x&gt;')).not.toContain('[user');
    expect(drawn('&lt;!channel&gt;')).toBe('<!channel>');
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    ' java\nscript:x',
    '//a.example',
    'file:///x',
  ])('never links to %s', (url) => {
    expect(safeUrl(url)).toBeNull();
    expect(drawn(`<${url}|x>`)).not.toContain('[link');
  });

  it('never links a date elsewhere than to the web', () => {
    expect(drawn('<!date^1^{date}^javascript:alert(1)|x>')).toContain(' - x]');
  });

  it('keeps every letter of a text that is no control sequence', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'Z', '9', ' ', '.', '<', '>', '|', '!') });
    const letters = (from: string): string => from.replace(/[^aZ9]/g, '');
    const lost = fc.check(
      fc.property(words, (text) => {
        const kept = letters(drawn(text.replaceAll('|', '')));
        return kept === letters(text);
      }),
      { numRuns: 300 },
    );
    expect(lost.counterexample).toBeNull();
  });

  it('ends on any input', () => {
    const marks = fc.string({
      unit: fc.constantFrom('*', '_', '~', '`', '<', '>', ':', '&gt;', '\n', 'a', ' '),
    });
    const failed = fc.check(
      fc.property(marks, (text) => {
        parseMrkdwn(text);
        plainText(text);
      }),
      { numRuns: 300 },
    );
    expect(failed.counterexample).toBeNull();
  });

  it('reads a long run of marks without taking ages', () => {
    expect(parseInline('*a '.repeat(5000)).length).toBeGreaterThan(0);
    expect(parseInline('_'.repeat(20_000)).length).toBeGreaterThan(0);
  });
});
