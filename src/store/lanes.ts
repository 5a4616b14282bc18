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
    case 'campaign_card':
    case 'campaign_note':
      return `slack:${effect.channel}`;
    case 'dm':
    case 'campaign_dm':
      return `slack:dm:${effect.person}`;
    case 'push':
    case 'quote':
    case 'rehearse':
      return `sink:${effect.sink}`;
    case 'refetch':
      return `source:${effect.source}`;
    case 'relay':
    case 'reverse':
      return 'relay';
    case 'stock_arrived':
      return 'stock';
    case 'follow':
      return 'directory';
    case 'briefing':
      return `slack:dm:for:${effect.of}`;
    case 'track':
      return 'tracker';
    case 'campaign':
    case 'issue':
      return 'campaigns';
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
    case 'campaign_card':
    case 'campaign_note':
    case 'campaign_dm':
      return effect.priority;
    case 'push':
    case 'quote':
    case 'rehearse':
    case 'refetch':
    case 'relay':
    case 'reverse':
    case 'stock_arrived':
    case 'follow':
    case 'briefing':
    case 'track':
    case 'campaign':
    case 'issue':
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
    case 'quote':
    case 'rehearse':
    case 'refetch':
    case 'relay':
    case 'reverse':
    case 'stock_arrived':
    case 'follow':
    case 'briefing':
    case 'digest':
    case 'track':
    case 'campaign':
    case 'campaign_card':
    case 'campaign_note':
    case 'campaign_dm':
    case 'issue':
      return now;
  }
}
