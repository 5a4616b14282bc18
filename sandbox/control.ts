import type { Call, CallFilter } from './calls.ts';
import { archiveChannel, deleteChannel, removeMember, renameChannel } from './channel-changes.ts';
import type { Employee } from './company.ts';
import type { HttpTarget } from './delivery/http.ts';
import type { Delivered } from './delivery/index.ts';
import type { Answer, Kind } from './delivery/kinds.ts';
import { emitEvent, eventTs } from './events.ts';
import type { Fault } from './faults.ts';
import { edit, remove } from './posting.ts';
import type { ChannelState, StoredMessage } from './state/channel.ts';
import type { FunctionExecution } from './state/index.ts';
import { apiUser, personOf, type StoredPerson } from './state/people.ts';
import type { StoredView } from './state/views.ts';
import type { SinkState } from './ui-contract.ts';
import { addMember } from './web-api/conversations.ts';
import type { World } from './world.ts';

export type SocketAction = 'drop' | 'freeze' | 'thaw' | 'refresh' | 'warning' | 'link_disabled';

/** Hands on the machinery, for tests and the demo. Unknown ids throw a RangeError. */
export class Control {
  #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Moves sandbox time forward; timers due on the way fire. */
  advance(ms: number): number {
    this.#world.clock.advance(ms);
    const now = this.#world.clock.now();
    this.#world.changes.tell({ kind: 'clock', now });
    return now;
  }

  addFault(fault: Fault): void {
    this.#world.faults.add(fault);
  }

  clearFaults(): void {
    this.#world.faults.clear();
  }

  faults(): Fault[] {
    return this.#world.faults.list();
  }

  setRateLimits(enabled: boolean): void {
    this.#world.limits.enabled = enabled;
  }

  sockets(action: SocketAction): void {
    const { sockets } = this.#world.delivery;
    switch (action) {
      case 'drop':
        sockets.drop();
        return;
      case 'freeze':
        sockets.freeze(true);
        return;
      case 'thaw':
        sockets.freeze(false);
        return;
      case 'refresh':
        sockets.refresh();
        return;
      case 'warning':
      case 'link_disabled':
        sockets.refresh(action);
        return;
    }
  }

  /** Sends text on every connection as it is. */
  sendRaw(...texts: string[]): void {
    this.#world.delivery.sockets.sendRaw(texts);
  }

  /** How many Socket Mode connections can take a payload. */
  connections(): number {
    return this.#world.delivery.sockets.size;
  }

  /** Sends by signed HTTP from now on; null goes back to Socket Mode. */
  useHttp(target: HttpTarget | null): void {
    this.#world.delivery.useHttp(target);
  }

  /** The `url_verification` handshake with the request URL. */
  verifyRequestUrl(): Promise<boolean> {
    const { delivery, state, tokens } = this.#world;
    return delivery.verifyUrl(state.ids.secret(16), tokens.verification);
  }

  calls(filter: CallFilter = {}): Call[] {
    return this.#world.calls.list(filter);
  }

  clearCalls(): void {
    this.#world.calls.clear();
  }

  /** What was sent to the app. `type` is an event's type, an interaction's type or a command. */
  deliveries(filter: { kind?: Kind; type?: string } = {}): Delivered[] {
    return this.#world.delivery.list(filter);
  }

  /** Sends a logged payload once more, as Slack sometimes does. */
  redeliver(n: number): Promise<Answer> {
    return this.#world.delivery.redeliver(n);
  }

  /** Sends any payload as it is. */
  deliver(kind: Kind, payload: Record<string, unknown>): Promise<Answer> {
    return this.#world.delivery.deliver(kind, payload);
  }

  person(id: string): StoredPerson {
    const person = this.#world.state.people.get(id);
    if (!person) throw new RangeError(`There is no person ${id}.`);
    return person;
  }

  /** Changes what Slack knows of a person and sends `user_change`. */
  changePerson(id: string, change: Partial<Omit<StoredPerson, 'id'>>): void {
    const now = this.#world.clock.now();
    const person = this.person(id);
    Object.assign(person, change, { updated: now });
    this.#world.changes.tell({ kind: 'channels' });
    this.#userEvent('user_change', person);
  }

  deactivate(id: string): void {
    this.changePerson(id, { deleted: true, presence: 'away' });
  }

  reactivate(id: string): void {
    this.changePerson(id, { deleted: false });
  }

  setPresence(id: string, presence: 'active' | 'away'): void {
    this.person(id).presence = presence;
    this.#world.changes.tell({ kind: 'channels' });
  }

  /** Do not disturb for `ms` of sandbox time; 0 ends it. */
  setDnd(id: string, ms: number): void {
    this.person(id).dnd_until = ms === 0 ? 0 : this.#world.clock.now() + ms;
  }

