import htm from 'htm';
import { type ComponentChildren, h, type VNode } from 'preact';

/** JSX-like templates; every interpolated string becomes a text node or an attribute, never markup. */
export const html = htm.bind(h) as unknown as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

export type Children = ComponentChildren;

/** Joins the class names that hold. */
export function cls(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
