import type { Directory } from '../exports/ownership.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

function nameOf(user: string, directory: Directory): string {
  const person = [...directory.people.values()].find((each) => each.slack?.user === user);
  return person?.name ?? 'somebody';
}

/** What a person wrote in Slack, as they saw it: mentions, channels and links by their names. */
export function asSaid(text: string, directory: Directory): string {
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g, (_, user: string) => `@${nameOf(user, directory)}`)
    .replace(/<#[A-Z0-9]+(?:\|([^<>]*))?>/g, (_, name: string | undefined) => `#${name ?? 'a channel'}`)
    .replace(/<!subteam\^[A-Z0-9]+(?:\|([^<>]*))?>/g, (_, name: string | undefined) => name ?? '@a group')
    .replace(/<!(\w+)(?:[|^][^<>]*)?>/g, (_, word: string) => `@${word}`)
    .replace(/<([^<>|]+)\|([^<>]*)>/g, (_, url: string, label: string) => `${label} (${url})`)
    .replace(/<([^<>|]+)>/g, '$1')
    .replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity] ?? entity);
}