  /** A new colleague: `team_join`. */
  addPerson(employee: Employee): void {
    const person = personOf(employee, this.#world.clock.now());
    this.#world.state.people.set(person.id, person);
    this.#world.changes.tell({ kind: 'channels' });
    this.#userEvent('team_join', person);
  }

  setUserGroup(id: string, users: string[]): void {
    const group = this.#world.state.usergroups.find((g) => g.id === id);
    if (!group) throw new RangeError(`There is no user group ${id}.`);
    group.users = users;
  }

  /** A channel by id or name. */
  channel(named: string): ChannelState {
    const { state } = this.#world;
    const found = state.channels.get(named) ?? state.channelNamed(named.replace(/^#/, ''));
    if (!found) throw new RangeError(`There is no channel ${named}.`);
    return found;
  }

  /** Ids of all channels and direct messages. */
  conversations(): readonly string[] {
    return [...this.#world.state.channels.keys()];
  }

  archive(channel: string, archived = true): void {
    archiveChannel(this.#world, this.channel(channel), archived);
  }

  deleteChannel(channel: string): void {
    deleteChannel(this.#world, this.channel(channel));
  }

  renameChannel(channel: string, name: string): void {
    renameChannel(this.#world, this.channel(channel), name);
  }

  /** Slack has no event for it. */
  makePrivate(channel: string): void {
    this.channel(channel).info.kind = 'private';
    this.#world.changes.tell({ kind: 'channels' });
  }

  removeBot(channel: string): void {
    this.removeMember(channel, this.#world.state.app.bot_user_id);
  }

  inviteBot(channel: string): void {
    this.invite(channel, this.#world.state.app.bot_user_id);
  }

  invite(channel: string, user: string): void {
    addMember(this.#world, this.channel(channel), user);
  }

  removeMember(channel: string, user: string): void {
    removeMember(this.#world, this.channel(channel), user, true);
  }

  /** As `removeBot`, and Slack says nothing of it, as it sometimes does. */
  removeBotSilently(channel: string): void {
    removeMember(this.#world, this.channel(channel), this.#world.state.app.bot_user_id, false);
  }

  /** Messages and replies as stored, metadata included, oldest first. */
  messages(channel: string): readonly StoredMessage[] {
    return this.channel(channel).messages;
  }

  ephemerals(channel: string): readonly StoredMessage[] {
    return this.channel(channel).ephemerals;
  }

  modals(user: string): readonly StoredView[] {
    return this.#world.state.views.stack(user);
  }

  home(user: string): StoredView | undefined {
    return this.#world.state.views.home(user);
  }

  /** The sample systems at the other end; none where the sandbox runs without. */
  sinks(): SinkState[] {
    return this.#world.sinks?.state() ?? [];
  }

  /** How a sample system behaves from now on. @throws UiError for an unknown one or an unknown mode. */
  setSinkMode(name: string, mode: string): void {
    if (!this.#world.sinks) throw new RangeError('No sample sinks run beside this sandbox.');
    this.#world.sinks.setMode(name, mode);
  }

  /** Deletes a message as an administrator would. */
  deleteMessage(channel: string, ts: string): void {
    const room = this.channel(channel);
    const message = room.find(ts);
    if (!message) throw new RangeError(`There is no message ${ts} in ${channel}.`);
    remove(this.#world, room, message);
  }

  /** Puts other words into a message, as nobody can in Slack but another program with the app's token. */
  editMessage(channel: string, ts: string, text: string): void {
    const room = this.channel(channel);
    const message = room.find(ts);
    if (!message) throw new RangeError(`There is no message ${ts} in ${channel}.`);
    edit(this.#world, room, message, { text, blocks: null });
  }

  /** Scopes that the app was granted; calls and events that need another are refused. */
  grantScopes(scopes: readonly string[]): void {
    this.#world.manifest = { ...this.#world.manifest, scopes: new Set(scopes) };
  }

  scopes(): readonly string[] {
    return [...(this.#world.manifest.scopes ?? [])];
  }

  /** Every token is refused with `token_revoked` until restored. */
  revokeTokens(revoked = true): void {
    this.#world.tokens.revoked = revoked;
  }

  /** Starts a workflow step the app provides (`function_executed`); answers its execution. */
  runFunction(callback_id: string, inputs: Record<string, unknown>): FunctionExecution {
    const { state, tokens } = this.#world;
    const execution: FunctionExecution = {
      id: state.ids.next('Fx'),
      callback_id,
      inputs,
      status: 'running',
      outputs: null,
      error: null,
    };
    state.executions.set(execution.id, execution);
    const described = this.#world.manifest.functions[callback_id] ?? { title: callback_id };
    void emitEvent(this.#world, {
      type: 'function_executed',
      function: { id: 'Fn01', callback_id, type: 'app', app_id: state.app.id, ...described },
      inputs,
      function_execution_id: execution.id,
      workflow_execution_id: state.ids.next('Wx'),
      event_ts: eventTs(this.#world),
      bot_access_token: tokens.bot,
    });
    return execution;
  }

  /** Back to the seeded company: no messages, views, files, faults, logs. Connections stay. */
  reset(): void {
    const world = this.#world;
    world.faults.clear();
    world.calls.clear();
    world.delivery.clearLog();
    world.tokens.revoked = false;
    world.state.reset(world.clock.now());
    world.changes.tell({ kind: 'channels' });
    world.changes.tell({ kind: 'home' });
    world.changes.tell({ kind: 'modals' });
  }

  #userEvent(type: 'user_change' | 'team_join', person: StoredPerson): void {
    const user = apiUser(person, this.#world.state.team.id, this.#world.clock.now(), true);
    void emitEvent(this.#world, { type, user, event_ts: eventTs(this.#world) });
  }
}
