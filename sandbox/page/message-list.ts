/** A scrolling list of messages: day dividers, grouping, and staying at the bottom when one was there. */
import type { VNode } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Message } from '../ui-contract.ts';
import { type Children, html } from './html.ts';
import { Icon } from './icons.ts';
import { MessageView } from './message.ts';
import { dayLabel, sameDay, tsMs } from './time.ts';
import { useViewer } from './viewer.ts';

const GROUP_MS = 5 * 60_000;
/** How many messages are drawn at first; earlier ones on request. */
const PAGE = 200;

function joins(before: Message | undefined, message: Message): boolean {
  return (
    before !== undefined &&
    before.user === message.user &&
    before.ephemeral_to === undefined &&
    message.ephemeral_to === undefined &&
    !message.broadcast &&
    !before.broadcast &&
    tsMs(message.ts) - tsMs(before.ts) < GROUP_MS
  );
}

type Props = {
  /** Another list (another channel or person) starts at its bottom. */
  listKey: string;
  messages: Message[] | null;
  inThread?: boolean;
  intro?: Children;
};

export function MessageList(props: Props): VNode {
  const viewer = useViewer();
  const box = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const atBottom = useRef(true);
  const seen = useRef<string | null>(null);
  const lastSize = useRef('');
  const [limit, setLimit] = useState(PAGE);
  const [unseen, setUnseen] = useState(0);
  const [away, setAway] = useState(false);
  const messages = props.messages ?? [];
  const last = messages.at(-1)?.ts ?? null;

  const toBottom = (smooth = false): void => {
    atBottom.current = true;
    setUnseen(0);
    setAway(false);
    box.current?.scrollTo({ top: box.current.scrollHeight, behavior: smooth ? 'smooth' : 'instant' });
  };
  /** Whether the list or its frame changed size since last asked: such a scroll is the browser's, not the person's. */
  const resized = (): boolean => {
    const size = `${box.current?.scrollHeight} ${box.current?.clientHeight}`;
    const changed = size !== lastSize.current;
    lastSize.current = size;
    return changed;
  };
  const onScroll = (): void => {
    const view = box.current;
    if (!view || (atBottom.current && resized())) return;
    const gap = view.scrollHeight - view.scrollTop - view.clientHeight;
    atBottom.current = gap < 40;
    setAway(gap > 400);
    if (atBottom.current) setUnseen(0);
  };

  useLayoutEffect(() => {
    seen.current = null;
    setLimit(PAGE);
    toBottom();
  }, [props.listKey]);
  useLayoutEffect(() => {
    const before = seen.current;
    seen.current = last;
    const mine = messages.at(-1)?.user === viewer.user;
    if (before === null || atBottom.current || (mine && last !== before)) toBottom();
    else if (last !== before)
      setUnseen((count) => count + messages.filter((message) => message.ts > before).length);
  }, [props.messages]);
  // Images that load and cards that grow must not push the last line off the screen.
  useLayoutEffect(() => {
    if (!inner.current || !box.current) return;
    const observer = new ResizeObserver(() => {
      if (atBottom.current && box.current) box.current.scrollTop = box.current.scrollHeight;
      resized();
    });
    observer.observe(inner.current);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);

  const drawn = props.inThread ? messages : messages.slice(-limit);
  const hidden = messages.length - drawn.length;
  const rows = useMemo(
    () =>
      drawn.map((message, index) => {
        const before = drawn[index - 1];
        const ms = tsMs(message.ts);
        const newDay = !before || !sameDay(tsMs(before.ts), ms, viewer.tz);
        return html`
          ${newDay && !props.inThread ? html`<div class="day-line" key=${`line ${message.ts}`}></div><div class="day" key=${`day ${message.ts}`} role="separator"><span>${dayLabel(ms, viewer.now, viewer.tz)}</span></div>` : null}
          <${MessageView} key=${message.ts + (message.ephemeral_to ?? '')} message=${message} inThread=${props.inThread} grouped=${!newDay && !(props.inThread && index === 1) && joins(before, message)} />
          ${props.inThread && index === 0 && messages.length > 1 ? html`<div class="reply-rule" key="replies"><span>${messages.length - 1} ${messages.length === 2 ? 'reply' : 'replies'}</span></div>` : null}
        `;
      }),
    [props.messages, limit, viewer.tz, viewer.now, props.inThread],
  );
  return html`<div class="list-frame">
    <div class="list" ref=${box} onScroll=${onScroll} role="log" aria-label="Messages" tabindex="0">
      <div class="list-inner" ref=${inner}>
        ${
          hidden > 0
            ? html`<button type="button" class="btn small earlier" onClick=${() => setLimit(limit + PAGE)}>Show earlier messages (${hidden})</button>`
            : props.intro
        }
        ${props.messages === null ? html`<p class="loading">Loading messages…</p>` : rows}
      </div>
    </div>
    ${
      unseen > 0
        ? html`<button type="button" class="jump new" onClick=${() => toBottom(true)}><${Icon} name="down" size=${14} /> ${unseen} new ${unseen === 1 ? 'message' : 'messages'}</button>`
        : away
          ? html`<button type="button" class="jump" aria-label="Jump to the latest message" onClick=${() => toBottom(true)}><${Icon} name="down" size=${16} /></button>`
          : null
    }
  </div>`;
}
