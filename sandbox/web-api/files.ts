import { z } from 'zod';
import { apiFile } from '../payloads.ts';
import { post } from '../posting.ts';
import { SlackError } from '../slack-error.ts';
import type { StoredFile } from '../state/channel.ts';
import type { World } from '../world.ts';
import { type Args, json, required, text } from './args.ts';
import { channelById, type Methods, needMembership } from './define.ts';
import { threadOf } from './messages.ts';

const MIME: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  csv: 'text/csv',
  json: 'application/json',
  txt: 'text/plain',
  md: 'text/markdown',
  pdf: 'application/pdf',
};

const FilesArgument = z.array(z.object({ id: z.string(), title: z.string().optional() })).min(1);

function uploadUrl(world: World, args: Args): Record<string, unknown> {
  const name = required(args, 'filename');
  const length = Number(required(args, 'length'));
  if (!Number.isInteger(length) || length < 1) {
    throw new SlackError('invalid_arguments', {
      messages: ['[ERROR] must be an integer [json-pointer:/length]'],
    });
  }
  const { state } = world;
  const id = state.ids.next('F');
  const extension = name.split('.').at(-1)?.toLowerCase() ?? '';
  state.files.set(id, {
    id,
    name,
    title: name,
    mimetype: MIME[extension] ?? 'application/octet-stream',
    length,
    user: state.app.bot_user_id,
    created: world.clock.now(),
    content: null,
    complete: false,
  });
  return { upload_url: `${world.origin()}/upload/${id}`, file_id: id };
}

function complete(world: World, args: Args): Record<string, unknown> {
  const wanted = FilesArgument.safeParse(json(args, 'files', 'invalid_arguments'));
  if (!wanted.success) throw new SlackError('invalid_arguments');
  const files = wanted.data.map(({ id, title }): StoredFile => {
    const file = world.state.files.get(id);
    if (!file?.content || file.complete) throw new SlackError('file_not_found');
    if (file.content.length !== file.length) throw new SlackError('file_update_failed');
    file.title = title ?? file.name;
    return file;
  });
  const channelId = text(args, 'channel_id') ?? text(args, 'channels');
  if (channelId !== undefined && channelId !== '') {
    const channel = channelById(world, channelId);
    needMembership(world, channel);
    if (channel.info.archived) throw new SlackError('posting_to_channel_denied');
    const thread_ts = threadOf(channel, text(args, 'thread_ts'));
    const user = world.state.app.bot_user_id;
    const comment = text(args, 'initial_comment') ?? '';
    post(world, channel, { user, by_app: true, text: comment, blocks: null, thread_ts, files });
  }
  for (const file of files) file.complete = true;
  return { files: files.map((f) => apiFile(world, f)) };
}

export const files: Methods = {
  'files.getUploadURLExternal': { tier: 4, scopes: ['files:write'], run: uploadUrl },
  'files.completeUploadExternal': { tier: 4, scopes: ['files:write'], run: complete },
};
