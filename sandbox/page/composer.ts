import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Boot } from '../ui-contract.ts';
import { api } from './api.ts';
import { cls, html } from './html.ts';
import { Icon } from './icons.ts';
import { Menu } from './popup.ts';
import { toast } from './store.ts';
import { useViewer } from './viewer.ts';

/** What was written and not sent, by place and person. */
const drafts = new Map<string, string>();

type Props = { channel: string; placeholder: string; threadTs?: string };
type Command = Boot['commands'][number];

function Suggestions(props: {
  commands: Command[];
  active: number;
  onPick: (command: Command) => void;
  app: string;
}): VNode {
  return html`<div class="suggest" role="listbox" aria-label="Commands" id="command-suggestions">
    <div class="suggest-head">${props.app}</div>
    ${props.commands.map(
      (command, index) => html`<div
        key=${command.command}
        id=${`command-${index}`}
        role="option"
        aria-selected=${index === props.active ? 'true' : 'false'}
        class=${cls('suggest-item', index === props.active && 'active')}
        data-command=${command.command}
        onPointerDown=${(event: PointerEvent) => {
          event.preventDefault();
          props.onPick(command);
        }}
      >
        <b>${command.command}</b> <span class="muted">${command.usage_hint}</span>
        <small>${command.description}</small>
      </div>`,
    )}
  </div>`;
}

function Shortcuts(): VNode | null {
  const { boot, user } = useViewer();
  const anchor = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const global = boot.shortcuts.filter((shortcut) => shortcut.type === 'global');
  if (global.length === 0) return null;
  const pick = async (callback_id: string): Promise<void> => {
    try {
      const outcome = await api.shortcut({ user, callback_id });
      if (outcome.message) toast(outcome.message, outcome.acked ? 'info' : 'bad');
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error), 'bad');
    }
  };
  return html`<button
      type="button"
      ref=${anchor}
      class="icon-btn"
      aria-label="Shortcuts"
      title="Shortcuts"
      aria-haspopup="menu"
      aria-expanded=${open ? 'true' : 'false'}
      data-testid="shortcuts"
      onClick=${() => setOpen(!open)}
    >
      <${Icon} name="bolt" />
    </button>
    ${
      open
        ? html`<${Menu}
            anchor=${anchor}
            above=${true}
            label="Shortcuts"
            items=${global.map((shortcut) => ({ id: shortcut.callback_id, text: shortcut.name, detail: boot.app.name }))}
            onPick=${(id: string) => void pick(id)}
            onClose=${() => setOpen(false)}
          />`
        : null
    }`;
}

export function Composer(props: Props): VNode {
  const { boot, user } = useViewer();
  const key = `${user} ${props.channel} ${props.threadTs ?? ''}`;
  const [text, setTextState] = useState(drafts.get(key) ?? '');
  const [active, setActive] = useState(0);
  const [closed, setClosed] = useState(false);
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);

  const setText = (next: string): void => {
    drafts.set(key, next);
    setTextState(next);
  };
  useEffect(() => setTextState(drafts.get(key) ?? ''), [key]);
  useEffect(() => {
    if (!box.current) return;
    box.current.style.height = 'auto';
    box.current.style.height = `${box.current.scrollHeight}px`;
  }, [text]);

  const typed = /^\/\S*$/.exec(text)?.[0].toLowerCase();
  const commands =
    typed && !props.threadTs
      ? boot.commands.filter((one) => one.command.toLowerCase().startsWith(typed))
      : [];
  const suggesting = commands.length > 0 && !closed;
  const complete = (command: Command): void => {
    setText(`${command.command} `);
    setActive(0);
    box.current?.focus();
  };
  const running = boot.commands.find((one) => text.startsWith(`${one.command} `));

  const send = async (): Promise<void> => {
    const said = text.trim();
    if (!said || busy) return;
    setBusy(true);
    setText('');
    try {
      const command = /^\/(?!\/)\S+/.exec(said)?.[0];
      if (command && !props.threadTs) {
        const rest = said.slice(command.length).trim();
        const outcome = await api.command({ user, channel: props.channel, command, text: rest });
        if (outcome.message) toast(outcome.message, outcome.acked ? 'info' : 'bad');
        if (!outcome.acked) setText(said);
      } else {
        const thread = props.threadTs ? { thread_ts: props.threadTs } : {};
        await api.say({ user, channel: props.channel, text: said, ...thread });
      }
    } catch (error) {
      setText(said);
      toast(error instanceof Error ? error.message : String(error), 'bad');
    } finally {
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const current = commands[active];
    if (suggesting && current) {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (step !== 0) {
        event.preventDefault();
        setActive((active + step + commands.length) % commands.length);
        return;
      }
      if (event.key === 'Escape') {
        setClosed(true);
        return;
      }
      if (
        event.key === 'Tab' ||
        (event.key === 'Enter' && text.toLowerCase() !== current.command.toLowerCase())
      ) {
        event.preventDefault();
        complete(current);
        return;
      }
    }
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
    }
  };
  return html`<div class="composer-wrap">
    ${suggesting ? html`<${Suggestions} commands=${commands} active=${active} onPick=${complete} app=${boot.app.name} />` : null}
    <div class="composer">
      <textarea
        ref=${box}
        rows="1"
        data-testid=${props.threadTs ? 'thread-composer' : 'composer'}
        aria-label=${props.placeholder}
        aria-controls=${suggesting ? 'command-suggestions' : undefined}
        aria-activedescendant=${suggesting ? `command-${active}` : undefined}
        placeholder=${props.placeholder}
        value=${text}
        onInput=${(event: InputEvent) => {
          setText((event.target as HTMLTextAreaElement).value);
          setActive(0);
          setClosed(false);
        }}
        onKeyDown=${onKeyDown}
      ></textarea>
      <div class="composer-foot">
        <${Shortcuts} />
        <span class="composer-hint">${running ? html`<b>${running.command}</b> ${running.usage_hint}` : html`<kbd>/</kbd> for commands`}</span>
        <button
          type="button"
          class=${cls('send', text.trim() !== '' && 'ready')}
          aria-label="Send"
          data-testid="send"
          disabled=${busy || text.trim() === ''}
          onClick=${() => void send()}
        >
          <${Icon} name="send" size=${16} />
        </button>
      </div>
    </div>
  </div>`;
}
