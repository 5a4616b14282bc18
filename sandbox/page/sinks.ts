import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { SinkState } from '../ui-contract.ts';
import { api } from './api.ts';
import { Bar } from './channel.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { refreshSinks } from './live.ts';
import { toast, useStore } from './store.ts';
import { agoText, fullTimeText, timeSecondsText } from './time.ts';
import { useViewer } from './viewer.ts';

/** JSON with its keys, strings and numbers told apart; text nodes only. */
function Json(props: { of: unknown }): VNode {
  const text = JSON.stringify(props.of, null, 2) ?? 'null';
  const parts = text.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null)/gi);
  return html`<pre class="json">${parts.map((part) => {
    if (/^".*:$/s.test(part)) return html`<span class="j-key">${part}</span>`;
    if (part.startsWith('"')) return html`<span class="j-text">${part}</span>`;
    return /^[-\dtfn]/.test(part) ? html`<span class="j-other">${part}</span>` : part;
  })}</pre>`;
}

function Received(props: { call: SinkState['received'][number]; open: boolean }): VNode {
  const { call } = props;
  const { tz, now } = useViewer();
  const [open, setOpen] = useState(props.open);
  const tone = call.status >= 500 || call.status === 0 ? 'bad' : call.status >= 400 ? 'warn' : 'good';
  return html`<div class="call" data-sink-call=${call.id} data-repeat=${call.repeat ? 'true' : 'false'}>
    <button type="button" class="call-head" aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}>
      <${Icon} name=${open ? 'caret' : 'right'} size=${16} />
      <span class=${`status ${tone}`}>${call.status || 'no answer'}</span>
      <b class="call-name">${call.operation}</b>
      ${call.repeat ? html`<span class="tag">repeat: no second effect</span>` : null}
      <span class="call-at muted" title=${`${fullTimeText(call.at, now, tz)}, ${agoText(call.at, now)}`}>${timeSecondsText(call.at, tz)}</span>
    </button>
    ${open ? html`<div class="call-body"><div class="call-id muted">Idempotency key <code>${call.id}</code></div><${Json} of=${call.body} /></div>` : null}
  </div>`;
}

function Sink(props: { sink: SinkState }): VNode {
  const { sink } = props;
  const [busy, setBusy] = useState(false);
  const choose = async (mode: string): Promise<void> => {
    setBusy(true);
    try {
      await api.sinkMode(sink.name, mode);
      await refreshSinks();
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), 'bad');
    } finally {
      setBusy(false);
    }
  };
  const healthy = sink.mode === sink.modes[0]?.id;
  const repeats = sink.received.filter((call) => call.repeat).length;
  return html`<section class="sink" data-sink=${sink.name} aria-label=${sink.title}>
    <header class="sink-head">
      <span class="sink-mark">${sink.name.slice(0, 4).toUpperCase()}</span>
      <div>
        <h2>${sink.title}</h2>
        <p class="muted">${sink.received.length} ${sink.received.length === 1 ? 'call' : 'calls'} received${repeats > 0 ? `, ${repeats} of them a repeat` : ''}</p>
      </div>
    </header>
    <div class=${cls('modes', !healthy && 'failing')} role="radiogroup" aria-label=${`How ${sink.title} behaves`}>
      ${sink.modes.map(
        (
          mode,
        ) => html`<label class=${cls('mode', mode.id === sink.mode && 'on')} key=${mode.id} data-sink-mode=${mode.id}>
          <input type="radio" name=${`mode-${sink.name}`} checked=${mode.id === sink.mode} disabled=${busy} onChange=${() => void choose(mode.id)} />
          ${mode.label}
        </label>`,
      )}
    </div>
    ${
      sink.received.length === 0
        ? html`<p class="muted sink-empty">Nothing has arrived yet. Accept an export and watch it land here.</p>`
        : sink.received.map(
            (call, index) =>
              html`<${Received} key=${`${call.at} ${call.id} ${sink.received.length - index}`} call=${call} open=${index === 0} />`,
          )
    }
  </section>`;
}

export function SinksView(): VNode {
  const sinks = useStore((from) => from.sinks);
  return html`<section class="place" data-testid="sinks" aria-label="Sample sinks">
    <${Bar} title=${html`<span class="channel-name"><${Icon} name="sink" size=${18} />Sample sinks</span>`} detail="The systems at the other end, played by the sandbox: what they received, newest first" />
    <div class="sinks-scroll" tabindex="0">
      ${
        sinks === null
          ? html`<p class="loading">Loading…</p>`
          : sinks.length === 0
            ? html`<div class="empty"><h2>No sample sinks</h2><p>This sandbox runs without them.</p></div>`
            : html`<div class="sinks-grid">${sinks.map((sink) => html`<${Sink} key=${sink.name} sink=${sink} />`)}</div>`
      }
    </div>
  </section>`;
}
