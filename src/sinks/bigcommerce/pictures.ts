import { z } from 'zod';
import { failed, Stopped } from '../shared/ending.ts';
import type { Image } from './bodies.ts';
import type { Refusal } from './causes.ts';
import { type Shop } from './client.ts';

const Pictures = z.object({
  data: z.array(z.object({ id: z.int(), description: z.string().nullish(), sort_order: z.int().nullish() })),
});

/** BigCommerce takes no longer address of a picture. */
const LONGEST_URL = 255;

type Step =
  | { do: 'add'; image: Image; at: number }
  | { do: 'replace'; id: number; image: Image; at: number }
  | { do: 'drop'; id: number };

/**
 * What makes a product's pictures those of the export. The shop keeps copies under addresses of its
 * own, so that a picture is known by its description; one that no export has told of stays.
 */
async function plan(
  shop: Shop,
  product: number,
  images: { before: readonly Image[]; after: readonly Image[] },
): Promise<Step[]> {
  const { data } = await shop.get(`/v3/catalog/products/${product}/images`, { limit: 250 }, Pictures);
  const held = new Map(data.map((each) => [each.description ?? '', each]));
  const former = new Map(images.before.map(({ alt, url }) => [alt, url]));
  const wanted = new Set(images.after.map(({ alt }) => alt));
  const steps = images.after.flatMap((image, at): Step[] => {
    const there = held.get(image.alt);
    if (!there) return [{ do: 'add', image, at }];
    const otherUrl = former.has(image.alt) && former.get(image.alt) !== image.url;
    return otherUrl || there.sort_order !== at ? [{ do: 'replace', id: there.id, image, at }] : [];
  });
  const dropped = data.filter(({ description }) => {
    const alt = description ?? '';
    return former.has(alt) && !wanted.has(alt);
  });
  return [...steps, ...dropped.map(({ id }): Step => ({ do: 'drop', id }))];
}

/** Whether nothing is left to do. A picture replaced under the same description always is: it cannot be told. */
export async function picturesStand(
  shop: Shop,
  product: number,
  images: { before: readonly Image[]; after: readonly Image[] },
): Promise<boolean> {
  return (await plan(shop, product, images)).length === 0;
}

/** Adds, replaces and takes out pictures; replacing one twice leaves the same. Null when all went well. */
export async function setPictures(
  shop: Shop,
  product: number,
  images: { before: readonly Image[]; after: readonly Image[] },
): Promise<Refusal | null> {
  const long = images.after.find(({ url }) => url.length > LONGEST_URL);
  if (long) {
    const message = `The address of picture "${long.alt}" is longer than ${LONGEST_URL} characters, which BigCommerce does not take.`;
    throw new Stopped(failed('contract_mapping_error', message));
  }
  const path = `/v3/catalog/products/${product}/images`;
  for (const step of await plan(shop, product, images)) {
    if (step.do === 'drop') {
      const written = await shop.write('DELETE', `${path}/${step.id}`, null, z.unknown());
      if (!written.ok && written.refusal.status !== 404) return written.refusal;
      continue;
    }
    const { image, at } = step;
    const body = { image_url: image.url, description: image.alt, sort_order: at, is_thumbnail: at === 0 };
    const written =
      step.do === 'add'
        ? await shop.write('POST', path, body, z.unknown())
        : await shop.write('PUT', `${path}/${step.id}`, body, z.unknown());
    if (!written.ok) return written.refusal;
  }
  return null;
}
