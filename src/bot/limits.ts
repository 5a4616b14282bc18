/**
 * Slack's limits, in characters or pieces, and how Meshline spends them.
 * Source: docs.slack.dev/reference/block-kit and the method pages.
 */
export const LIMIT = {
  viewBlocks: 100,
  section: 3000,
  header: 150,
  buttonText: 75,
  modalTitle: 24,
  confirmTitle: 100,
  confirmText: 300,
  label: 2000,
  hint: 2000,
  optionText: 75,
  options: 100,
  inputValue: 3000,
  blockId: 255,
} as const;

/**
 * What each part of a card may take, so that a whole card stays under 12,000 characters of blocks
 * (Slack refuses about 13,000): the sum of all parts at their fullest is checked by a test.
 */
export const CARD = {
  headline: 400,
  facts: 5,
  fact: { label: 40, value: 240 },
  changes: 5,
  change: { item: 90, value: 60 },
  totals: 240,
  warnings: 3,
  problems: 5,
  problem: 280,
  rollback: 280,
  /** Staging systems, and steps of each. */
  staging: 2,
  checks: 8,
  pushes: 6,
  cause: 200,
  reason: 400,
  name: 60,
  reference: 80,
} as const;

/**
 * The review shows everything that fits a modal of 100 blocks and 250,000 bytes. Characters of
 * changes, values and JSON together stay under 85,000, three bytes each at the most.
 */
export const REVIEW = {
  changes: 200,
  valueChars: 30_000,
  valueLine: 600,
  listed: 20,
  staging: 3,
  value: 300,
  jsonBlock: 2800,
  jsonBlocks: 4,
  history: 20,
  /** Lines and characters that one block holds. */
  block: { lines: 20, chars: 2400 },
} as const;

/** Single fields that the repair modal offers; the rest goes through the whole export. */
export const FIX_FIELDS = 10;

/** Inputs of the edit form: of each list the first entries, and so many in all. */
export const EDIT = { entries: 8, fields: 40 } as const;
