const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** A description as Shopify keeps it. Plain text becomes paragraphs, with nothing in it taken for a tag. */
export function htmlOf(description: string, form: 'text' | 'html'): string {
  if (form === 'html') return description;
  const safe = description.replaceAll(/[&<>"]/gu, (sign) => ESCAPES[sign] ?? sign);
  return safe
    .split(/\r?\n\s*\r?\n/u)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p>${paragraph.trim().replaceAll(/\r?\n/gu, '<br>')}</p>`)
    .join('');
}

const SIGNS: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
};

/** What a reader sees of it, for comparing: Shopify writes the tags anew. */
export function wordsOfHtml(html: string): string {
  return html
    .replaceAll(/<[^<>]*>/gu, ' ')
    .replaceAll(/&(?:lt|gt|quot|#39|nbsp|amp);/gu, (sign) => SIGNS[sign] ?? sign)
    .replaceAll(/\s+/gu, ' ')
    .trim();
}
