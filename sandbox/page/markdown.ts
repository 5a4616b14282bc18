/** The `markdown` block: the standard Markdown that Slack accepts there, drawn without any HTML of its own. */
import type { VNode } from 'preact';
import { html } from './html.ts';
import { safeUrl } from './mrkdwn.ts';
import { Emoji, Link } from './mrkdwn-view.ts';

const SPAN =
  /(?<code>`+)(?<codeText>.+?)\k<code>|\[(?<label>[^\]]+)\]\((?<url>[^)\s]+)\)|(?<strong>\*\*|__)(?<strongText>\S(?:.*?\S)?)\k<strong>|~~(?<strike>\S(?:.*?\S)?)~~|(?<![\p{L}\p{N}])(?<em>\*|_)(?<emText>\S(?:.*?\S)?)\k<em>(?![\p{L}\p{N}])|:(?<emoji>[a-z0-9_+-]+):|(?<bare>https?:\/\/[^\s<>]+[^\s<>.,;:!?)])/gu;

function spans(text: string): unknown[] {
  const out: unknown[] = [];
  let rest = 0;
  for (const found of text.matchAll(SPAN)) {
    const part = found.groups ?? {};
    out.push(text.slice(rest, found.index));
    rest = found.index + found[0].length;
    if (part['codeText']) out.push(html`<code>${part['codeText']}</code>`);
    else if (part['label']) {
      const url = safeUrl(part['url'] ?? '');
      out.push(url ? html`<${Link} url=${url} label=${part['label']} />` : part['label']);
    } else if (part['strongText']) out.push(html`<b>${spans(part['strongText'])}</b>`);
    else if (part['strike']) out.push(html`<s>${spans(part['strike'])}</s>`);
    else if (part['emText']) out.push(html`<i>${spans(part['emText'])}</i>`);
    else if (part['emoji']) out.push(html`<${Emoji} name=${part['emoji']} />`);
    else out.push(html`<${Link} url=${found[0]} label=${found[0]} />`);
  }
  out.push(text.slice(rest));
  return out;
}

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

type Rule = { opens: RegExp; draw: (lines: string[]) => VNode; last?: (line: string) => boolean };

const strip = (lines: string[], mark: RegExp): string[] => lines.map((line) => line.replace(mark, ''));
const broken = (lines: string[]): unknown[] =>
  lines.flatMap((line, index) => (index > 0 ? [html`<br />`, ...spans(line)] : spans(line)));

/** Runs of lines that begin alike become one element; the first rule that fits wins. */
const RULES: Rule[] = [
  {
    opens: /^#{1,6} /,
    draw: (run) =>
      html`${run.map((line) => html`<h4 class=${`md-h${/^#+/.exec(line)?.[0].length ?? 1}`}>${spans(line.replace(/^#+ /, ''))}</h4>`)}`,
  },
  { opens: /^ {0,3}(?:-{3,}|\*{3,}|_{3,})\s*$/, draw: () => html`<hr class="divider" />` },
  {
    opens: /^\s*[-*+] /,
    draw: (run) => html`<ul>${strip(run, /^\s*[-*+] /).map((line) => html`<li>${spans(line)}</li>`)}</ul>`,
  },
  {
    opens: /^\s*\d+[.)] /,
    draw: (run) => html`<ol>${strip(run, /^\s*\d+[.)] /).map((line) => html`<li>${spans(line)}</li>`)}</ol>`,
  },
  { opens: /^> ?/, draw: (run) => html`<blockquote>${broken(strip(run, /^> ?/))}</blockquote>` },
  {
    opens: /^\s*\|.*\|\s*$/,
    draw: (run) => {
      const rows = run.filter((line) => !/^[\s|:-]+$/.test(line)).map(cells);
      return html`<div class="table-wrap"><table>
        ${rows.map((row, at) => html`<tr>${row.map((cell) => (at === 0 ? html`<th>${spans(cell)}</th>` : html`<td>${spans(cell)}</td>`))}</tr>`)}
      </table></div>`;
    },
  },
  { opens: /\S/, draw: (run) => html`<div>${broken(run)}</div>` },
];

function proseOf(text: string): VNode[] {
  const out: VNode[] = [];
  let run: string[] = [];
  let rule: Rule | undefined;
  const flush = (): void => {
    if (rule && run.length > 0) out.push(rule.draw(run));
    run = [];
  };
  for (const line of text.split('\n')) {
    const fits = RULES.find((candidate) => candidate.opens.test(line));
    if (fits !== rule) flush();
    rule = fits;
    if (fits) run.push(line);
  }
  flush();
  return out;
}

export function Markdown(props: { text: string }): VNode {
  const parts = props.text.split(/^```[^\n]*\n([\s\S]*?)\n?```[^\S\n]*$/m);
  return html`<div class="mrkdwn markdown">
    ${parts.map((part, index) => (index % 2 === 1 ? html`<pre>${part}</pre>` : proseOf(part)))}
  </div>`;
}
