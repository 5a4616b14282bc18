import type { KnownBlock } from '@slack/types';
import type { Directory } from '../exports/ownership.ts';
import { spoken } from '../exports/phrases.ts';
import type { Task } from '../store/port.ts';
import { context, plainText, withButton } from './blocks.ts';
import { shortId } from './cards/content.ts';
import { ACTION, encodeTask } from './ids.ts';
import { CARD, LIMIT } from './limits.ts';
import type { Words } from './words.ts';

/** One task with its button, wherever tasks are listed. */
export function taskLine(task: Task, directory: Directory, now: number): KnownBlock[] {
  const owner: Words = task.owner === null ? [`anyone in ${spoken(task.role)}`] : [{ name: task.owner }];
  const below: Words = [
    `${spoken(task.kind)} · `,
    ...(task.due_at <= now ? ['🔴 was due ', { at: task.due_at }] : ['due ', { at: task.due_at }]),
    ' · ',
    ...owner,
    ` · export ${shortId(task.export_id)}`,
  ];
  return [
    withButton(
      [{ said: task.title, max: CARD.reason }],
      {
        type: 'button',
        action_id: ACTION.closeTask,
        text: plainText('Close…', LIMIT.buttonText),
        value: encodeTask(task.id),
        confirm: {
          title: plainText('Close this task?', LIMIT.confirmTitle),
          text: plainText(
            'Only the task is closed; its export stays where it is. It closes by itself once its cause is settled.',
            LIMIT.confirmText,
          ),
          confirm: plainText('Close', 30),
          deny: plainText('Keep', 30),
        },
      },
      directory,
    ),
    context([below], directory),
  ];
}
