import type { Brief } from './brief.ts';

/** A keyword or a landing page that a campaign claims for itself (R24). `value` is its canonical form. */
export type Claim = { kind: 'keyword' | 'page'; value: string; said: string };

/** Upper or lower case, accents in either form and blanks make no other keyword. */
export function canonicalKeyword(keyword: string): string {
  return keyword.normalize('NFKC').toLowerCase().replaceAll(/\s+/gu, ' ').trim();
}

/** The same page whatever is tracked with it: host and path, without query, fragment and last slash. */
export function canonicalPage(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host.toLowerCase()}${pathname.replace(/(?<!\/)\/+$/u, '')}`;
}

export function claimsOf({ keywords, landing_urls }: Pick<Brief, 'keywords' | 'landing_urls'>): Claim[] {
  const claims = [
    ...keywords.map((said): Claim => ({ kind: 'keyword', value: canonicalKeyword(said), said })),
    ...landing_urls.map((said): Claim => ({ kind: 'page', value: canonicalPage(said), said })),
  ];
  return [...new Map(claims.map((claim) => [`${claim.kind} ${claim.value}`, claim])).values()];
}
