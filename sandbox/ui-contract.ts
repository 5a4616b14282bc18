/**
 * What the sandbox server and its web page say to each other (and what tests use to act as a person).
 * Every route answers JSON; a refusal is `{ error: string }` with a 4xx status and a sentence a person can read.
 *
 *   GET  /ui/boot                                   -> Boot
 *   GET  /ui/channels/:id/messages?user=U           -> Message[]   oldest first; ephemerals of that user included
 *   GET  /ui/channels/:id/threads/:ts?user=U        -> Message[]   parent first
 *   GET  /ui/home?user=U                            -> View | null
 *   GET  /ui/modals?user=U                          -> View[]      the stack, top last
 *   GET  /ui/unread?user=U                          -> Record<channel id, number>
 *   GET  /ui/stream?user=U                          -> server-sent events, each `data:` a Change
 *   POST /ui/read      { user, channel }            -> {}
 *   POST /ui/message   { user, channel, text, thread_ts? }                  -> {}
 *   POST /ui/command   { user, channel, command: '/promo', text }           -> Outcome
 *   POST /ui/shortcut  { user, callback_id, channel?, message_ts? }         -> Outcome
 *   POST /ui/home      { user }                     -> Outcome   opening the Home tab (`app_home_opened`)
 *   POST /ui/action    ActionRequest                -> Outcome
 *   POST /ui/options   { user, container, block_id, action_id, query }      -> { options } | { option_groups }
 *                      what the app offers in an external select (`block_suggestion`), as Block Kit options
 *   POST /ui/submit    { user, view_id, values }    -> SubmitOutcome
 *   POST /ui/close     { user, view_id }            -> {}
 *   GET  /ui/sinks                                  -> SinkState[]  the sample systems at the other end
 *   POST /ui/sinks/:name { mode }                   -> {}           tell one to fail, or to heal
 *   GET  /files/:id                                 -> the file's bytes, e.g. of an image's `slack_file`
 */

export type Person = {
  id: string;
  name: string;
  real_name: string;
  /** What the person is in the seeded company, e.g. "Marketing ops lead". */
  title: string;
  tz: string;
  /** CSS colour of the avatar tile. */
  color: string;
  is_bot: boolean;
  deleted: boolean;
  is_restricted: boolean;
  presence: 'active' | 'away';
};

export type Channel = {
  id: string;
  name: string;
  topic: string;
  kind: 'public' | 'private' | 'im';
  members: string[];
  archived: boolean;
  /** For a direct message: the two people in it. */
  with?: [string, string];
};

export type Boot = {
  team: { id: string; name: string };
  people: Person[];
  channels: Channel[];
  usergroups: { id: string; handle: string; name: string; users: string[] }[];
  app: { id: string; name: string; bot_user_id: string; connected: boolean };
  commands: { command: string; description: string; usage_hint: string }[];
  shortcuts: { callback_id: string; name: string; type: 'global' | 'message' }[];
  /** Sandbox time, ms since the epoch: it may have been moved by the control API. */
  now: number;
  /** Lines for the demo's welcome panel; empty when the sandbox stands alone. */
  tour: { title: string; steps: { text: string; as?: string; channel?: string }[] } | null;
};

/** A Block Kit block as stored; the page draws what it knows and shows the rest as "unsupported block". */
export type Block = { type: string; block_id?: string } & Record<string, unknown>;

export type Message = {
  ts: string;
  channel: string;
  user: string;
  text: string;
  blocks?: Block[];
  thread_ts?: string;
  /** True for a reply that was also sent to the channel. */
  broadcast?: boolean;
  edited_at?: string;
  /** Set for a message only one person sees. */
  ephemeral_to?: string;
  reply_count: number;
  reply_users: string[];
  latest_reply?: string;
  reactions: { name: string; users: string[] }[];
  files: { id: string; name: string; mimetype: string; url: string; title: string }[];
};

export type View = {
  id: string;
  type: 'modal' | 'home';
  title: string;
  submit: string | null;
  close: string | null;
  blocks: Block[];
  hash: string;
  /** Errors by block id after a submit answered `response_action: errors`. */
  errors: Record<string, string>;
};

/** Input values as in Slack's `view.state.values`: block id, action id, value object. */
export type Values = Record<string, Record<string, Record<string, unknown>>>;

export type ActionRequest = {
  user: string;
  container:
    | { type: 'message'; channel: string; ts: string; ephemeral?: boolean }
    | { type: 'view'; view_id: string };
  block_id: string;
  action_id: string;
  /** The element's own part of the action: `value` of a button, `selected_option`, `selected_user`... */
  data: Record<string, unknown>;
  /** Current input values of the view or message. */
  values?: Values;
};

/** `acked` is false when the app did not answer within 3 s; `message` is then Slack's own warning. */
export type Outcome = { acked: boolean; message?: string };
export type SubmitOutcome = Outcome & { action: 'close' | 'errors' | 'update' | 'push' | 'none' };

export type Change =
  | { kind: 'channel'; channel: string; thread_ts?: string }
  | { kind: 'channels' }
  | { kind: 'home' }
  | { kind: 'modals' }
  | { kind: 'app' }
  | { kind: 'sinks' }
  | { kind: 'clock'; now: number };

export type SinkState = {
  name: string;
  title: string;
  /** What it plays and how far; null for those that play nobody in particular. */
  note: string | null;
  mode: string;
  modes: { id: string; label: string }[];
  /** What the `id` of a call is, such as "Idempotency key". */
  key_label: string;
  /** Newest first. */
  received: {
    at: number;
    /** Empty where the call names itself by nothing. */
    id: string;
    operation: string;
    status: number;
    /** True for a plain no inside a success. */
    refused?: boolean;
    /** True when this idempotency key had already been carried out: no second effect. */
    repeat: boolean;
    body: unknown;
  }[];
  /** What it has by now, such as a price list; every row has a cell for each column. */
  holds: Holding[];
};

export type Holding = { title: string; columns: string[]; rows: string[][]; empty: string };
