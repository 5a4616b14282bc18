import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** The arguments of a call, from after its opening bracket to the one that closes it. */
function argumentsFrom(text: string, start: number): string {
  let depth = 1;
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (`'"\``.includes(char)) quote = char;
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    if (depth === 0) return text.slice(start, at);
  }
  return text.slice(start);
}

/** The last text among the arguments, or null when what is logged is not told there. */
function messageOf(args: string): string | null {
  return (
    [...args.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/g)].at(-1)?.slice(1).find(Boolean) ?? null
  );
}

export type LogMessage = { file: string; message: string };

/** Every static message that the product logs as a warning, an error, or its end. */
export function logMessages(): { messages: readonly LogMessage[]; unread: readonly string[] } {
  const messages: LogMessage[] = [];
  const unread: string[] = [];
  for (const name of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(join(SRC, name), 'utf8');
    for (const call of text.matchAll(/\blog(?:ger)?\.(?:fatal|error|warn)\(/g)) {
      const args = argumentsFrom(text, call.index + call[0].length);
      const message = /,\s*[\w.]+,?\s*$/.test(args) ? null : messageOf(args);
      if (message === null) unread.push(`${name}: ${args.trim()}`);
      else messages.push({ file: name, message });
    }
    // What a job says when it fails, logged for all of them in one place.
    if (!name.startsWith('schedule')) continue;
    for (const [, message = ''] of text.matchAll(/^\s*failed: '([^']+)',$/gm))
      messages.push({ file: name, message });
  }
  return { messages, unread };
}
