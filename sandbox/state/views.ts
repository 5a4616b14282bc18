import type { Block, Values, View } from '../ui-contract.ts';

export type PlainText = { type: 'plain_text'; text: string; emoji?: boolean };

/** A view definition after validation, with a block id on every block. */
export type ViewDefinition = {
  type: 'modal' | 'home';
  title: PlainText | null;
  submit: PlainText | null;
  close: PlainText | null;
  blocks: Block[];
  callback_id: string;
  private_metadata: string;
  external_id: string;
  clear_on_close: boolean;
  notify_on_close: boolean;
};

export type StoredView = ViewDefinition & {
  id: string;
  user: string;
  hash: string;
  root: string;
  previous: string | null;
  values: Values;
  errors: Record<string, string>;
};

/** Slack's modal stack holds three views. */
export const STACK_LIMIT = 3;

/** Modal stacks and Home tabs, one of each per person. */
export class Views {
  #stacks = new Map<string, StoredView[]>();
  #homes = new Map<string, StoredView>();
  #byId = new Map<string, StoredView>();

  stack(user: string): readonly StoredView[] {
    return this.#stacks.get(user) ?? [];
  }

  home(user: string): StoredView | undefined {
    return this.#homes.get(user);
  }

  byId(id: string): StoredView | undefined {
    return this.#byId.get(id);
  }

  byExternalId(id: string): StoredView | undefined {
    for (const view of this.#byId.values()) if (view.external_id === id) return view;
    return undefined;
  }

  /** Opens a new root: what the person had open is gone. */
  open(view: StoredView): void {
    this.clear(view.user);
    this.#stacks.set(view.user, [view]);
    this.#byId.set(view.id, view);
  }

  push(view: StoredView): void {
    this.#stacks.set(view.user, [...this.stack(view.user), view]);
    this.#byId.set(view.id, view);
  }

  /** Closes `view` and whatever lies above it; answers what was closed, top first. */
  close(view: StoredView): StoredView[] {
    const stack = [...this.stack(view.user)];
    const at = stack.indexOf(view);
    if (at < 0) return [];
    const closed = stack.splice(at).reverse();
    this.#stacks.set(view.user, stack);
    for (const gone of closed) this.#byId.delete(gone.id);
    return closed;
  }

  clear(user: string): StoredView[] {
    const root = this.stack(user)[0];
    return root ? this.close(root) : [];
  }

  publish(view: StoredView): void {
    const old = this.#homes.get(view.user);
    if (old) this.#byId.delete(old.id);
    this.#homes.set(view.user, view);
    this.#byId.set(view.id, view);
  }
}

export function uiView(v: StoredView): View {
  return {
    id: v.id,
    type: v.type,
    title: v.title?.text ?? '',
    submit: v.submit?.text ?? null,
    close: v.close?.text ?? null,
    blocks: v.blocks,
    hash: v.hash,
    errors: v.errors,
  };
}
