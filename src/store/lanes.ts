import { PRIORITY } from '../exports/effects.ts';
import type { Deferred } from './port.ts';

/** Where an effect queues: one lane is worked on in order, at the pace its far end allows. */
export function laneOf(effect: Deferred): string {
  switch (effect.kind) {
    case 'card':
    case 'note':
    case 'page':
    case 'digest':
      return `slack:${effect.channel}`;
    case 'dm':
      return `slack:dm:${effect.person}`;
    case 'push':
      return `sink:${effect.sink}`;
    case 'refetch':
      return `source:${effect.source}`;
    case 'relay':
      return 'relay';
    case 'follow':
      return 'directory';
    case 'briefing':
      return `slack:dm:for:${effect.of}`;
    case 'track':
      return 'tracker';
  }
}

/** Lower goes first in its lane. */
export function priorityOf(effect: Deferred): number {
  switch (effect.kind) {
    case 'card':
    case 'note':
    case 'page':
    case 'dm':
    case 'digest':
      return effect.priority;
    case 'push':
    case 'refetch':
    case 'relay':
    case 'follow':
    case 'briefing':
    case 'track':
      return PRIORITY.approval;
  }
}

/** When it may begin: a push says so itself, a card may, everything else at once. UTC ms. */
export function dueOf(effect: Deferred, now: number): number {
  switch (effect.kind) {
    case 'push':
      return effect.due_at;
    case 'card':
      return effect.due_at ?? now;
    case 'note':
    case 'page':
    case 'dm':
    case 'refetch':
    case 'relay':
    case 'follow':
    case 'briefing':
    case 'digest':
    case 'track':
      return now;
  }
}
