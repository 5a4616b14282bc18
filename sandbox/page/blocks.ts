/** Draws Block Kit blocks; what it does not know is said, never dropped. */
import type {
  ActionsBlock,
  ContextBlock,
  DataTableBlock,
  HeaderBlock,
  ImageBlock,
  InputBlock,
  MarkdownBlock,
  RichTextBlock,
  SectionBlock,
  TextObject,
  VideoBlock,
} from '@slack/types';
import type { VNode } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { Block } from '../ui-contract.ts';
import { ElementView } from './elements.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { imageUrl } from './images.ts';
import { Markdown } from './markdown.ts';
import { safeUrl } from './mrkdwn.ts';
import { Link, Mrkdwn, Plain, Text } from './mrkdwn-view.ts';
import { flat } from './pickers.ts';
import { RichText } from './rich-text.ts';
import { blockIdOf, type Surface, SurfaceContext, useSurface } from './surface.ts';
import { TableView } from './table.ts';

type Props<B> = { block: B; id: string };

function Header({ block }: Props<HeaderBlock>): VNode {
  return html`<h3 class="b-header"><${Plain} text=${block.text.text} emoji=${block.text.emoji} /></h3>`;
}

function Section({ block, id }: Props<SectionBlock>): VNode {
  const { accessory } = block;
  const label = block.text ? flat(block.text.text).slice(0, 80) : 'Choose';
  return html`<div class="b-section">
    <div class="b-section-main">
      ${block.text ? html`<${Text} of=${block.text} />` : null}
      ${
        block.fields
          ? html`<div class="b-fields">${block.fields.map((field) => html`<div class="b-field"><${Text} of=${field} /></div>`)}</div>`
          : null
      }
    </div>
    ${
      accessory
        ? html`<div class=${cls('b-accessory', accessory.type)}>
            <${ElementView} element=${accessory} block=${id} live=${true} label=${label} invalid=${false} />
          </div>`
        : null
    }
  </div>`;
}

function Context({ block }: Props<ContextBlock>): VNode {
  return html`<div class="b-context">
    ${block.elements.map((element) => {
      if (element.type !== 'image')
        return html`<span class="b-context-text"><${Text} of=${element} /></span>`;
      const url = imageUrl(element);
      return url ? html`<img src=${url} alt=${element.alt_text} />` : null;
    })}
  </div>`;
}

function Actions({ block, id }: Props<ActionsBlock>): VNode {
  return html`<div class="b-actions">
    ${block.elements.map((element) => {
      const label = 'placeholder' in element && element.placeholder ? element.placeholder.text : 'Choose';
      return html`<${ElementView} key=${element.action_id} element=${element} block=${id} live=${true} label=${label} invalid=${false} />`;
    })}
  </div>`;
}

function Input({ block, id }: Props<InputBlock>): VNode {
  const error = useSurface().errors[id];
  const field = useId();
  const notes = `${field}-notes`;
  return html`<div class=${cls('b-input', error && 'invalid')}>
    <label for=${field}><${Plain} text=${block.label.text} />${block.optional ? html`<span class="optional"> (optional)</span>` : null}</label>
    <${ElementView}
      element=${block.element}
      block=${id}
      live=${block.dispatch_action === true}
      id=${field}
      label=${flat(block.label.text)}
      invalid=${error !== undefined}
      describedBy=${error || block.hint ? notes : undefined}
    />
    <div id=${notes}>
      ${error ? html`<p class="b-error" role="alert" data-testid="modal-error" data-error-for=${id}><${Icon} name="warn" size=${14} />${error}</p>` : null}
      ${block.hint ? html`<p class="b-hint"><${Plain} text=${block.hint.text} /></p>` : null}
    </div>
  </div>`;
}

