/**
 * Subjects of which something may still be on its way to a far side: until then nothing else of them is sent
 * there, or the older could arrive after the newer. Times are those of the lane.
 */
export class Holds {
  #held = new Map<string, { by: string; until: number }>();

  /** What holds a subject may itself be tried again; it ends its own hold with an instant that is past. */
  hold(by: string, subjects: readonly string[], until: number): void {
    for (const subject of subjects) {
      const held = this.#held.get(subject);
      if (!held || held.by === by || held.until < until) this.#held.set(subject, { by, until });
    }
  }

  /** When this one may begin, as far as others hold it; `now` or earlier when it may at once. */
  freeAt(key: string, subjects: readonly string[], now: number): number {
    let at = now;
    if (this.#held.size === 0) return at;
    for (const subject of subjects) {
      const held = this.#held.get(subject);
      if (held && held.by !== key) at = Math.max(at, held.until);
    }
    return at;
  }

  forget(now: number): void {
    for (const [subject, { until }] of this.#held) if (until <= now) this.#held.delete(subject);
  }
}
