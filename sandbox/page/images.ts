import { safeUrl } from './mrkdwn.ts';

type Source = { image_url?: string; slack_file?: { id?: string; url?: string } };

/** Only web addresses and the sandbox's own paths become an image's source. */
function imageSource(url: string): string | null {
  return url.startsWith('/') && !url.startsWith('//') ? url : /^https?:/i.test(url) ? safeUrl(url) : null;
}

/** Where the image of a block or element is. */
export function imageUrl(source: object): string | null {
  const { image_url, slack_file } = source as Source;
  if (image_url) return imageSource(image_url);
  if (slack_file?.url) return imageSource(slack_file.url);
  if (!slack_file?.id) return null;
  return `/files/${encodeURIComponent(slack_file.id)}`;
}

export const fileUrl = imageSource;
