/** A refusal as Slack words it: `{ ok: false, error }`, HTTP 200 unless `status` says otherwise. */
export class SlackError extends Error {
  readonly code: string;
  readonly status: number;
  /** Goes to `response_metadata.messages`. */
  readonly messages: string[];
  readonly extra: Record<string, unknown>;

  constructor(
    code: string,
    more: { messages?: string[]; status?: number; extra?: Record<string, unknown> } = {},
  ) {
    super(code);
    this.name = 'SlackError';
    this.code = code;
    this.status = more.status ?? 200;
    this.messages = more.messages ?? [];
    this.extra = more.extra ?? {};
  }

  body(): Record<string, unknown> {
    const metadata = this.messages.length > 0 ? { response_metadata: { messages: this.messages } } : {};
    return { ok: false, error: this.code, ...this.extra, ...metadata };
  }
}

/** A refusal a person at the page reads: `{ error }` with a 4xx status. */
export class UiError extends Error {
  readonly status: number;

  constructor(sentence: string, status = 400) {
    super(sentence);
    this.name = 'UiError';
    this.status = status;
  }
}
