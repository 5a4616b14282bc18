/** What a block needs to act: where it stands, the form it belongs to, and how an action is sent. */
import type { Confirm } from '@slack/types';
import { createContext, type VNode } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { ActionRequest, Block } from '../ui-contract.ts';
import { api } from './api.ts';
import { askConfirm } from './confirm.ts';
import { collectValues } from './form.ts';
import { html } from './html.ts';
import { Icon } from './icons.ts';
import { read, toast } from './store.ts';

export type Surface = {
  container: ActionRequest['container'];
  /** Key of what was typed: the view's id, or channel and ts. */
  form: string;
  blocks: Block[];
  /** By block id. */
  errors: Record<string, string>;
};

export const SurfaceContext = createContext<Surface>({
  container: { type: 'view', view_id: '' },
  form: '',
  blocks: [],
  errors: {},
});

export const useSurface = (): Surface => useContext(SurfaceContext);

/** The id under which a block's values and actions travel. */
export const blockIdOf = (block: Block, index: number): string => block.block_id ?? String(index);

export type Act = {
  pending: boolean;
  /** Slack's warning after an action that the app did not acknowledge. */
  warning: VNode | null;
  /** Asks for confirmation where the element wants it; false when the person said no. */
  run: (data: Record<string, unknown>) => Promise<boolean>;
};

export function useAct(block: string, element: { action_id?: string; confirm?: Confirm }): Act {
  const surface = useSurface();
  const [pending, setPending] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const run = async (data: Record<string, unknown>): Promise<boolean> => {
    if (element.confirm && !(await askConfirm(element.confirm))) return false;
    setPending(true);
    setFailed(null);
    try {
      const outcome = await api.action({
        user: read().user,
        container: surface.container,
        block_id: block,
        action_id: element.action_id ?? '',
        data,
        values: collectValues(surface.form, surface.blocks),
      });
      if (!outcome.acked) setFailed(outcome.message ?? 'The app did not respond. Try again?');
      else if (outcome.message) toast(outcome.message);
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    } finally {
      setPending(false);
    }
    return true;
  };
  const warning = failed
    ? html`<div class="act-warning" role="alert" data-testid="not-acked"><${Icon} name="warn" size=${15} />${failed}</div>`
    : null;
  return { pending, warning, run };
}
