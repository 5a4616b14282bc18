import { randomBytes } from 'node:crypto';

/** Ids in Slack's shapes: a letter and upper-case base 36, counted so that they are short and never repeat. */
export class SlackIds {
  #counter = 46_656;

  next(letter: string): string {
    this.#counter += 1;
    return `${letter}0${this.#counter.toString(36).toUpperCase().padStart(7, '0')}`;
  }

  /** A block id as Slack makes one up for a block that has none. */
  blockId(): string {
    this.#counter += 1;
    return `b${this.#counter.toString(36)}`;
  }

  secret(bytes = 12): string {
    return randomBytes(bytes).toString('hex');
  }
}
