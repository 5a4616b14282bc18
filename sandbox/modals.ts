import { z } from 'zod';
import { apiView, envelope } from './payloads.ts';
import { activePerson, checkedValue, outcomeOf } from './people-acting.ts';
import { SlackError, UiError } from './slack-error.ts';
import type { StoredView } from './state/views.ts';
import type { SubmitOutcome, Values } from './ui-contract.ts';
import { elementsOf, mergeState, valueKey } from './view-state.ts';
import { defineView, pushView, replaceView, tellView } from './web-api/views.ts';
import type { World } from './world.ts';

const ResponseAction = z.discriminatedUnion('response_action', [
  z.strictObject({ response_action: z.literal('errors'), errors: z.record(z.string(), z.string().min(1)) }),
  z.strictObject({ response_action: z.literal('update'), view: z.unknown() }),
  z.strictObject({ response_action: z.literal('push'), view: z.unknown() }),
  z.strictObject({ response_action: z.literal('clear') }),
]);

function topView(world: World, user: string, id: string): StoredView {
  const view = world.state.views.stack(user).at(-1);
  if (view?.id !== id) throw new UiError('This view is no longer open on top.', 409);
  return view;
}

/** A person submits the modal on top of their stack; what is missing is told without asking the app. */
export async function submit(
  world: World,
  user: string,
  id: string,
  entered: Values,
): Promise<SubmitOutcome> {
  const person = activePerson(world, user);
  const view = topView(world, user, id);
  if (!view.submit) throw new UiError('This view has nothing to submit.');
  view.values = mergeState(view.blocks, view.values, entered);
  view.errors = faultsOf(view);
  if (Object.keys(view.errors).length > 0) {
    tellView(world, view);
    return { acked: true, action: 'errors' };
  }
  const answer = await world.delivery.deliver('interactive', {
    ...envelope(world, 'view_submission', person),
    trigger_id: world.triggers.issue(user),
    view: apiView(world, view),
    response_urls: [],
  });
  if (!answer.acked) return { ...outcomeOf(answer), action: 'none' };
  return carryOut(world, view, answer.body);
}

function carryOut(world: World, view: StoredView, body: unknown): SubmitOutcome {
  if (body === null) {
    world.state.views.close(view);
    tellView(world, view);
    return { acked: true, action: 'close' };
  }
  const parsed = ResponseAction.safeParse(body);
  if (!parsed.success)
    return failed('The app answered a submission with something that is no response_action.');
  try {
    return respond(world, view, parsed.data);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return failed(`The app answered an invalid view: ${[error.code, ...error.messages].join(' ')}`);
  }
}

function respond(world: World, view: StoredView, answer: z.infer<typeof ResponseAction>): SubmitOutcome {
  switch (answer.response_action) {
    case 'errors': {
      const inputs = new Set(view.blocks.filter((b) => b.type === 'input').map((b) => b.block_id));
      const stray = Object.keys(answer.errors).filter((b) => !inputs.has(b));
      if (stray.length > 0)
        return failed(`The app answered errors for blocks that are no inputs: ${stray.join(', ')}`);
      view.errors = answer.errors;
      tellView(world, view);
      return { acked: true, action: 'errors' };
    }
    case 'update':
      replaceView(world, view, defineView(world, answer.view, 'modal', view));
      return { acked: true, action: 'update' };
    case 'push':
      pushView(world, view.user, answer.view);
      return { acked: true, action: 'push' };
    case 'clear':
      world.state.views.clear(view.user);
      tellView(world, view);
      return { acked: true, action: 'close' };
  }
}

function failed(message: string): SubmitOutcome {
  return { acked: true, action: 'none', message };
}

/** A person closes a view with its button or the cross; the app hears of it where it asked to. */
export function closeView(world: World, user: string, id: string): void {
  const person = activePerson(world, user);
  const view = topView(world, user, id);
  const { views } = world.state;
  const closed = view.clear_on_close ? views.clear(user) : views.close(view);
  tellView(world, view);
  for (const gone of closed.filter((v) => v.notify_on_close)) {
    void world.delivery.deliver('interactive', {
      ...envelope(world, 'view_closed', person),
      view: apiView(world, gone),
      is_cleared: view.clear_on_close,
    });
  }
}

/** What Slack's own client would not let through, by block id. */
function faultsOf(view: StoredView): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const { block, block_id, action_id, element } of elementsOf(view.blocks)) {
    const key = valueKey(element.type);
    if (block.type !== 'input' || key === undefined) continue;
    const held = view.values[block_id]?.[action_id];
    const value = held?.[key] ?? null;
    const empty = value === null || (Array.isArray(value) && value.length === 0);
    if (empty && block.optional !== true) faults[block_id] = 'Please complete this required field.';
    if (empty || !held) continue;
    held[key] = checkedValue(element, value);
    const fault = typeof value === 'string' ? textFault(element, value) : null;
    if (fault !== null) faults[block_id] = fault;
  }
  return faults;
}

function textFault(element: Record<string, unknown>, value: string): string | null {
  const { type, min_length, max_length, min_value, max_value } = element;
  const longest = typeof max_length === 'number' ? max_length : 3000;
  if (type === 'number_input') {
    const n = Number(value);
    if (!/^-?\d+(\.\d+)?$/.test(value)) return 'Please enter a number.';
    if (element.is_decimal_allowed === false && !Number.isInteger(n)) return 'Please enter a whole number.';
    if (typeof min_value === 'string' && n < Number(min_value)) return `Must be at least ${min_value}.`;
    if (typeof max_value === 'string' && n > Number(max_value)) return `Must be at most ${max_value}.`;
  }
  if (type === 'email_text_input' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value))
    return 'Please enter an e-mail address.';
  if (type === 'url_text_input' && !URL.canParse(value)) return 'Please enter a URL.';
  if (type === 'datepicker' && !/^\d{4}-\d\d-\d\d$/.test(value)) return 'Please choose a date.';
  if (type !== 'plain_text_input') return null;
  if (typeof min_length === 'number' && value.length < min_length)
    return `Must be at least ${min_length} characters.`;
  return value.length > longest ? `Must be at most ${longest} characters.` : null;
}