function Image({ block }: Props<ImageBlock>): VNode {
  const [open, setOpen] = useState(true);
  const url = imageUrl(block);
  return html`<figure class="b-image">
    ${
      block.title
        ? html`<button type="button" class="b-image-title" aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}>
            <${Plain} text=${block.title.text} /> <${Icon} name=${open ? 'caret' : 'right'} size=${14} />
          </button>`
        : null
    }
    ${open ? (url ? html`<img src=${url} alt=${block.alt_text} />` : html`<p class="unsupported">${block.alt_text}</p>`) : null}
  </figure>`;
}

function Video({ block }: Props<VideoBlock>): VNode {
  const url = safeUrl(block.title_url ?? block.video_url);
  const thumbnail = imageUrl({ image_url: block.thumbnail_url });
  return html`<figure class="b-image">
    <b>${url ? html`<${Link} url=${url} label=${block.title.text} />` : block.title.text}</b>
    ${block.description ? html`<p>${block.description.text}</p>` : null}
    ${thumbnail ? html`<img src=${thumbnail} alt=${block.alt_text} />` : null}
  </figure>`;
}

function FileView({ block }: Props<{ external_id: string }>): VNode {
  return html`<div class="file-card"><${Icon} name="file" size=${22} /><span><b>Remote file</b><small>${block.external_id}</small></span></div>`;
}

function Alert({ block }: Props<{ text: TextObject; level?: string }>): VNode {
  return html`<div class=${`b-alert ${block.level ?? 'default'}`}><${Text} of=${block.text} /></div>`;
}

type CardLike = {
  title?: TextObject;
  subtitle?: TextObject;
  body?: TextObject;
  actions?: { type: string; action_id?: string }[];
};

function Card({ block, id }: Props<CardLike>): VNode {
  return html`<div class="b-card">
    ${block.title ? html`<b><${Mrkdwn} text=${block.title.text} /></b>` : null}
    ${block.subtitle ? html`<small><${Mrkdwn} text=${block.subtitle.text} /></small>` : null}
    ${block.body ? html`<${Mrkdwn} text=${block.body.text} />` : null}
    <div class="b-actions">${block.actions?.map((one) => html`<${ElementView} element=${one} block=${id} live=${true} label="" invalid=${false} />`)}</div>
  </div>`;
}

type Draw = (props: Props<never>) => VNode | null;

/** Every block the page knows, by type. */
const BLOCKS: Record<string, Draw> = {
  header: Header,
  section: Section,
  divider: () => html`<hr class="divider" />`,
  context: Context,
  actions: Actions,
  context_actions: Actions,
  input: Input,
  image: Image,
  video: Video,
  file: FileView,
  alert: Alert,
  card: Card,
  rich_text: ({ block }: Props<RichTextBlock>) => html`<${RichText} block=${block} />`,
  markdown: ({ block }: Props<MarkdownBlock>) => html`<${Markdown} text=${block.text} />`,
  table: ({ block }: Props<Omit<DataTableBlock, 'type' | 'caption'>>) =>
    html`<${TableView} block=${block} />`,
  data_table: ({ block }: Props<DataTableBlock>) => html`<${TableView} block=${block} />`,
};

function BlockView(props: { block: Block; id: string }): VNode {
  const draw = BLOCKS[props.block.type];
  return html`<div class="block" data-block-id=${props.id} data-block-type=${props.block.type}>
    ${
      draw
        ? html`<${draw} block=${props.block} id=${props.id} />`
        : html`<p class="unsupported"><${Icon} name="warn" size=${14} /> unsupported block: ${props.block.type}</p>`
    }
  </div>`;
}

export function Blocks(props: { surface: Surface }): VNode {
  return html`<${SurfaceContext.Provider} value=${props.surface}>
    <div class="blocks">
      ${props.surface.blocks.map((block, index) => {
        const id = blockIdOf(block, index);
        return html`<${BlockView} key=${`${id} ${block.type}`} block=${block} id=${id} />`;
      })}
    </div>
  <//>`;
}
