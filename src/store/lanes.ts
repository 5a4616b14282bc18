import { PRIORITY } from '../exports/effects.ts';
import type { Deferred } from './port.ts';

/** Where an effect queues: one lane is worked on in order, at the pace its far end allows. */
export function laneOf(effect: Deferred): string {
  switch (effect.kind) {
    case 'card':
    case 'note':
    case 'page':
      return `slack:${effect.channel}`;
    case 'dm':
      return `slack:dm:${effect.person}`;
    case 'push':
      return `sink:${effect.sink}`;
    case 'refetch':
      return `source:${effect.source}`;
    case 'relay':
      return 'relay';
  }
}

/** Lower goes first in its lane. */
export function priorityOf(effect: Deferred): number {
  switch (effect.kind) {
    case 'card':
    case 'note':
    case 'page':
    case 'dm':
      return effect.priority;
    case 'push':
    case 'refetch':
    case 'relay':
      return PRIORITY.approval;
  }
}

/** When it may begin: a push says so itself, everything else at once. UTC ms. */
export function dueOf(effect: Deferred, now: number): number {
  switch (effect.kind) {
    case 'push':
      return effect.due_at;
    case 'card':
    case 'note':
    case 'page':
    case 'dm':
    case 'refetch':
    case 'relay':
      return now;
  }
}
