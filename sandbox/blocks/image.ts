import { all, type Check, isRecord, matching, object, oneOf, string } from './issues.ts';

const url = all(string(3000), matching(/^https?:\/\//, 'a URL'));

/** An image names exactly one source; a Slack file must have been uploaded. */
const oneSource: Check = (value, at, issues) => {
  if (!isRecord(value)) return;
  if ((value.image_url === undefined) === (value.slack_file === undefined)) {
    issues.say('exactly one of image_url and slack_file is required', at);
  }
  const file = value.slack_file;
  if (!isRecord(file)) return;
  const id = typeof file.id === 'string' ? file.id : /\/files\/(F[A-Z0-9]+)/.exec(String(file.url))?.[1];
  if (id === undefined || !issues.files.get(id)?.complete)
    issues.say('invalid slack file', `${at}/slack_file`);
};

const slackFile = all(object({}, { id: string(255), url }), (value, at, issues) => {
  if (isRecord(value) && (value.id === undefined) === (value.url === undefined)) {
    issues.say('exactly one of id and url is required', at);
  }
});

export const imageFields = { image_url: url, slack_file: slackFile };

export const imageElement: Check = all(
  object({ type: oneOf('image'), alt_text: string(2000) }, imageFields),
  oneSource,
);

export { oneSource, url };
