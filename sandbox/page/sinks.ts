import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Holding, SinkState } from '../ui-contract.ts';
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

type Call = SinkState['received'][number];

function toneOf({ status, refused }: Call): 'bad' | 'warn' | 'good' {
  if (status >= 500 || status === 0) return 'bad';
  return status >= 400 || refused ? 'warn' : 'good';
}

function markOf(name: string): string {
  return (name.length > 5 ? name.slice(0, 4) : name).toUpperCase();
}

/** Rows that are shown before somebody asks for the rest. */
const FEW_ROWS = 8;
const FEW_CALLS = 12;

/** What a sample system has by now, as a table. */
function Held(props: { of: Holding }): VNode {
  const { title, columns, rows, empty } = props.of;
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FEW_ROWS);
  return html`<div class="held" data-held=${title}>
    <h3>${title}<span class="muted"> ${rows.length}</span></h3>
    ${
      rows.length === 0
        ? html`<p class="muted">${empty}</p>`
        : html`<div class="table-wrap" tabindex="0" role="region" aria-label=${title}>
            <table>
              <thead>
                <tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr>
              </thead>
              <tbody>
                ${shown.map((row) => html`<tr key=${row[0]} data-held-row=${row[0]}>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
              </tbody>
            </table>
          </div>`
    }
    ${
      rows.length > FEW_ROWS
        ? html`<button type="button" class="btn small" aria-expanded=${all ? 'true' : 'false'} onClick=${() => setAll(!all)}>${all ? 'Show fewer' : `Show all ${rows.length}`}</button>`
        : null
    }
  </div>`;
}

function Received(props: { call: Call; label: string; open: boolean }): VNode {
  const { call } = props;
  const { tz, now } = useViewer();
  const [open, setOpen] = useState(props.open);
  return html`<div class="call" data-sink-call=${call.id} data-repeat=${call.repeat ? 'true' : 'false'}>
    <button type="button" class="call-head" aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}>
      <${Icon} name=${open ? 'caret' : 'right'} size=${16} />
      <span class=${`status ${toneOf(call)}`}>${call.status || 'no answer'}</span>
      <b class="call-name">${call.operation}</b>
      ${call.repeat ? html`<span class="tag">repeat: no second effect</span>` : null}
      ${call.refused ? html`<span class="tag">refused</span>` : null}
      <span class="call-at muted" title=${`${fullTimeText(call.at, now, tz)}, ${agoText(call.at, now)}`}>${timeSecondsText(call.at, tz)}</span>
    </button>
    ${open ? html`<div class="call-body">${call.id === '' ? null : html`<div class="call-id muted">${props.label} <code>${call.id}</code></div>`}<${Json} of=${call.body} /></div>` : null}
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
  const [all, setAll] = useState(false);
  const calls = all ? sink.received : sink.received.slice(0, FEW_CALLS);
  const healthy = sink.mode === sink.modes[0]?.id;
  const repeats = sink.received.filter((call) => call.repeat).length;
  return html`<section class="sink" data-sink=${sink.name} aria-label=${sink.title}>
    <header class="sink-head">
      <span class="sink-mark">${markOf(sink.name)}</span>
      <div>
        <h2>${sink.title}</h2>
        <p class="muted">${sink.received.length} ${sink.received.length === 1 ? 'call' : 'calls'} received${repeats > 0 ? `, ${repeats} of them a repeat` : ''}</p>
      </div>
    </header>
    ${sink.note === null ? null : html`<p class="sink-note muted">${sink.note}</p>`}
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
    ${sink.holds.map((each) => html`<${Held} key=${each.title} of=${each} />`)}
    ${
      sink.received.length === 0
        ? html`<p class="muted sink-empty">Nothing has arrived yet. Accept an export and watch it land here.</p>`
        : calls.map(
            (call, index) =>
              html`<${Received} key=${`${call.at} ${call.id} ${sink.received.length - index}`} call=${call} label=${sink.key_label} open=${index === 0 && sink.holds.length === 0} />`,
          )
    }
    ${
      sink.received.length > FEW_CALLS
        ? html`<p class="sink-more"><button type="button" class="btn small" onClick=${() => setAll(!all)}>${all ? 'Show the newest only' : `Show all ${sink.received.length} calls`}</button></p>`
        : null
    }
  </section>`;
}

/** Ways to each of them: the page is long, on a phone above all. */
function Jumps(props: { sinks: readonly SinkState[] }): VNode {
  const jump = (name: string) => document.querySelector(`[data-sink="${name}"]`)?.scrollIntoView();
  return html`<nav class="sink-jumps" aria-label="Sample systems">
    ${props.sinks.map(
      ({ name, title, mode, modes }) =>
        html`<button type="button" key=${name} class=${cls('btn small', mode !== modes[0]?.id && 'danger')} title=${title} onClick=${() => jump(name)}>${name.toUpperCase()}</button>`,
    )}
  </nav>`;
}

export function SinksView(): VNode {
  const sinks = useStore((from) => from.sinks);
  const card = (sink: SinkState) => html`<${Sink} key=${sink.name} sink=${sink} />`;
  return html`<section class="place" data-testid="sinks" aria-label="Sample sinks">
    <${Bar} title=${html`<span class="channel-name"><${Icon} name="sink" size=${18} />Sample sinks</span>`} detail="The systems at the other end, played by the sandbox: what they hold and what they received, newest first" />
    <div class="sinks-scroll" tabindex="0">
      ${
        sinks === null
          ? html`<p class="loading">Loading…</p>`
          : sinks.length === 0
            ? html`<div class="empty"><h2>No sample sinks</h2><p>This sandbox runs without them.</p></div>`
            : html`
                <${Jumps} sinks=${sinks} />
                <div class="sinks-grid">${sinks.filter((sink) => sink.holds.length === 0).map(card)}</div>
                <div class="sinks-grid wide">${sinks.filter((sink) => sink.holds.length > 0).map(card)}</div>
              `
      }
    </div>
  </section>`;
}
