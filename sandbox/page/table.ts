import type { RawNumberElement, RawTextElement, RichTextBlock } from '@slack/types';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { html } from './html.ts';
import { RichText } from './rich-text.ts';

type Cell = RawTextElement | RawNumberElement | RichTextBlock;
type Table = {
  rows: Cell[][];
  caption?: string;
  page_size?: number;
  column_settings?: ({ align?: string; is_wrapped?: boolean } | null)[];
};

function cell(content: Cell): unknown {
  switch (content.type) {
    case 'raw_text':
      return content.text;
    case 'raw_number':
      return content.text ?? String(content.value);
    case 'rich_text':
      return html`<${RichText} block=${content} />`;
  }
}

/** `table` and `data_table`: the first row is the head; a data table pages its rows. */
export function TableView(props: { block: Table }): VNode {
  const { rows, caption, page_size, column_settings } = props.block;
  const [page, setPage] = useState(0);
  const [head = [], ...body] = rows;
  const size = page_size ?? body.length;
  const pages = Math.max(1, Math.ceil(body.length / Math.max(1, size)));
  const shown = body.slice(page * size, (page + 1) * size);
  const style = (column: number, content: Cell): Record<string, string> => {
    const settings = column_settings?.[column];
    return {
      textAlign: settings?.align ?? (content.type === 'raw_number' ? 'right' : 'left'),
      whiteSpace: settings?.is_wrapped ? 'normal' : 'nowrap',
      minWidth: settings?.is_wrapped ? '116px' : '0',
    };
  };
  return html`<div class="b-table">
    ${caption ? html`<div class="b-table-caption">${caption}</div>` : null}
    <div class="table-wrap" tabindex="0" role="region" aria-label=${caption ?? 'Table'}>
      <table>
        <thead>
          <tr>${head.map((one, column) => html`<th scope="col" style=${style(column, one)}>${cell(one)}</th>`)}</tr>
        </thead>
        <tbody>
          ${shown.map((row) => html`<tr>${row.map((one, column) => html`<td style=${style(column, one)}>${cell(one)}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
    ${
      pages > 1
        ? html`<div class="pager">
            <button type="button" class="btn small" disabled=${page === 0} onClick=${() => setPage(page - 1)}>Previous</button>
            <span>${page + 1} of ${pages}</span>
            <button type="button" class="btn small" disabled=${page === pages - 1} onClick=${() => setPage(page + 1)}>Next</button>
          </div>`
        : null
    }
  </div>`;
}
