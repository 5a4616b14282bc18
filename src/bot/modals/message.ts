import type { ModalView } from '@slack/types';
import { plainText } from '../blocks.ts';
import { READ_ONLY_MODAL } from '../ids.ts';
import { LIMIT } from '../limits.ts';

function readOnly(callback_id: string, title: string, sentence: string): ModalView {
  return {
    type: 'modal',
    callback_id,
    title: plainText(title, LIMIT.modalTitle),
    close: plainText('Close', LIMIT.modalTitle),
    blocks: [{ type: 'section', text: plainText(sentence, LIMIT.section) }],
  };
}

/** Opened at once, while the trigger still lives; filled when its content is known. */
export function loadingModal(title: string): ModalView {
  return readOnly(READ_ONLY_MODAL.loading, title, 'One moment…');
}

/** One sentence to read, such as a refusal. */
export function messageModal(title: string, sentence: string): ModalView {
  return readOnly(READ_ONLY_MODAL.message, title, sentence);
}
